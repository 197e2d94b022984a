// A map of places: one bubble per city, clusters that sum people, and, where the page has a panel, the city opens there.

import { bubble } from "./bubble.js";
import { firstPositions } from "./first-view.js";
import { createMap, fitWorld, reducedMotion } from "./leaflet-map.js";
import { unrolled } from "./longitude.js";
import { Towns } from "./towns.js";
import { coveredBoxes, placeNames, setTabOrder, visibleBubbles } from "./visible-bubbles.js";

const CLUSTER_RADIUS = 44;
const FIRST_VIEW_ZOOM = 5;
const CITY_ZOOM = 8;
const CLUSTER_ANIMATION = 350; // ms

const wideScreen = window.matchMedia("(width >= 768px)"); // where the panel stands beside the map

const biggestOf = (cluster) =>
  cluster.getAllChildMarkers().reduce((best, each) => (each.place.people > best.place.people ? each : best));

/** Where the panel stands below the map, its title comes to the middle, with the map above and its people below. */
function focusTitle(title) {
  title.focus({ preventScroll: true });
  if (!wideScreen.matches) title.scrollIntoView({ block: "center" });
}

export class PlacesMap {
  constructor(root) {
    this.root = root;
    this.selected = Number(root.dataset.selected) || null;
    this.panel = root.dataset.panel && document.querySelector(root.dataset.panel);
    this.source = root.dataset.source;
    this.eventIcon = root.querySelector("template").content.firstElementChild;
    this.markers = new Map(); // place id -> marker
    const { map, base } = createMap(root);
    this.map = map;
    this.base = base;
    this.towns = new Towns(map, { root, url: root.dataset.labels });
    this.listen();
    this.load();
  }

  listen() {
    const canvas = this.map.getContainer();
    canvas.addEventListener("keydown", (event) => {
      if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches(".bubble[role=button]")) return;
      event.preventDefault();
      this.byKeyboard = true;
      event.target.click();
    });
    const repaint = () => this.base.redraw() && this.refresh();
    new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(canvas);
    document.addEventListener("htmx:after:swap", () => this.followPanel());
  }

  async load() {
    const { source } = this;
    const response = await fetch(source).catch(() => null);
    const data = response?.ok ? await response.json() : null;
    if (source !== this.source) return; // another filter was chosen meanwhile
    this.root.classList.toggle("is-broken", !data);
    if (data) this.show(data);
  }

  show({ places, words }) {
    const staysInView = this.clusters && this.selected; // whoever changes the filter of an open city looks there
    this.words = words;
    this.clusters ??= this.createClusters();
    this.clusters.clearLayers();
    this.markers.clear();
    const lngs = unrolled(places.map((place) => place.lng));
    const placed = places.map((place) => ({ ...place, lng: lngs.get(place.lng) }));
    fitWorld(this.map, placed);
    this.clusters.addLayers(placed.map((place) => this.marker(place)));
    if (staysInView) this.refresh();
    else this.firstView(placed);
    this.root.dataset.ready = "";
  }

  createClusters() {
    const clusters = L.markerClusterGroup({
      maxClusterRadius: CLUSTER_RADIUS,
      showCoverageOnHover: false,
      spiderfyOnMaxZoom: false,
      zoomToBoundsOnClick: wideScreen.matches,
      animate: !reducedMotion.matches,
      iconCreateFunction: (cluster) => this.icon(cluster.getAllChildMarkers().map((marker) => marker.place)),
    });
    clusters.on("clusterclick", (event) => {
      this.focusAfterZoom(event.layer);
      if (!wideScreen.matches) clusters.zoomToShowLayer(biggestOf(event.layer)); // its bounds may be half the world
    });
    clusters.on("animationend", () => this.refresh());
    this.map.addLayer(clusters);
    this.map.on("moveend zoomend", () => this.refresh()); // after the clusters, which add and remove bubbles then
    return clusters;
  }

  marker(place) {
    const opens = Boolean(place.url);
    const marker = L.marker([place.lat, place.lng], { icon: this.icon([place]), keyboard: opens, interactive: opens });
    marker.place = place;
    if (opens) marker.on("click", () => this.open(place));
    this.markers.set(place.id, marker);
    return marker;
  }

  icon(places) {
    return bubble(places, { words: this.words, selected: this.selected, eventIcon: this.eventIcon });
  }

  /** The selected city, or else where most people are. */
  firstView(places) {
    const chosen = this.markers.get(this.selected);
    if (chosen) {
      this.map.setView(chosen.getLatLng(), Number(this.root.dataset.zoom) || CITY_ZOOM, { animate: false });
      return;
    }
    const positions = firstPositions(places);
    const options = { padding: [40, 40], maxZoom: FIRST_VIEW_ZOOM, animate: false };
    if (positions.length) this.map.fitBounds(positions, options);
    this.refresh();
  }

  open(place) {
    const panel = this.root.dataset.panel;
    if (!panel || !window.htmx) {
      window.location.assign(place.url);
      return;
    }
    this.select(place.id);
    const parts = { target: panel, select: panel, selectOOB: "#topbar-title" };
    window.htmx.ajax("GET", place.url, { ...parts, swap: "outerHTML", push: "true" });
  }

  /** A swap may have brought another city, the list, or people of another filter into the panel. */
  followPanel() {
    const panel = this.root.dataset.panel && document.querySelector(this.root.dataset.panel);
    if (!panel || !this.clusters) return;
    const city = Number(panel.dataset.city) || null;
    if (panel === this.panel) return;
    this.panel = panel;
    if (!panel.contains(document.activeElement)) focusTitle(panel.querySelector("h1"));
    if (panel.dataset.source !== this.source) {
      this.source = panel.dataset.source;
      this.load();
    }
    const fromList = city !== this.selected; // a bubble has selected itself before
    if (fromList) this.select(city);
    const marker = this.markers.get(city);
    if (!marker) return;
    const inView = this.map.getBounds().pad(-0.1).contains(marker.getLatLng());
    if (!inView || (fromList && this.clusters.getVisibleParent(marker) !== marker))
      this.clusters.zoomToShowLayer(marker);
  }

  select(id) {
    const changed = [this.selected, id].map((each) => this.markers.get(each)).filter(Boolean);
    this.selected = id;
    for (const marker of changed) marker.setIcon(this.icon([marker.place]));
    this.clusters.refreshClusters(changed);
    this.refresh();
  }

  /** A cluster that was opened by keyboard disappears; its biggest part takes the focus. */
  focusAfterZoom(cluster) {
    if (!this.byKeyboard) return;
    this.byKeyboard = false;
    const biggest = biggestOf(cluster);
    const focus = () => this.clusters.getVisibleParent(biggest)?.getElement()?.focus();
    this.map.once("moveend", () => window.setTimeout(focus, reducedMotion.matches ? 0 : CLUSTER_ANIMATION));
  }

  /** Update what depends on the view: tab order, names, towns. */
  refresh() {
    if (!this.clusters) return;
    const bubbles = visibleBubbles(this.map);
    const covered = coveredBoxes(this.map);
    setTabOrder(this.map, bubbles, covered);
    const taken = placeNames(bubbles, covered);
    this.towns.show(taken, new Set(bubbles.flatMap(({ sum }) => sum.places.map((place) => place.id))));
  }
}

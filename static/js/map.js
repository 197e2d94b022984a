// Maps of people and events. Every `[data-map]` element (see templates/components/map.html) becomes a Leaflet map:
// one bubble per city, clusters that sum people, town names from our own cities at close zoom, and, where the page has
// a panel, the city opens there. The list beside the map needs none of this.

(() => {
  "use strict";

  const CLUSTER_RADIUS = 44;
  const FIRST_VIEW_SHARE = 0.75; // the first view holds this share of the people, those around their middle
  const FIRST_VIEW_ZOOM = 5;
  const CITY_ZOOM = 8;
  const TOWNS_FROM_ZOOM = 5;
  const TOWN_TILE_STEP = 2; // one answer of the server covers 4 by 4 tiles of the base map
  const PEOPLE_PER_SQUARE_KM = 3000; // turns a population into a believable built-up area
  const BUILT_UP_SHADE = 0.09;
  const GAP = 4;

  const language = document.documentElement.lang || "en";
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  const WIDE = window.matchMedia("(width >= 768px)"); // where the panel stands beside the map
  const COARSE_POINTER = window.matchMedia("(pointer: coarse)");
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");

  function phrase(forms, count) {
    return (forms[plurals.select(count)] ?? forms.other).replace("#", numbers.format(count));
  }

  function element(className, text) {
    const made = document.createElement("span");
    made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function diameter(people) {
    return Math.round(Math.min(72, people ? 22 + 1.9 * Math.sqrt(people) : 32));
  }

  const overlap = (one, other) =>
    one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;

  function boxAround(centre, width, height, shiftX = 0, shiftY = 0) {
    const left = centre.x - width / 2 + shiftX;
    const top = centre.y - height / 2 + shiftY;
    return { left, top, right: left + width, bottom: top + height };
  }

  const textWidth = (() => {
    const context = document.createElement("canvas").getContext("2d");
    return (text) => {
      context.font = "600 12px Inter, sans-serif";
      return context.measureText(text).width + GAP;
    };
  })();

  /** The coordinate that has as many people on one side as on the other. */
  function weightedMedian(places, field) {
    const inOrder = [...places].sort((one, other) => one[field] - other[field]);
    let left = places.reduce((sum, place) => sum + place.people, 0) / 2;
    return inOrder.find((place) => (left -= place.people) <= 0)?.[field];
  }

  /** What a bubble stands for: one place, or a cluster of them summed. */
  function summary(places) {
    const biggest = places.reduce((best, place) => (place.people > best.people ? place : best));
    const sum = (field) => places.reduce((total, place) => total + (place[field] || 0), 0);
    return { biggest, places, people: sum("people"), events: sum("events") };
  }

  /** An icon whose element carries the sum's accessible name and looks. */
  const Bubble = L.DivIcon.extend({
    createIcon(reused) {
      const { sum, words, selected, eventIcon } = this.options;
      const icon = L.DivIcon.prototype.createIcon.call(this, reused);
      icon.sum = sum;
      const counts = [sum.people && phrase(words.people, sum.people), sum.events && phrase(words.events, sum.events)];
      const others = sum.places.length - 1;
      const name = others
        ? words.cluster.replace("{name}", sum.biggest.name).replace("{more}", phrase(words.more, others))
        : sum.biggest.full_name;
      icon.setAttribute("aria-label", `${name}: ${counts.filter(Boolean).join(", ")}`);
      icon.classList.toggle("is-selected", sum.places.some((place) => place.id === selected));
      icon.classList.toggle("is-event", !sum.people);
      if (!sum.people) icon.append(eventIcon.cloneNode(true));
      else icon.append(element("bubble-count", numbers.format(sum.people)));
      if (sum.people && sum.events) {
        const badge = element("bubble-events");
        badge.append(eventIcon.cloneNode(true));
        icon.append(badge);
      }
      icon.append(element("bubble-name", this.options.label));
      return icon;
    },
  });

  class PlacesMap {
    constructor(root) {
      this.root = root;
      this.selected = Number(root.dataset.selected) || null;
      this.panel = root.dataset.panel && document.querySelector(root.dataset.panel);
      this.source = root.dataset.source;
      this.eventIcon = root.querySelector("template").content.firstElementChild;
      this.towns = new Map(); // tile key -> towns of the tile, or the promise of them
      this.markers = new Map(); // place id -> marker
      this.map = this.createMap();
      this.townLayer = L.layerGroup().addTo(this.map);
      this.watch();
      this.load();
    }

    createMap() {
      const canvas = this.root.querySelector("[data-map-canvas]");
      const moving = !stillness.matches;
      const isMain = "wheel" in this.root.dataset;
      const map = L.map(canvas, {
        attributionControl: false,
        zoomControl: false,
        minZoom: canvas.clientWidth > 600 ? 2 : 1,
        maxZoom: Number(this.root.dataset.maxZoom) || 11,
        maxBounds: [[-62, -200], [85, 200]],
        maxBoundsViscosity: 0.8,
        scrollWheelZoom: isMain,
        dragging: isMain || !COARSE_POINTER.matches, // a thumb that scrolls the page must not be caught
        zoomAnimation: moving,
        fadeAnimation: false,
        markerZoomAnimation: moving,
        inertia: moving,
      }).setView([50, 40], 3);
      const { zoomIn, zoomOut } = this.root.dataset;
      L.control.zoom({ position: "bottomright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
      L.control.attribution({ position: "bottomleft", prefix: false }).addAttribution("Natural Earth · GeoNames").addTo(map);
      map.createPane("built").style.zIndex = 300;
      map.createPane("towns").style.zIndex = 450;
      this.builtUp = L.canvas({ pane: "built", padding: 0.3 });
      this.base = portalMaps.baseMap(this.root.dataset.base).addTo(map);
      return map;
    }

    watch() {
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
      this.clusters.addLayers(places.map((place) => this.marker(place)));
      if (staysInView) this.refresh();
      else this.firstView(places);
      this.root.dataset.ready = "";
    }

    createClusters() {
      const clusters = L.markerClusterGroup({
        maxClusterRadius: CLUSTER_RADIUS,
        showCoverageOnHover: false,
        spiderfyOnMaxZoom: false,
        animate: !stillness.matches,
        iconCreateFunction: (cluster) => this.icon(cluster.getAllChildMarkers().map((marker) => marker.place)),
      });
      clusters.on("clusterclick", (event) => this.focusAfterZoom(event.layer));
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
      const sum = summary(places);
      const size = diameter(sum.people);
      return new Bubble({
        className: "bubble",
        iconSize: [size, size],
        sum,
        label: places.length > 1 ? `${sum.biggest.name} +${places.length - 1}` : sum.biggest.name,
        words: this.words,
        selected: this.selected,
        eventIcon: this.eventIcon,
      });
    }

    firstView(places) {
      const chosen = this.markers.get(this.selected);
      if (chosen) {
        this.map.setView(chosen.getLatLng(), Number(this.root.dataset.zoom) || CITY_ZOOM, { animate: false });
        return;
      }
      const total = places.reduce((sum, place) => sum + place.people, 0);
      const middle = { lat: weightedMedian(places, "lat"), lng: weightedMedian(places, "lng") };
      const distance = (place) => Math.hypot(place.lat - middle.lat, (place.lng - middle.lng) / 2);
      const shown = [];
      let people = 0;
      for (const place of [...places].sort((one, other) => distance(one) - distance(other))) {
        shown.push([place.lat, place.lng]);
        people += place.people;
        if (people >= total * FIRST_VIEW_SHARE) break;
      }
      if (shown.length) this.map.fitBounds(shown, { padding: [40, 40], maxZoom: FIRST_VIEW_ZOOM, animate: false });
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
      if (!panel.contains(document.activeElement)) panel.querySelector("h1").focus({ preventScroll: WIDE.matches });
      if (panel.dataset.source !== this.source) {
        this.source = panel.dataset.source;
        this.load();
      }
      const fromList = city !== this.selected; // a bubble has selected itself before
      if (fromList) this.select(city);
      const marker = this.markers.get(city);
      if (!marker) return;
      const inView = this.map.getBounds().pad(-0.1).contains(marker.getLatLng());
      if (!inView || (fromList && this.clusters.getVisibleParent(marker) !== marker)) this.clusters.zoomToShowLayer(marker);
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
      const markers = cluster.getAllChildMarkers();
      const biggest = markers.reduce((best, each) => (each.place.people > best.place.people ? each : best));
      const focus = () => this.clusters.getVisibleParent(biggest)?.getElement()?.focus();
      this.map.once("moveend", () => window.setTimeout(focus, stillness.matches ? 0 : 350));
    }

    /** Decides which bubbles a keyboard reaches and which names fit, biggest first, then fills the view with towns. */
    refresh() {
      if (!this.clusters) return;
      const bubbles = this.visibleBubbles();
      const { x: width, y: height } = this.map.getSize();
      const covered = this.coveredBoxes();
      for (const { icon, centre, size } of bubbles) {
        const box = boxAround(centre, size, size);
        const isInside = box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
        const isInView = isInside && !covered.some((cover) => overlap(box, cover));
        if (icon.matches("[role=button]")) icon.tabIndex = isInView ? 0 : -1; // the arrow keys move the others into view
      }
      const taken = [...covered, ...bubbles.map(({ centre, size }) => boxAround(centre, size, size))];
      for (const { icon, centre, size } of bubbles) {
        const label = icon.querySelector(".bubble-name");
        const width = textWidth(label.textContent);
        const [below, above] = [1, -1].map((side) => boxAround(centre, width, 16, 0, side * (size / 2 + 13)));
        const box = [below, above].find((place) => !taken.some((other) => overlap(place, other)));
        label.classList.toggle("is-hidden", !box);
        label.classList.toggle("is-above", box === above);
        if (box) taken.push(box);
      }
      this.showTowns(taken, new Set(bubbles.flatMap(({ sum }) => sum.places.map((place) => place.id))));
    }

    /** What of the map lies under the page's filters. */
    coveredBoxes() {
      const view = this.map.getContainer().getBoundingClientRect();
      return [...document.querySelectorAll("[data-over-map]")]
        .map((cover) => cover.getBoundingClientRect())
        .filter((cover) => overlap(cover, view))
        .map(({ left, top, right, bottom }) => {
          return { left: left - view.left, top: top - view.top, right: right - view.left, bottom: bottom - view.top };
        });
    }

    visibleBubbles() {
      const found = [];
      this.map.eachLayer((layer) => {
        const icon = layer.getElement?.();
        if (!icon?.sum) return;
        const centre = this.map.latLngToContainerPoint(layer.getLatLng());
        found.push({ icon, sum: icon.sum, size: diameter(icon.sum.people), centre });
      });
      return found.sort((one, other) => other.sum.people - one.sum.people);
    }

    async showTowns(taken, known) {
      const view = (this.townView = {});
      const zoom = this.map.getZoom();
      const tiles = zoom < TOWNS_FROM_ZOOM ? [] : this.visibleTiles(zoom);
      const towns = (await Promise.all(tiles.map((tile) => this.townsOf(tile)))).flat();
      if (view !== this.townView) return; // the map has moved on meanwhile
      this.townLayer.clearLayers();
      const colour = getComputedStyle(this.root).getPropertyValue("--text");
      const frame = this.map.getBounds().pad(0.1);
      for (const town of towns.sort((one, other) => other.population - one.population)) {
        if (frame.contains([town.lat, town.lng])) this.drawTown(town, colour, taken, known.has(town.id));
      }
    }

    visibleTiles(zoom) {
      const z = zoom - TOWN_TILE_STEP;
      const last = 2 ** z - 1;
      const { min, max } = this.map.getPixelBounds();
      const index = (pixels) => Math.max(0, Math.min(last, Math.floor(pixels / (256 * 2 ** TOWN_TILE_STEP))));
      const tiles = [];
      for (let x = index(min.x); x <= index(max.x); x += 1) {
        for (let y = index(min.y); y <= index(max.y); y += 1) tiles.push(`z=${z}&x=${x}&y=${y}`);
      }
      return tiles;
    }

    townsOf(tile) {
      if (!this.towns.has(tile)) {
        const answer = fetch(`${this.root.dataset.labels}?${tile}&locale=${language}`)
          .then((response) => (response.ok ? response.json() : { towns: [] }))
          .then(({ towns }) => towns)
          .catch(() => []);
        this.towns.set(tile, answer);
      }
      return this.towns.get(tile);
    }

    /** A soft patch of the town's size, and its name where there is room. */
    drawTown(town, colour, taken, hasBubble) {
      const position = [town.lat, town.lng];
      const radius = 1000 * Math.sqrt(town.population / PEOPLE_PER_SQUARE_KM / Math.PI);
      const metresPerPixel = (40075016 * Math.cos((town.lat * Math.PI) / 180)) / (256 * 2 ** this.map.getZoom());
      const options = { renderer: this.builtUp, stroke: false, fillColor: colour, fillOpacity: BUILT_UP_SHADE, interactive: false };
      this.townLayer.addLayer(L.circle(position, { ...options, radius: Math.max(radius, 2.5 * metresPerPixel) }));
      if (hasBubble) return;
      const centre = this.map.latLngToContainerPoint(position);
      const width = textWidth(town.name);
      const [above, below] = [-12, 12].map((shift) => boxAround(centre, width, 16, 0, shift));
      const box = [above, below].find((place) => !taken.some((other) => overlap(place, other)));
      if (!box) return;
      taken.push(box);
      const html = element(box === below ? "town-name is-below" : "town-name", town.name);
      const icon = L.divIcon({ className: "town", iconSize: [0, 0], html });
      this.townLayer.addLayer(L.marker(position, { icon, pane: "towns", interactive: false, keyboard: false }));
    }
  }

  for (const root of document.querySelectorAll("[data-map]")) new PlacesMap(root);
})();

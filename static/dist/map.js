// static/js/map/language.js
var language = document.documentElement.lang || "en";
var numbers = new Intl.NumberFormat(language);
var plurals = new Intl.PluralRules(language);
var formatNumber = (number) => numbers.format(number);
function phrase(forms, count) {
  return (forms[plurals.select(count)] ?? forms.other).replace("#", formatNumber(count));
}

// static/js/map/bubble.js
function summary(places) {
  const biggest = places.reduce((best, place) => place.people > best.people ? place : best);
  const sum = (field) => places.reduce((total, place) => total + (place[field] || 0), 0);
  return { biggest, places, people: sum("people"), events: sum("events") };
}
var LARGEST = window.matchMedia("(width < 768px)").matches ? 52 : 72;
function diameter(people) {
  return Math.round(Math.min(LARGEST, people ? 22 + 1.9 * Math.sqrt(people) : 32));
}
function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  if (text !== void 0) made.textContent = text;
  return made;
}
function accessibleName(sum, words) {
  const counts = [sum.people && phrase(words.people, sum.people), sum.events && phrase(words.events, sum.events)];
  const others = sum.places.length - 1;
  const name = others ? words.cluster.replace("{name}", sum.biggest.name).replace("{more}", phrase(words.more, others)) : sum.biggest.full_name;
  return `${name}: ${counts.filter(Boolean).join(", ")}`;
}
var Bubble = L.DivIcon.extend({
  createIcon(reused) {
    const { sum, words, selected, eventIcon } = this.options;
    const icon = L.DivIcon.prototype.createIcon.call(this, reused);
    icon.sum = sum;
    icon.setAttribute("aria-label", accessibleName(sum, words));
    icon.classList.toggle(
      "is-selected",
      sum.places.some((place) => place.id === selected)
    );
    icon.classList.toggle("is-event", !sum.people);
    if (!sum.people) icon.append(eventIcon.cloneNode(true));
    else icon.append(span("bubble-count", formatNumber(sum.people)));
    if (sum.people && sum.events) {
      const badge = span("bubble-events");
      badge.append(eventIcon.cloneNode(true));
      icon.append(badge);
    }
    icon.append(span("bubble-name", this.options.label));
    return icon;
  }
});
function bubble(places, options) {
  const sum = summary(places);
  const size = diameter(sum.people);
  const label = places.length > 1 ? `${sum.biggest.name} +${places.length - 1}` : sum.biggest.name;
  return new Bubble({ className: "bubble", iconSize: [size, size], sum, label, ...options });
}

// static/js/map/first-view.js
var SHARE = 0.75;
function weightedMedian(places, field) {
  let left = places.reduce((sum, place) => sum + place.people, 0) / 2;
  for (const place of [...places].sort((one, other) => one[field] - other[field])) {
    left -= place.people;
    if (left <= 0) return place[field];
  }
}
function firstPositions(places) {
  const total = places.reduce((sum, place) => sum + place.people, 0);
  const middle = { lat: weightedMedian(places, "lat"), lng: weightedMedian(places, "lng") };
  const distance = (place) => Math.hypot(place.lat - middle.lat, (place.lng - middle.lng) / 2);
  const positions = [];
  let people = 0;
  for (const place of [...places].sort((one, other) => distance(one) - distance(other))) {
    positions.push([place.lat, place.lng]);
    people += place.people;
    if (people >= total * SHARE) break;
  }
  return positions;
}

// static/js/map/shapes.js
var LATITUDE_MAX = 85;
function project([lng, lat]) {
  const sine = Math.sin(Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, lat)) * Math.PI / 180);
  return [lng / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}
function toPath(positions) {
  const points = new Float64Array(positions.length * 2);
  let turns = 0;
  positions.forEach((position, index) => {
    const [x, y] = project(position);
    const step = index ? x + turns - points[2 * index - 2] : 0;
    turns -= Math.round(step);
    points[2 * index] = x + turns;
    points[2 * index + 1] = y;
  });
  return withBox(points);
}
function withBox(points) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    box.left = Math.min(box.left, points[i]);
    box.right = Math.max(box.right, points[i]);
    box.top = Math.min(box.top, points[i + 1]);
    box.bottom = Math.max(box.bottom, points[i + 1]);
  }
  return { points, box };
}
function onBothEdges(path) {
  const shift = path.box.right > 1 ? -1 : path.box.left < 0 ? 1 : 0;
  return shift ? [path, withBox(path.points.map((value, index) => index % 2 ? value : value + shift))] : [path];
}
function decode(topology) {
  const land = topojson.feature(topology, topology.objects.land).geometry;
  const borders = topojson.feature(topology, topology.objects.borders).geometry;
  const paths = (lines) => lines.map(toPath).flatMap(onBothEdges);
  return { land: paths(land.coordinates.flat()), borders: paths(borders.coordinates) };
}
function sidesBeyond(box, x, y) {
  return x < box.left | (x > box.right) << 1 | (y < box.top) << 2 | (y > box.bottom) << 3;
}
function trace(context2, { points }, box, scale) {
  const last = points.length - 2;
  const near = 0.5 / scale;
  let drawnX = Infinity;
  let drawnY = Infinity;
  let beyond = 0;
  for (let i = 0; i <= last; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    const ahead = i < last ? sidesBeyond(box, points[i + 2], points[i + 3]) : 0;
    const here = sidesBeyond(box, x, y);
    const unseen = (beyond & here & ahead) !== 0;
    const tooClose = Math.abs(x - drawnX) < near && Math.abs(y - drawnY) < near;
    if (i > 0 && i < last && (unseen || tooClose)) continue;
    const pixelX = (x - box.originX) * scale;
    const pixelY = (y - box.originY) * scale;
    if (i === 0) context2.moveTo(pixelX, pixelY);
    else context2.lineTo(pixelX, pixelY);
    drawnX = x;
    drawnY = y;
    beyond = here;
  }
}
function intersect(one, other) {
  return one.left <= other.right && one.right >= other.left && one.top <= other.bottom && one.bottom >= other.top;
}
function tracePaths(context2, paths, box, scale) {
  context2.beginPath();
  for (const path of paths) if (intersect(path.box, box)) trace(context2, path, box, scale);
}

// static/js/map/base-map.js
var MARGIN = 4;
var BaseMap = L.GridLayer.extend({
  options: { updateWhenZooming: false, keepBuffer: 3, className: "map-base" },
  initialize(url, options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this.url = url;
    this.shapes = null;
  },
  onAdd(map) {
    L.GridLayer.prototype.onAdd.call(this, map);
    if (!this.shapes) this.load();
  },
  async load() {
    const response = await fetch(this.url);
    if (!response.ok) return;
    this.shapes = decode(await response.json());
    if (this._map) this.redraw();
  },
  createTile(coords) {
    const size = this.getTileSize();
    const density = window.devicePixelRatio || 1;
    const tile = document.createElement("canvas");
    tile.width = Math.ceil(size.x * density);
    tile.height = Math.ceil(size.y * density);
    if (this.shapes) {
      const context2 = tile.getContext("2d");
      context2.scale(density, density);
      this.paint(context2, coords, size);
    }
    return tile;
  },
  paint(context2, coords, size) {
    const scale = 256 * 2 ** coords.z;
    const originX = coords.x * size.x / scale;
    const originY = coords.y * size.y / scale;
    const margin = MARGIN / scale;
    const box = {
      originX,
      originY,
      left: originX - margin,
      top: originY - margin,
      right: originX + size.x / scale + margin,
      bottom: originY + size.y / scale + margin
    };
    const colours = getComputedStyle(this._map.getContainer());
    tracePaths(context2, this.shapes.land, box, scale);
    context2.fillStyle = colours.getPropertyValue("--map-land");
    context2.fill("evenodd");
    tracePaths(context2, this.shapes.borders, box, scale);
    context2.strokeStyle = colours.getPropertyValue("--map-border");
    context2.lineWidth = coords.z < 5 ? 1 : 1.5;
    context2.lineJoin = "round";
    context2.stroke();
  }
});

// static/js/map/leaflet-map.js
var reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
var coarsePointer = window.matchMedia("(pointer: coarse)");
var REACH = 200;
function worldAround(middle) {
  return [
    [-62, middle - REACH],
    [85, middle + REACH]
  ];
}
function fitWorld(map, places) {
  map.setMaxBounds(worldAround(places.some((place) => place.lng > 180) ? 180 : 0));
}
function createMap(root) {
  const canvas = root.querySelector("[data-map-canvas]");
  const moving = !reducedMotion.matches;
  const isMain = "wheel" in root.dataset;
  const map = L.map(canvas, {
    attributionControl: false,
    zoomControl: false,
    minZoom: canvas.clientWidth > 600 ? 2 : 1,
    maxZoom: Number(root.dataset.maxZoom) || 11,
    maxBounds: worldAround(0),
    maxBoundsViscosity: 0.8,
    scrollWheelZoom: isMain,
    dragging: isMain || !coarsePointer.matches,
    // a thumb that scrolls the page must not be caught
    zoomAnimation: moving,
    fadeAnimation: false,
    markerZoomAnimation: moving,
    inertia: moving
  }).setView([50, 40], 3);
  const { zoomIn, zoomOut } = root.dataset;
  L.control.zoom({ position: "bottomright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.createPane("built").style.zIndex = 300;
  map.createPane("towns").style.zIndex = 450;
  const base = new BaseMap(root.dataset.base).addTo(map);
  return { map, base };
}

// static/js/map/longitude.js
var HALF = 180;
var TURN = 360;
function unrolled(longitudes) {
  const sorted = [...new Set(longitudes)].sort((one, other) => one - other);
  const gap = sorted.findIndex((lng, index) => index > 0 && lng - sorted[index - 1] > HALF);
  const first = gap > 0 ? sorted[gap] : -HALF;
  return new Map(sorted.map((lng) => [lng, lng < first ? lng + TURN : lng]));
}
function nearest(lng, middle) {
  return lng + TURN * Math.round((middle - lng) / TURN);
}

// static/js/map/boxes.js
var GAP = 4;
var overlap = (one, other) => one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
function boxAround(centre, width, height, shiftY = 0) {
  const left = centre.x - width / 2;
  const top = centre.y - height / 2 + shiftY;
  return { left, top, right: left + width, bottom: top + height };
}
function firstFree(boxes, taken) {
  return boxes.find((box) => !taken.some((other) => overlap(box, other)));
}
var context = document.createElement("canvas").getContext("2d");
function textWidth(text) {
  context.font = "600 12px Inter, sans-serif";
  return context.measureText(text).width + GAP;
}

// static/js/map/towns.js
var FROM_ZOOM = 5;
var TILE_STEP = 2;
var PEOPLE_PER_SQUARE_KM = 3e3;
var SHADE = 0.09;
var NAME_HEIGHT = 16;
var Towns = class {
  constructor(map, { root, url }) {
    this.map = map;
    this.root = root;
    this.url = url;
    this.tiles = /* @__PURE__ */ new Map();
    this.renderer = L.canvas({ pane: "built", padding: 0.3 });
    this.layer = L.layerGroup().addTo(map);
  }
  /** Draw the towns in view; names stay out of the boxes that are taken, and of places that have a bubble. */
  async show(taken, placeIds) {
    const view = {};
    this.view = view;
    const zoom = this.map.getZoom();
    const tiles = zoom < FROM_ZOOM ? [] : this.visibleTiles(zoom);
    const towns = (await Promise.all(tiles.map((tile) => this.townsOf(tile)))).flat();
    if (view !== this.view) return;
    this.layer.clearLayers();
    const colour = getComputedStyle(this.root).getPropertyValue("--text");
    const frame = this.map.getBounds().pad(0.1);
    const middle = this.map.getCenter().lng;
    for (const { lng, ...rest } of towns.sort((one, other) => other.population - one.population)) {
      const town = { ...rest, lng: nearest(lng, middle) };
      if (!frame.contains([town.lat, town.lng])) continue;
      this.drawArea(town, colour);
      if (!placeIds.has(town.id)) this.drawName(town, taken);
    }
  }
  visibleTiles(zoom) {
    const z = zoom - TILE_STEP;
    const count = 2 ** z;
    const { min, max } = this.map.getPixelBounds();
    const index = (pixels) => Math.floor(pixels / (256 * 2 ** TILE_STEP));
    const inWorld = (row) => Math.max(0, Math.min(count - 1, row));
    const tiles = /* @__PURE__ */ new Set();
    for (let x = index(min.x); x <= index(max.x); x += 1) {
      const column = (x % count + count) % count;
      for (let y = inWorld(index(min.y)); y <= inWorld(index(max.y)); y += 1) tiles.add(`z=${z}&x=${column}&y=${y}`);
    }
    return [...tiles];
  }
  townsOf(tile) {
    if (!this.tiles.has(tile)) {
      const answer = fetch(`${this.url}?${tile}&locale=${language}`).then((response) => response.ok ? response.json() : { towns: [] }).then(({ towns }) => towns).catch(() => []);
      this.tiles.set(tile, answer);
    }
    return this.tiles.get(tile);
  }
  /** A soft patch of the town's size. */
  drawArea({ lat, lng, population }, fillColor) {
    const radius = 1e3 * Math.sqrt(population / PEOPLE_PER_SQUARE_KM / Math.PI);
    const metresPerPixel = 40075016 * Math.cos(lat * Math.PI / 180) / (256 * 2 ** this.map.getZoom());
    const options = { renderer: this.renderer, stroke: false, fillColor, fillOpacity: SHADE, interactive: false };
    this.layer.addLayer(L.circle([lat, lng], { ...options, radius: Math.max(radius, 2.5 * metresPerPixel) }));
  }
  /** The town's name above or below it, where there is space. */
  drawName({ lat, lng, name }, taken) {
    const centre = this.map.latLngToContainerPoint([lat, lng]);
    const width = textWidth(name);
    const [above, below] = [-12, 12].map((shift) => boxAround(centre, width, NAME_HEIGHT, shift));
    const box = firstFree([above, below], taken);
    if (!box) return;
    taken.push(box);
    const html = span(box === below ? "town-name is-below" : "town-name", name);
    const icon = L.divIcon({ className: "town", iconSize: [0, 0], html });
    this.layer.addLayer(L.marker([lat, lng], { icon, pane: "towns", interactive: false, keyboard: false }));
  }
};

// static/js/map/visible-bubbles.js
var NAME_HEIGHT2 = 16;
function visibleBubbles(map) {
  const found = [];
  map.eachLayer((layer) => {
    const icon = layer.getElement?.();
    if (!icon?.sum) return;
    const centre = map.latLngToContainerPoint(layer.getLatLng());
    found.push({ icon, sum: icon.sum, size: diameter(icon.sum.people), centre });
  });
  return found.sort((one, other) => other.sum.people - one.sum.people);
}
function coveredBoxes(map) {
  const view = map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll("[data-over-map]")].map((cover) => cover.getBoundingClientRect()).filter((cover) => overlap(cover, view)).map(({ left, top, right, bottom }) => {
    return { left: left - view.left, top: top - view.top, right: right - view.left, bottom: bottom - view.top };
  });
}
function setTabOrder(map, bubbles, covered) {
  const { x: width, y: height } = map.getSize();
  for (const { icon, centre, size } of bubbles) {
    const box = boxAround(centre, size, size);
    const isInside = box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
    const isInView = isInside && !covered.some((cover) => overlap(box, cover));
    if (icon.matches("[role=button]")) icon.tabIndex = isInView ? 0 : -1;
  }
}
function placeNames(bubbles, covered) {
  const taken = [...covered, ...bubbles.map(({ centre, size }) => boxAround(centre, size, size))];
  for (const { icon, centre, size } of bubbles) {
    const label = icon.querySelector(".bubble-name");
    const width = textWidth(label.textContent);
    const [below, above] = [1, -1].map((side) => boxAround(centre, width, NAME_HEIGHT2, side * (size / 2 + 13)));
    const box = firstFree([below, above], taken);
    label.classList.toggle("is-hidden", !box);
    label.classList.toggle("is-above", box === above);
    if (box) taken.push(box);
  }
  return taken;
}

// static/js/map/places-map.js
var CLUSTER_RADIUS = 44;
var FIRST_VIEW_ZOOM = 5;
var CITY_ZOOM = 8;
var CLUSTER_ANIMATION = 350;
var wideScreen = window.matchMedia("(width >= 768px)");
var biggestOf = (cluster) => cluster.getAllChildMarkers().reduce((best, each) => each.place.people > best.place.people ? each : best);
function focusTitle(title) {
  title.focus({ preventScroll: true });
  if (!wideScreen.matches) title.scrollIntoView({ block: "center" });
}
var PlacesMap = class {
  constructor(root) {
    this.root = root;
    this.selected = Number(root.dataset.selected) || null;
    this.panel = root.dataset.panel && document.querySelector(root.dataset.panel);
    this.source = root.dataset.source;
    this.eventIcon = root.querySelector("template").content.firstElementChild;
    this.markers = /* @__PURE__ */ new Map();
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
      if (event.key !== "Enter" && event.key !== " " || !event.target.matches(".bubble[role=button]")) return;
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
    if (source !== this.source) return;
    this.root.classList.toggle("is-broken", !data);
    if (data) this.show(data);
  }
  show({ places, words }) {
    const staysInView = this.clusters && this.selected;
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
      iconCreateFunction: (cluster) => this.icon(cluster.getAllChildMarkers().map((marker) => marker.place))
    });
    clusters.on("clusterclick", (event) => {
      this.focusAfterZoom(event.layer);
      if (!wideScreen.matches) clusters.zoomToShowLayer(biggestOf(event.layer));
    });
    clusters.on("animationend", () => this.refresh());
    this.map.addLayer(clusters);
    this.map.on("moveend zoomend", () => this.refresh());
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
    const fromList = city !== this.selected;
    if (fromList) this.select(city);
    const marker = this.markers.get(city);
    if (!marker) return;
    const inView = this.map.getBounds().pad(-0.1).contains(marker.getLatLng());
    if (!inView || fromList && this.clusters.getVisibleParent(marker) !== marker)
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
};

// static/js/map.js
for (const root of document.querySelectorAll("[data-map]")) new PlacesMap(root);

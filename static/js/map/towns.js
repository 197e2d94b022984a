// Towns at close zoom: names and built-up areas from our own cities, fetched tile by tile.

import { boxAround, firstFree, textWidth } from "./boxes.js";
import { span } from "./bubble.js";
import { language } from "./language.js";
import { nearest } from "./longitude.js";

const FROM_ZOOM = 5;
const TILE_STEP = 2; // one response of the server covers 4 by 4 tiles of the base map
const PEOPLE_PER_SQUARE_KM = 3000; // turns a population into a believable built-up area
const SHADE = 0.09;
const NAME_HEIGHT = 16;

export class Towns {
  constructor(map, { root, url }) {
    this.map = map;
    this.root = root;
    this.url = url;
    this.tiles = new Map(); // tile's query arguments -> promise of its towns
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
    if (view !== this.view) return; // the map has moved on meanwhile
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
    const tiles = new Set();
    for (let x = index(min.x); x <= index(max.x); x += 1) {
      const column = ((x % count) + count) % count; // the world goes on beyond 180°
      for (let y = inWorld(index(min.y)); y <= inWorld(index(max.y)); y += 1) tiles.add(`z=${z}&x=${column}&y=${y}`);
    }
    return [...tiles];
  }

  townsOf(tile) {
    if (!this.tiles.has(tile)) {
      const answer = fetch(`${this.url}?${tile}&locale=${language}`)
        .then((response) => (response.ok ? response.json() : { towns: [] }))
        .then(({ towns }) => towns)
        .catch(() => []);
      this.tiles.set(tile, answer);
    }
    return this.tiles.get(tile);
  }

  /** A soft patch of the town's size. */
  drawArea({ lat, lng, population }, fillColor) {
    const radius = 1000 * Math.sqrt(population / PEOPLE_PER_SQUARE_KM / Math.PI);
    const metresPerPixel = (40075016 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** this.map.getZoom());
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
}

// The base map: a Leaflet layer that paints land and borders from our own TopoJSON file onto canvas tiles, in the colours
// of the theme. No tile ever comes from a server.

import { decode, tracePaths } from "./shapes.js";

const MARGIN = 4; // pixels beyond a tile's edge that its lines still reach

export const BaseMap = L.GridLayer.extend({
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
      const context = tile.getContext("2d");
      context.scale(density, density);
      this.paint(context, coords, size);
    }
    return tile;
  },

  paint(context, coords, size) {
    const scale = 256 * 2 ** coords.z;
    const originX = (coords.x * size.x) / scale;
    const originY = (coords.y * size.y) / scale;
    const margin = MARGIN / scale;
    const box = {
      originX,
      originY,
      left: originX - margin,
      top: originY - margin,
      right: originX + size.x / scale + margin,
      bottom: originY + size.y / scale + margin,
    };
    const colours = getComputedStyle(this._map.getContainer());
    tracePaths(context, this.shapes.land, box, scale);
    context.fillStyle = colours.getPropertyValue("--map-land");
    context.fill("evenodd");
    tracePaths(context, this.shapes.borders, box, scale);
    context.strokeStyle = colours.getPropertyValue("--map-border");
    context.lineWidth = coords.z < 5 ? 1 : 1.5;
    context.lineJoin = "round";
    context.stroke();
  },
});

// The base map under Leaflet: land and borders from our own TopoJSON file, painted on canvas tiles in the colours of
// the theme. No tile ever comes from a server. `portalMaps.baseMap(url)` answers a Leaflet layer.

(() => {
  "use strict";

  const MARGIN = 4; // pixels beyond a tile's edge that its lines still reach
  const LATITUDE_MAX = 85;

  /** Position on a Mercator world of width 1, from the north-west corner. */
  function project([lng, lat]) {
    const sine = Math.sin((Math.max(-LATITUDE_MAX, Math.min(LATITUDE_MAX, lat)) * Math.PI) / 180);
    return [lng / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  }

  /** One ring or line: its points as flat x, y and the box around them. Across the date line it runs on past the edge. */
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

  /** What runs past one edge of the world comes in again at the other. */
  function onBothEdges(path) {
    const shift = path.box.right > 1 ? -1 : path.box.left < 0 ? 1 : 0;
    return shift ? [path, withBox(path.points.map((value, index) => (index % 2 ? value : value + shift)))] : [path];
  }

  function decode(topology) {
    const land = topojson.feature(topology, topology.objects.land).geometry;
    const borders = topojson.feature(topology, topology.objects.borders).geometry;
    const paths = (lines) => lines.map(toPath).flatMap(onBothEdges);
    return { land: paths(land.coordinates.flat()), borders: paths(borders.coordinates) };
  }

  /** Which sides of the box a point lies beyond, as bits. */
  function sidesBeyond(box, x, y) {
    return (x < box.left) | ((x > box.right) << 1) | ((y < box.top) << 2) | ((y > box.bottom) << 3);
  }

  /** Adds a path to the canvas, without the points that cannot be seen: far outside, or closer than half a pixel. */
  function trace(context, { points }, box, scale) {
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
      if (i === 0) context.moveTo(pixelX, pixelY);
      else context.lineTo(pixelX, pixelY);
      drawnX = x;
      drawnY = y;
      beyond = here;
    }
  }

  function meet(one, other) {
    return one.left <= other.right && one.right >= other.left && one.top <= other.bottom && one.bottom >= other.top;
  }

  const BaseMap = L.GridLayer.extend({
    options: { noWrap: true, updateWhenZooming: false, keepBuffer: 3, className: "map-base" },

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
      context.beginPath();
      for (const path of this.shapes.land) if (meet(path.box, box)) trace(context, path, box, scale);
      context.fillStyle = colours.getPropertyValue("--map-land");
      context.fill("evenodd");
      context.beginPath();
      for (const path of this.shapes.borders) if (meet(path.box, box)) trace(context, path, box, scale);
      context.strokeStyle = colours.getPropertyValue("--map-border");
      context.lineWidth = coords.z < 5 ? 1 : 1.5;
      context.lineJoin = "round";
      context.stroke();
    },
  });

  window.portalMaps = { baseMap: (url) => new BaseMap(url) };
})();

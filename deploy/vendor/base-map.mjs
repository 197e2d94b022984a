// Builds the base map that the portal serves itself: land and the borders between countries, from Natural Earth
// (public domain) in the packaging of `world-atlas`. Detail is spent where the screen shows it: points are weighed by
// the area they span on the Mercator map, not on the globe, so that the north is not drawn finer than the south.
// The parser of the format, which draws it in the browser, is copied beside it.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { mergeArcs, meshArcs, quantize } from "topojson-client";
import { filter, filterWeight, presimplify, simplify } from "topojson-simplify";

const SOURCE = "node_modules/world-atlas/countries-10m.json";
const TARGET = "static/vendor/base-map.json";
const READER = "topojson-client/dist/topojson-client.min.js";
const LIMIT_BYTES = 250 * 1024;
const SMALLEST_DETAIL = 0.0035; // square degrees at the equator: what stays visible one zoom step past a country
const SMALLEST_ISLAND = 0.006;
const GRID = 1e5; // positions along each axis: about 400 m
const NORTH = 84;
const SOUTH = -60; // without Antarctica, where nobody lives and which Mercator would draw as a continent of its own
const ANTARCTICA = "010";

const radians = (degrees) => (degrees * Math.PI) / 180;
const degrees = (angle) => (angle * 180) / Math.PI;
const mercator = ([x, y]) => {
  const latitude = Math.max(SOUTH, Math.min(NORTH, y));
  return [x, degrees(Math.log(Math.tan(Math.PI / 4 + radians(latitude) / 2)))];
};

function triangleArea(triangle) {
  const [a, b, c] = triangle.map(mercator);
  return Math.abs((a[0] - c[0]) * (b[1] - a[1]) - (a[0] - b[0]) * (c[1] - a[1])) / 2;
}

function ringArea(ring) {
  const points = ring.map(mercator);
  const doubled = points.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(doubled) / 2;
}

/** Countries become one land and one set of border lines; who is who is not needed to draw them. */
function landAndBorders(topology) {
  const inhabited = topology.objects.countries.geometries.filter((country) => country.id !== ANTARCTICA);
  const countries = { type: "GeometryCollection", geometries: inhabited };
  return {
    ...topology,
    objects: {
      land: mergeArcs(topology, inhabited),
      borders: meshArcs(topology, countries, (one, other) => one !== other),
    },
  };
}

function build() {
  const source = JSON.parse(readFileSync(SOURCE, "utf8"));
  let topology = presimplify(landAndBorders(source), triangleArea);
  topology = simplify(topology, SMALLEST_DETAIL);
  topology = filter(topology, filterWeight(topology, SMALLEST_ISLAND, ringArea));
  return JSON.stringify(quantize(topology, GRID));
}

const text = build();
const compressed = gzipSync(text, { level: 9 }).length;
if (compressed > LIMIT_BYTES) throw new Error(`the base map takes ${compressed} bytes compressed, over ${LIMIT_BYTES}`);
mkdirSync(dirname(TARGET), { recursive: true });
writeFileSync(TARGET, text);
copyFileSync(`node_modules/${READER}`, "static/vendor/topojson-client.min.js");
mkdirSync("static/vendor/licences", { recursive: true });
for (const name of ["topojson-client", "world-atlas"]) {
  copyFileSync(`node_modules/${name}/LICENSE`, `static/vendor/licences/${name}.txt`);
}
console.log(`${TARGET}: ${text.length} bytes, ${compressed} compressed`);

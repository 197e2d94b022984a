// Shapes of the base map: land and borders of a TopoJSON file as paths on a Mercator world, drawn onto a canvas.

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

/** What runs past one edge of the world is repeated at the other. */
function onBothEdges(path) {
  const shift = path.box.right > 1 ? -1 : path.box.left < 0 ? 1 : 0;
  return shift ? [path, withBox(path.points.map((value, index) => (index % 2 ? value : value + shift)))] : [path];
}

/** The paths of land and borders in a TopoJSON document. */
export function decode(topology) {
  const land = topojson.feature(topology, topology.objects.land).geometry;
  const borders = topojson.feature(topology, topology.objects.borders).geometry;
  const paths = (lines) => lines.map(toPath).flatMap(onBothEdges);
  return { land: paths(land.coordinates.flat()), borders: paths(borders.coordinates) };
}

/** Which sides of the box a point lies beyond, as bits. */
function sidesBeyond(box, x, y) {
  return (x < box.left) | ((x > box.right) << 1) | ((y < box.top) << 2) | ((y > box.bottom) << 3);
}

/** Add a path to the canvas, without the points that cannot be seen: far outside, or closer than half a pixel. */
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

function intersect(one, other) {
  return one.left <= other.right && one.right >= other.left && one.top <= other.bottom && one.bottom >= other.top;
}

/** Begin a canvas path of all that can be seen in the box; `scale` is pixels per width of the world. */
export function tracePaths(context, paths, box, scale) {
  context.beginPath();
  for (const path of paths) if (intersect(path.box, box)) trace(context, path, box, scale);
}

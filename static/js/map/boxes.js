// Rectangles on the map, in pixels, that must not overlap.

const GAP = 4;

export const overlap = (one, other) =>
  one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;

export function boxAround(centre, width, height, shiftY = 0) {
  const left = centre.x - width / 2;
  const top = centre.y - height / 2 + shiftY;
  return { left, top, right: left + width, bottom: top + height };
}

/** The first of some boxes that overlaps none of those already taken. */
export function firstFree(boxes, taken) {
  return boxes.find((box) => !taken.some((other) => overlap(box, other)));
}

const context = document.createElement("canvas").getContext("2d");

/** The width of a name on the map, with a gap. */
export function textWidth(text) {
  context.font = "600 12px Inter, sans-serif";
  return context.measureText(text).width + GAP;
}

// Bubbles in view: which of them the keyboard reaches, and which names fit, biggest first.

import { boxAround, firstFree, overlap, textWidth } from "./boxes.js";
import { diameter } from "./bubble.js";

const NAME_HEIGHT = 16;

/** The bubbles and clusters that Leaflet shows, biggest first: element, sum, centre and size in pixels. */
export function visibleBubbles(map) {
  const found = [];
  map.eachLayer((layer) => {
    const icon = layer.getElement?.();
    if (!icon?.sum) return;
    const centre = map.latLngToContainerPoint(layer.getLatLng());
    found.push({ icon, sum: icon.sum, size: diameter(icon.sum.people), centre });
  });
  return found.sort((one, other) => other.sum.people - one.sum.people);
}

/** Boxes of what lies over the map, such as the page's filters. */
export function coveredBoxes(map) {
  const view = map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll("[data-over-map]")]
    .map((cover) => cover.getBoundingClientRect())
    .filter((cover) => overlap(cover, view))
    .map(({ left, top, right, bottom }) => {
      return { left: left - view.left, top: top - view.top, right: right - view.left, bottom: bottom - view.top };
    });
}

/** The Tab key reaches the bubbles in view; the arrow keys move the others into view. */
export function setTabOrder(map, bubbles, covered) {
  const { x: width, y: height } = map.getSize();
  for (const { icon, centre, size } of bubbles) {
    const box = boxAround(centre, size, size);
    const isInside = box.left >= 0 && box.top >= 0 && box.right <= width && box.bottom <= height;
    const isInView = isInside && !covered.some((cover) => overlap(box, cover));
    if (icon.matches("[role=button]")) icon.tabIndex = isInView ? 0 : -1;
  }
}

/** Show names below or above their bubbles where there is space; returns all boxes that are taken then. */
export function placeNames(bubbles, covered) {
  const taken = [...covered, ...bubbles.map(({ centre, size }) => boxAround(centre, size, size))];
  for (const { icon, centre, size } of bubbles) {
    const label = icon.querySelector(".bubble-name");
    const width = textWidth(label.textContent);
    const [below, above] = [1, -1].map((side) => boxAround(centre, width, NAME_HEIGHT, side * (size / 2 + 13)));
    const box = firstFree([below, above], taken);
    label.classList.toggle("is-hidden", !box);
    label.classList.toggle("is-above", box === above);
    if (box) taken.push(box);
  }
  return taken;
}

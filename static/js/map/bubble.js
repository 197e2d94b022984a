// Bubbles: the icon of one place, or of a cluster of places summed.

import { formatNumber, phrase } from "./language.js";

/** The sum of one or more places, and the biggest of them. */
function summary(places) {
  const biggest = places.reduce((best, place) => (place.people > best.people ? place : best));
  const sum = (field) => places.reduce((total, place) => total + (place[field] || 0), 0);
  return { biggest, places, people: sum("people"), events: sum("events") };
}

const LARGEST = window.matchMedia("(width < 768px)").matches ? 52 : 72; // px

export function diameter(people) {
  return Math.round(Math.min(LARGEST, people ? 22 + 1.9 * Math.sqrt(people) : 32));
}

/** A span with a class and, where given, a text. */
export function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function accessibleName(sum, words) {
  const counts = [sum.people && phrase(words.people, sum.people), sum.events && phrase(words.events, sum.events)];
  const others = sum.places.length - 1;
  const name = others
    ? words.cluster.replace("{name}", sum.biggest.name).replace("{more}", phrase(words.more, others))
    : sum.biggest.full_name;
  return `${name}: ${counts.filter(Boolean).join(", ")}`;
}

/** A Leaflet icon whose element carries the sum, its accessible name and its state. */
const Bubble = L.DivIcon.extend({
  createIcon(reused) {
    const { sum, words, selected, eventIcon } = this.options;
    const icon = L.DivIcon.prototype.createIcon.call(this, reused);
    icon.sum = sum;
    icon.setAttribute("aria-label", accessibleName(sum, words));
    icon.classList.toggle(
      "is-selected",
      sum.places.some((place) => place.id === selected),
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
  },
});

/** The bubble of some places; `options` are `words`, the `selected` place's id and the `eventIcon` element. */
export function bubble(places, options) {
  const sum = summary(places);
  const size = diameter(sum.people);
  const label = places.length > 1 ? `${sum.biggest.name} +${places.length - 1}` : sum.biggest.name;
  return new Bubble({ className: "bubble", iconSize: [size, size], sum, label, ...options });
}

// What happens once, when the page has been parsed (module scripts run no earlier).

import { startFragments } from "./fragments.js";
import { showMessages } from "./messages.js";

const SETTLED_AFTER = 300; // ms: what a live region says earlier is lost behind the title that screen readers begin with

/** Scroll a row of links sideways until its current one is in the middle; the page itself does not scroll. */
function centre(current) {
  const strip = current.closest(".office-nav ul, .tabs");
  const { left, width } = current.getBoundingClientRect();
  const box = strip.getBoundingClientRect();
  strip.scrollLeft += left + width / 2 - (box.left + box.width / 2);
}

document.querySelectorAll(".office-nav [aria-current], .tabs [aria-current]").forEach(centre);
startFragments();
setTimeout(showMessages, SETTLED_AFTER);

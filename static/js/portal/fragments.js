// What a fragment from the server asks for: one with data-announce is read out, one with data-focus takes the focus.

import { announce } from "./messages.js";

let said = ""; // by the fragment before: what has not changed is not said again

/** Do what new fragments ask for, once each. */
export function applyFragments() {
  const spoken = document.querySelector("[data-announce]:not([data-said])");
  if (spoken) {
    spoken.dataset.said = "";
    if (spoken.dataset.announce !== said) announce(spoken.dataset.announce);
    said = spoken.dataset.announce;
  }
  focusFragment();
}

/** Screen readers read the page itself anyway, so only what arrives later is announced. */
export function startFragments() {
  for (const spoken of document.querySelectorAll("[data-announce]")) {
    spoken.dataset.said = "";
    said = spoken.dataset.announce;
  }
  focusFragment();
}

function focusFragment() {
  const focused = document.querySelector("[data-focus]:not([data-focused])");
  if (!focused) return;
  focused.dataset.focused = "";
  focused.focus();
}

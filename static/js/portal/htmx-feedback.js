// Requests of htmx: the button shows that one is running, the focus stays where the viewer works, failures are shown.

import { makeButtons } from "./dialogs.js";
import { applyFragments } from "./fragments.js";
import { announce, showMessages, texts, toast } from "./messages.js";
import { markReady } from "./submit-once.js";

let before = null; // what the page was like before the swap

document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  if (source.matches(".btn")) source.setAttribute("data-busy", "");
});

// A button may send its form to a URL of its own, as without scripts.
document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  request.action = request.submitter?.getAttribute("formaction") ?? request.action;
});

document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail.ctx.sourceElement;
  const list = source.dataset.continues && document.getElementById(source.dataset.continues);
  const open = [...document.querySelectorAll("details[id][open]")].map((details) => details.id);
  const chip = [...document.querySelectorAll(".chip")].indexOf(source);
  before = {
    list: list?.id,
    rows: list?.querySelectorAll(".row-link").length,
    focused: document.activeElement?.id,
    open,
    chip,
    next: source.dataset.thenFocus,
  };
});

document.addEventListener("htmx:after:swap", () => {
  for (const id of before?.open ?? []) document.getElementById(id)?.setAttribute("open", ""); // what was open stays open
  if (before?.list) focusFirstNewRow(before);
  else if (before?.chip >= 0) focusNextChip(before.chip);
  else if (before) focusAgain(before);
  before = null;
  makeButtons();
  applyFragments();
  showMessages();
});

/** What had the focus keeps it; if it is gone, the element that its form names in data-then-focus takes it.
 *  A field in a menu that has closed cannot: what opens the menu does. */
function focusAgain({ focused, next }) {
  const same = focused ? document.getElementById(focused) : null;
  const opener = same?.closest("details:not([open])")?.querySelector("summary");
  (opener || same || (next && document.querySelector(next)))?.focus({ preventScroll: true });
}

function focusFirstNewRow({ list, rows }) {
  document.getElementById(list)?.querySelectorAll(".row-link")[rows]?.focus({ preventScroll: true });
  announce(texts().more);
}

/** The chip of a removed filter is gone: the next one takes the focus, after the last the search field. */
function focusNextChip(index) {
  const next = document.querySelectorAll(".chip")[index] ?? document.querySelector(".filter-bar [type=search]");
  next?.focus({ preventScroll: true });
}

document.addEventListener("htmx:finally:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  source.removeAttribute("data-busy");
  if (source.matches("form")) markReady(source);
  if (event.detail.ctx.response?.status < 400) source.closest("[data-undo]")?.remove(); // it is undone
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) toast(texts().failed);
});

// Messages to the viewer: toasts, the undo bar, the live region of screen readers, and the texts that scripts show
// (translated by the server into data attributes of #words).

const SHOWN_FOR_AT_LEAST = 6000; // ms
const UNDO_FOR_AT_LEAST = 20000; // ms, where nothing ends the time in which it can be undone
const READING_TIME = 70; // ms for each character
const FADE_FOR = 160; // ms, a little more than the transition in toast.css
const TICK = 250; // ms

export const texts = () => document.getElementById("words").dataset;

const waiting = new Set(); // texts to be read out, each once

/** Have screen readers read a text; texts of the same moment are read together. */
export function announce(text) {
  const live = document.getElementById("live");
  if (!waiting.size) {
    live.textContent = ""; // the same text twice is read twice
    requestAnimationFrame(() => {
      live.textContent = [...waiting].join(" ");
      waiting.clear();
    });
  }
  waiting.add(text.replace(/\s+/g, " ").trim());
}

/** Show the messages that the server has put into the page, once each: read out, and removed after a while. New ones
    take the place of those before. */
export function showMessages() {
  const added = document.querySelectorAll(".toast-note:not([data-shown])");
  if (added.length) for (const earlier of document.querySelectorAll(".toast-note[data-shown]")) earlier.remove();
  for (const note of added) show(note);
}

/** Show a toast. */
export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  show(note);
}

function show(note) {
  const isOffer = "undo" in note.dataset;
  const text = (note.querySelector(".undo-text") ?? note).textContent;
  note.dataset.shown = "";
  announce(isOffer ? `${text} ${texts().undoKey}` : text);
  const least = isOffer ? UNDO_FOR_AT_LEAST : SHOWN_FOR_AT_LEAST;
  const time = Number(note.dataset.seconds) * 1000 || Math.max(least, text.length * READING_TIME);
  expire(note, Date.now() + time);
}

/** Count down to the end of a message, and remove it then; not while a pointer or the focus is on it. */
function expire(note, end) {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  const number = note.querySelector("[data-countdown]");
  if (number && Number(number.textContent) !== left) number.textContent = left;
  if (!left && number) note.querySelector("[data-consequence]").hidden = true; // it has happened
  if (left || note.matches(":hover, :focus-within")) {
    setTimeout(expire, TICK, note, end);
    return;
  }
  note.classList.add("is-leaving");
  setTimeout(() => note.remove(), FADE_FOR);
}

// Messages to the viewer: toasts, the live region of screen readers, and the texts that scripts show (translated by the
// server into data attributes of #words).

const TOAST_FOR = 6000; // ms
const FADE_FOR = 160; // ms, a little more than the transition in toast.css

export const texts = () => document.getElementById("words").dataset;

/** Have screen readers read a text. */
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  }); // the same text twice is read twice
}

/** Remove a toast after a while. */
export function expire(note) {
  setTimeout(() => {
    note.classList.add("is-leaving");
    setTimeout(() => note.remove(), FADE_FOR);
  }, TOAST_FOR);
}

/** Show a toast. */
export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  expire(note);
}

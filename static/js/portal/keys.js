// Keys that do something on the whole page, as long as nothing is being typed.

const TYPED_INTO = "input, textarea, select, [contenteditable]";

/** The letter on a Latin keyboard where the layout has another one there: "z" for the Russian "я". */
function latin({ key, code }) {
  return key.length === 1 && key > "\x7f" && code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}

const SWITCH = "keys"; // in localStorage: "off" where the viewer has turned the keys off

/** Whether the keys do anything on this device. */
const areOn = () => localStorage.getItem(SWITCH) !== "off";

function showWhetherOn() {
  document.documentElement.toggleAttribute("data-no-keys", !areOn());
  for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = areOn();
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-keys-switch]")) return;
  localStorage.setItem(SWITCH, target.checked ? "on" : "off");
  showWhetherOn();
});
document.addEventListener("htmx:after:swap", showWhetherOn);
showWhetherOn();

/** Call `act` when `key` is pressed alone and outside of fields; what it returns says whether the key is used up. */
export function onKey(key, act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (!areOn()) return;
    if (latin(event) !== key || event.target.closest(TYPED_INTO)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act()) event.preventDefault();
  });
}

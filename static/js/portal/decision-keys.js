// Letters that press a button or follow a link of the page: data-key="a". In a field with data-escape the Escape key moves
// the focus to the element of that id, where the letters work again.

import { onKey } from "./keys.js";

const LETTERS = ["a", "d", "j", "k", "m"];

for (const letter of LETTERS) {
  onKey(letter, () => {
    const control = document.querySelector(`[data-key="${letter}"]`);
    if (!control) return false;
    control.click();
    return true;
  });
}

document.addEventListener("keydown", (event) => {
  const field = event.key === "Escape" && !event.isComposing && event.target.closest("[data-escape]");
  if (field) document.getElementById(field.dataset.escape)?.focus();
});

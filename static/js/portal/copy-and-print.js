// Buttons that copy a text of their own (data-copies) or print the page (data-prints). What the page shows may have been
// changed by the browser, for example translated.

import { toast } from "./messages.js";

async function copy({ copies, copied, shownBy }) {
  try {
    await navigator.clipboard.writeText(copies);
    toast(copied);
  } catch {
    getSelection().selectAllChildren(document.getElementById(shownBy)); // the viewer's own shortcut copies
  }
}

document.addEventListener("click", (event) => {
  const copies = event.target.closest("[data-copies]");
  if (copies) copy(copies.dataset);
  if (event.target.closest("[data-prints]")) print();
});

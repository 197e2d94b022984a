// Buttons that copy the text of another element (data-copies) or print the page (data-prints).

import { toast } from "./messages.js";

async function copy(button) {
  const source = document.getElementById(button.dataset.copies);
  try {
    // biome-ignore lint/performance/useDomNodeTextContent: what is copied has the line breaks that are seen
    await navigator.clipboard.writeText(source.innerText.trim());
    toast(button.dataset.copied);
  } catch {
    getSelection().selectAllChildren(source); // where the browser forbids it, the viewer's own shortcut copies
  }
}

document.addEventListener("click", (event) => {
  const copies = event.target.closest("[data-copies]");
  if (copies) copy(copies);
  if (event.target.closest("[data-prints]")) print();
});

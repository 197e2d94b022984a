// File fields: a chosen picture is previewed, a file can be dropped onto the field, a file that is too large is refused.

import { toast } from "./messages.js";

const initialPreviews = new WeakMap();

function preview(drop, input) {
  const file = input.files[0];
  const frame = drop.querySelector("[data-preview]");
  drop.querySelector("[data-file-name]").textContent = file?.name ?? "";
  if (!initialPreviews.has(frame)) initialPreviews.set(frame, [...frame.childNodes]);
  if (!file?.type.startsWith("image/")) {
    frame.replaceChildren(...initialPreviews.get(frame));
    return;
  }
  const image = document.createElement("img");
  image.alt = file.name;
  image.width = 96;
  image.height = 96;
  image.src = URL.createObjectURL(file);
  image.onload = () => URL.revokeObjectURL(image.src);
  frame.replaceChildren(image);
}

/** The server would refuse the whole request unread, so that its response could not give back what was typed. */
function refuseLarge(drop, input) {
  if (!input.files[0] || input.files[0].size <= Number(drop.dataset.largest)) return;
  input.value = "";
  toast(drop.dataset.refusal);
}

const onFile = (act) => (event) => {
  const drop = event.target.closest("[data-file-drop]");
  if (drop && event.target.type === "file") act(drop, event.target);
};
document.addEventListener("change", onFile(refuseLarge), { capture: true }); // before any other listener reads the file
document.addEventListener("change", onFile(preview));

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.("[data-file-drop]");
    if (!drop) return;
    event.preventDefault();
    drop.toggleAttribute("data-over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const input = drop.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

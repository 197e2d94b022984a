// Dialogs: data-opens and data-closes hold the id of the dialog; a click on the backdrop closes it too. Without scripts
// both are links; here they become the buttons that they are.

const FIELDS = "textarea, select, input:not([type=hidden])";

/** Put a button in the place of each link that opens or closes a dialog. */
export function makeButtons() {
  for (const link of document.querySelectorAll("a[data-opens], a[data-closes]")) {
    const button = document.createElement("button");
    for (const { name, value } of link.attributes) if (name !== "href") button.setAttribute(name, value);
    button.type = "button";
    button.append(...link.childNodes);
    link.replaceWith(button);
  }
}

/** Open a dialog with the focus on its first field, or else on the way out of it. */
function open(dialog) {
  dialog.showModal();
  const wayOut = [...dialog.querySelectorAll("[data-closes]")].at(-1);
  (dialog.querySelector(FIELDS) ?? wayOut)?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const closer = event.target.closest("[data-closes]");
  if (opener) open(document.getElementById(opener.dataset.opens));
  else if (closer) document.getElementById(closer.dataset.closes).close();
  else if (event.target.matches("dialog[open]")) event.target.close();
});

makeButtons();

// Dialogs: data-opens and data-closes hold the id of the dialog; a click on the backdrop closes it too.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const closer = event.target.closest("[data-closes]");
  const id = opener?.dataset.opens ?? closer?.dataset.closes;
  if (id) {
    const dialog = document.getElementById(id);
    event.preventDefault();
    if (opener) dialog.showModal();
    else dialog.close();
  } else if (event.target.matches("dialog[open]")) {
    event.target.close();
  }
});

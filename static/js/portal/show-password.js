// The button beside each password field shows what is typed.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveals]");
  if (button) show(button, button.getAttribute("aria-pressed") !== "true");
});

// A password that is sent as plain text would be offered again by the browser as an ordinary entry.
document.addEventListener(
  "submit",
  (event) => {
    for (const button of event.target.querySelectorAll("[data-reveals]")) show(button, false);
  },
  true,
);

function show(button, shown) {
  const input = document.getElementById(button.dataset.reveals);
  input.type = shown ? "text" : "password";
  input.setAttribute("autocapitalize", "none");
  input.setAttribute("spellcheck", "false");
  button.setAttribute("aria-pressed", String(shown));
}

// The theme changes at once; the form is submitted in the background so that the server remembers it.

import { texts, toast } from "./messages.js";

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-switch] button");
  if (!choice) return;
  event.preventDefault();
  const root = document.documentElement;
  const isSystem = choice.value === "system";
  if (isSystem) root.removeAttribute("data-bs-theme");
  else root.setAttribute("data-bs-theme", choice.value);
  document.querySelector("meta[name=color-scheme]").content = isSystem ? "light dark" : choice.value;
  for (const button of choice.form.querySelectorAll("button"))
    button.toggleAttribute("aria-current", button === choice);
  choice.setAttribute("aria-current", "true");
  const body = new FormData(choice.form, choice);
  fetch(choice.form.action, { method: "POST", body, redirect: "manual" }).catch(() => toast(texts().failed));
});

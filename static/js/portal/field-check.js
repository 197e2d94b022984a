// A changed field of a form with data-check is validated by the server at once; nothing is stored by that.

import { announce } from "./messages.js";

document.addEventListener("change", async (event) => {
  const input = event.target;
  const form = input.form;
  const field = input.closest(".field");
  if (!form?.matches("[data-check]") || !field?.id || input.type === "file") return;
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Check-Field": input.name } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    showErrors(field, input, page.getElementById(field.id));
  } catch {
    // Without a connection the form is checked when it is submitted.
  }
});

/** Take over the error of the same field in the response, or remove it. */
function showErrors(field, input, checked) {
  if (!checked) return;
  field.querySelector(".field-error")?.remove();
  const error = checked.querySelector(".field-error");
  const control = checked.querySelector(`[name="${CSS.escape(input.name)}"]`);
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = control?.getAttribute(name);
    if (value) input.setAttribute(name, value);
    else input.removeAttribute(name);
  }
  input.classList.toggle("is-invalid", Boolean(error));
  updateSummary(input, error);
  if (error) {
    field.append(document.importNode(error, true));
    announce(error.textContent);
  }
}

/** Take what is mended out of the summary of errors, and the summary away with its last item. */
function updateSummary(input, error) {
  const link = document.querySelector(`main [role="alert"] a[href="#${CSS.escape(input.id)}"]`);
  const item = link?.closest("li");
  if (!item) return;
  if (error) {
    link.nextSibling?.remove();
    link.after(`: ${error.textContent}`);
    return;
  }
  const summary = item.closest('[role="alert"]');
  item.remove();
  if (!summary.querySelector("li")) summary.remove();
}

// A double click submits a form once: it can be submitted again after its response, or after a while.

const BUSY_FOR_AT_MOST = 15000; // ms

function markBusy(form, submitter) {
  form.dataset.sent = "";
  const button = submitter ?? form.querySelector("[type=submit], button:not([type])");
  button?.setAttribute("data-busy", "");
  setTimeout(() => markReady(form), BUSY_FOR_AT_MOST);
}

/** Let a form be submitted again. */
export function markReady(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method === "get" || form.method === "dialog") return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    delete form.dataset.changed; // see unsaved-changes.js
    markBusy(form, event.submitter);
  },
  true,
);

// A page restored from the back/forward cache
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(markReady));

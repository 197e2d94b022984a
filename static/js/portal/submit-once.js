// A double click submits a form once: it can be submitted again after its response, or after a while.

const BUSY_FOR_AT_MOST = 15000; // ms
const SUBMITTED = "portal-submitted"; // set while a form is on its way to the next page

function markBusy(form, submitter) {
  form.dataset.sent = "";
  const button = submitter ?? form.querySelector("[type=submit], button:not([type])");
  button?.setAttribute("data-busy", "");
  setTimeout(() => markReady(form), BUSY_FOR_AT_MOST);
}

/** Return whether this page is the response to a form, once. */
export function takeSubmitted() {
  const isResponse = sessionStorage.getItem(SUBMITTED) !== null;
  sessionStorage.removeItem(SUBMITTED);
  return isResponse;
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
    if (!form.hasAttribute("hx-post")) sessionStorage.setItem(SUBMITTED, "");
  },
  true,
);

// A page restored from the back/forward cache
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(markReady));

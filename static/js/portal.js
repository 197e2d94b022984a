// What pages gain when scripts run; every one of them works without this file.

(() => {
  "use strict";

  const BUSY_FOR_AT_MOST = 15000;
  const TOAST_FOR = 6000;
  const words = () => document.getElementById("words").dataset;

  // The server learns by which clock the reader lives; an event then shows both times

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;

  // Toasts and the live region

  function say(text) {
    const live = document.getElementById("live");
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  }

  function retire(note) {
    setTimeout(() => {
      note.classList.add("is-leaving");
      setTimeout(() => note.remove(), 160);
    }, TOAST_FOR);
  }

  function toast(text) {
    const note = document.createElement("div");
    note.className = "toast-note";
    note.textContent = text;
    document.getElementById("toasts").append(note);
    retire(note);
  }

  // A double click does it once: a form is sent again only after its answer, or after a while

  function busy(form, submitter) {
    form.dataset.sent = "";
    const button = submitter ?? form.querySelector("[type=submit], button:not([type])");
    button?.setAttribute("data-busy", "");
    setTimeout(() => ready(form), BUSY_FOR_AT_MOST);
  }

  function ready(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[data-busy]").forEach((button) => button.removeAttribute("data-busy"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.method === "dialog") return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    delete form.dataset.changed;
    busy(form, event.submitter);
  }, true);

  // A page that comes back from the browser's memory is ready again
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

  // Unsaved text: forms marked with data-keep ask once before they are left

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (form) form.dataset.changed = "";
  });

  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-keep][data-changed]")) event.preventDefault();
  });

  // A field of a form with data-check is checked by the server when it is left; nothing is stored by that

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
      showFlaws(field, input, page.getElementById(field.id));
    } catch {
      // Without a connection the form is checked when it is sent.
    }
  });

  function showFlaws(field, input, answered) {
    if (!answered) return;
    field.querySelector(".field-error")?.remove();
    const error = answered.querySelector(".field-error");
    const control = answered.querySelector(`[name="${CSS.escape(input.name)}"]`);
    for (const name of ["aria-invalid", "aria-describedby"]) {
      const value = control?.getAttribute(name);
      if (value) input.setAttribute(name, value);
      else input.removeAttribute(name);
    }
    input.classList.toggle("is-invalid", Boolean(error));
    if (error) {
      field.append(document.importNode(error, true));
      say(error.textContent);
    }
  }

  // Dialogs and menus

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
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]");
      if (search && !event.target.closest("input, textarea, select, [contenteditable]")) {
        event.preventDefault();
        search.focus();
      }
    }
  });

  // Copying and printing

  async function copy(button) {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.innerText.trim());
      toast(button.dataset.copied);
    } catch {
      getSelection().selectAllChildren(source); // where the browser forbids it, the reader's own keys copy
    }
  }

  document.addEventListener("click", (event) => {
    const copies = event.target.closest("[data-copies]");
    if (copies) copy(copies);
    if (event.target.closest("[data-prints]")) print();
  });

  // The theme changes at once; the form remembers it in the background

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-switch] button");
    if (!choice) return;
    event.preventDefault();
    const root = document.documentElement;
    if (choice.value === "system") root.removeAttribute("data-bs-theme");
    else root.setAttribute("data-bs-theme", choice.value);
    document.querySelector("meta[name=color-scheme]").content = choice.value === "system" ? "light dark" : choice.value;
    for (const button of choice.form.querySelectorAll("button")) button.toggleAttribute("aria-current", button === choice);
    choice.setAttribute("aria-current", "true");
    const body = new FormData(choice.form, choice);
    fetch(choice.form.action, { method: "POST", body, redirect: "manual" }).catch(() => toast(words().failed));
    document.dispatchEvent(new CustomEvent("portal:theme"));
  });

  // Files: what was chosen is shown, and can be dropped onto the field

  const shownAtFirst = new WeakMap();

  function preview(drop, input) {
    const file = input.files[0];
    const frame = drop.querySelector("[data-preview]");
    if (!shownAtFirst.has(frame)) shownAtFirst.set(frame, [...frame.childNodes]);
    if (!file?.type.startsWith("image/")) return frame.replaceChildren(...shownAtFirst.get(frame));
    const image = document.createElement("img");
    image.alt = file.name;
    image.width = image.height = 96;
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    frame.replaceChildren(image);
  }

  /** What the server would not even read is not sent: its answer could not give back what was typed. */
  function refuseLarge(drop, input) {
    if (!input.files[0] || input.files[0].size <= Number(drop.dataset.largest)) return;
    input.value = "";
    toast(drop.dataset.refusal);
  }

  const takeFile = (act) => (event) => {
    const drop = event.target.closest("[data-file-drop]");
    if (drop && event.target.type === "file") act(drop, event.target);
  };
  document.addEventListener("change", takeFile(refuseLarge), { capture: true }); // before anybody looks at the file
  document.addEventListener("change", takeFile(preview));

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

  // htmx: visible at once, focus where something changed, and a word of what happened

  let before = null;

  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    if (source.matches(".btn")) source.setAttribute("data-busy", "");
  });

  document.addEventListener("htmx:before:swap", (event) => {
    const source = event.detail.ctx.sourceElement;
    const list = source.dataset.continues && document.getElementById(source.dataset.continues);
    const open = [...document.querySelectorAll("details[id][open]")].map((details) => details.id);
    const chip = [...document.querySelectorAll(".chip")].indexOf(source);
    before = { list: list?.id, rows: list?.querySelectorAll(".row-link").length, focused: document.activeElement?.id, open, chip };
  });

  document.addEventListener("htmx:after:swap", () => {
    for (const id of before?.open ?? []) document.getElementById(id)?.setAttribute("open", ""); // what was open stays so
    if (before?.list) continueList(before);
    else if (before?.chip >= 0) leaveChip(before.chip);
    else if (before?.focused) document.getElementById(before.focused)?.focus({ preventScroll: true });
    before = null;
    settle(document);
  });

  function continueList({ list, rows }) {
    document.getElementById(list)?.querySelectorAll(".row-link")[rows]?.focus({ preventScroll: true });
    say(words().more);
  }

  /** The filter is gone; the next one takes the focus, after the last of them the words that are searched for. */
  function leaveChip(index) {
    const next = document.querySelectorAll(".chip")[index] ?? document.querySelector(".filter-bar [type=search]");
    next?.focus({ preventScroll: true });
  }

  document.addEventListener("htmx:finally:request", (event) => {
    const source = event.detail.ctx.sourceElement;
    source.removeAttribute("data-busy");
    if (source.matches("form")) ready(source);
  });

  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) toast(words().failed);
  });

  // A fragment with data-announce says it; one with data-focus takes the focus

  function settle(root) {
    const spoken = root.querySelector("[data-announce]:not([data-said])");
    if (spoken) {
      spoken.dataset.said = "";
      say(spoken.dataset.announce);
    }
    const focused = root.querySelector("[data-focus]:not([data-focused])");
    if (focused) {
      focused.dataset.focused = "";
      focused.focus();
    }
  }

  /** Scrolls a row of links sideways until its current one is in the middle; the page stays where it is. */
  function centre(current) {
    const strip = current.closest(".office-nav ul, .tabs");
    const { left, width } = current.getBoundingClientRect();
    const box = strip.getBoundingClientRect();
    strip.scrollLeft += left + width / 2 - (box.left + box.width / 2);
  }

  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".toast-note").forEach(retire);
    // What the page itself shows is read anyway; only what arrives later is said
    document.querySelectorAll("[data-announce]").forEach((spoken) => { spoken.dataset.said = ""; });
    for (const current of document.querySelectorAll(".office-nav [aria-current], .tabs [aria-current]")) {
      centre(current);
    }
    document.querySelector("[data-focus]")?.focus();
    document.querySelector("[data-focus]")?.setAttribute("data-focused", "");
  });
})();

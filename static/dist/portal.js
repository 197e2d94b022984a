// static/js/portal/history-check.js
var { owner, ownerUrl } = document.body.dataset;
var RETRY_AFTER = 2e3;
var lock = (isLocked) => document.documentElement.toggleAttribute("data-locked", isLocked);
async function unlock() {
  try {
    const response = await fetch(ownerUrl, { cache: "no-store" });
    if (response.ok && await response.text() === owner) lock(false);
    else location.reload();
  } catch {
    setTimeout(unlock, RETRY_AFTER);
  }
}
if (owner) {
  const [entry] = performance.getEntriesByType("navigation");
  addEventListener("pagehide", () => lock(true));
  addEventListener("pageshow", (event) => {
    if (event.persisted) unlock();
  });
  if (entry?.type === "back_forward" && entry.transferSize === 0) {
    lock(true);
    unlock();
  }
}

// static/js/portal/messages.js
var SHOWN_FOR_AT_LEAST = 6e3;
var UNDO_FOR_AT_LEAST = 2e4;
var READING_TIME = 70;
var FADE_FOR = 160;
var TICK = 250;
var texts = () => document.getElementById("words").dataset;
var waiting = /* @__PURE__ */ new Set();
function announce(text) {
  const live = document.getElementById("live");
  if (!waiting.size) {
    live.textContent = "";
    requestAnimationFrame(() => {
      live.textContent = [...waiting].join(" ");
      waiting.clear();
    });
  }
  waiting.add(text.replace(/\s+/g, " ").trim());
}
function showMessages() {
  const added = document.querySelectorAll(".toast-note:not([data-shown])");
  if (added.length) for (const earlier of document.querySelectorAll(".toast-note[data-shown]")) earlier.remove();
  for (const note of added) show(note);
}
function toast(text) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  show(note);
}
function show(note) {
  const isOffer = "undo" in note.dataset;
  const text = (note.querySelector(".undo-text") ?? note).textContent;
  note.dataset.shown = "";
  announce(isOffer ? `${text} ${texts().undoKey}` : text);
  const least = isOffer ? UNDO_FOR_AT_LEAST : SHOWN_FOR_AT_LEAST;
  const time = Number(note.dataset.seconds) * 1e3 || Math.max(least, text.length * READING_TIME);
  expire(note, Date.now() + time);
}
function expire(note, end) {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1e3));
  const number = note.querySelector("[data-countdown]");
  if (number && Number(number.textContent) !== left) number.textContent = left;
  if (!left && number) note.querySelector("[data-consequence]").hidden = true;
  if (left || note.matches(":hover, :focus-within")) {
    setTimeout(expire, TICK, note, end);
    return;
  }
  note.classList.add("is-leaving");
  setTimeout(() => note.remove(), FADE_FOR);
}

// static/js/portal/time-zone.js
var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
var name = texts().zoneCookie;
var secure = name.startsWith("__Host-") ? "; secure" : "";
if (zone) document.cookie = `${name}=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;

// static/js/portal/submit-once.js
var BUSY_FOR_AT_MOST = 15e3;
var SUBMITTED = "portal-submitted";
function markBusy(form, submitter) {
  form.dataset.sent = "";
  const button = submitter ?? form.querySelector("[type=submit], button:not([type])");
  button?.setAttribute("data-busy", "");
  setTimeout(() => markReady(form), BUSY_FOR_AT_MOST);
}
function takeSubmitted() {
  const isResponse = sessionStorage.getItem(SUBMITTED) !== null;
  sessionStorage.removeItem(SUBMITTED);
  return isResponse;
}
function markReady(form) {
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
    delete form.dataset.changed;
    markBusy(form, event.submitter);
    if (!form.hasAttribute("hx-post")) sessionStorage.setItem(SUBMITTED, "");
  },
  true
);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(markReady));

// static/js/portal/unsaved-changes.js
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keep]");
  if (form) form.dataset.changed = "";
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-keep][data-changed]")) event.preventDefault();
});

// static/js/portal/typed-fields.js
var KEPT = "portal-typed:";
var NOT_KEPT = ["hidden", "password", "file", "submit", "button", "fieldset"];
var owner2 = document.body.dataset.owner ?? "";
var key = KEPT + (window.navigation?.currentEntry?.key ?? location.href);
function* fields() {
  for (const form of document.querySelectorAll("form[data-keep]"))
    for (const field of form.elements) {
      const isChoice = field.type === "radio" || field.type === "checkbox";
      if (field.name && !NOT_KEPT.includes(field.type))
        yield [[form.action, field.name, isChoice ? field.value : ""].join(" "), field, isChoice ? "checked" : "value"];
    }
}
function forgetOthers() {
  for (const name2 of Object.keys(sessionStorage))
    if (name2.startsWith(KEPT) && JSON.parse(sessionStorage.getItem(name2)).owner !== owner2)
      sessionStorage.removeItem(name2);
}
function restore() {
  const { values } = JSON.parse(sessionStorage.getItem(key)) ?? {};
  for (const [name2, field, property] of values ? fields() : []) {
    if (!(name2 in values) || field[property] === values[name2]) continue;
    field[property] = values[name2];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
addEventListener("pagehide", () => {
  const values = Object.fromEntries([...fields()].map(([name2, field, property]) => [name2, field[property]]));
  if (Object.keys(values).length) sessionStorage.setItem(key, JSON.stringify({ owner: owner2, values }));
});
forgetOthers();
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") restore();

// static/js/portal/field-check.js
document.addEventListener("change", async (event) => {
  const input = event.target;
  const form = input.form;
  const field = input.closest(".field");
  if (!form?.matches("[data-check]") || !field?.id || input.type === "file") return;
  const body = new FormData(form);
  for (const [name2, value] of [...body]) if (value instanceof File) body.delete(name2);
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Check-Field": input.name } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    showErrors(field, input, page.getElementById(field.id));
  } catch {
  }
});
function showErrors(field, input, checked) {
  if (!checked) return;
  field.querySelector(".field-error")?.remove();
  const error = checked.querySelector(".field-error");
  const control = checked.querySelector(`[name="${CSS.escape(input.name)}"]`);
  for (const name2 of ["aria-invalid", "aria-describedby"]) {
    const value = control?.getAttribute(name2);
    if (value) input.setAttribute(name2, value);
    else input.removeAttribute(name2);
  }
  input.classList.toggle("is-invalid", Boolean(error));
  updateSummary(input, error);
  if (error) {
    field.append(document.importNode(error, true));
    announce(error.textContent);
  }
}
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

// static/js/portal/show-password.js
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveals]");
  if (button) show2(button, button.getAttribute("aria-pressed") !== "true");
});
document.addEventListener(
  "submit",
  (event) => {
    for (const button of event.target.querySelectorAll("[data-reveals]")) show2(button, false);
  },
  true
);
function show2(button, shown) {
  const input = document.getElementById(button.dataset.reveals);
  input.type = shown ? "text" : "password";
  input.setAttribute("autocapitalize", "none");
  input.setAttribute("spellcheck", "false");
  button.setAttribute("aria-pressed", String(shown));
}

// static/js/portal/dialogs.js
var FIELDS = "textarea, select, input:not([type=hidden])";
function makeButtons() {
  for (const link of document.querySelectorAll("a[data-opens], a[data-closes]")) {
    const button = document.createElement("button");
    for (const { name: name2, value } of link.attributes) if (name2 !== "href") button.setAttribute(name2, value);
    button.type = "button";
    button.append(...link.childNodes);
    link.replaceWith(button);
  }
}
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

// static/js/portal/menus.js
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// static/js/portal/keys.js
var TYPED_INTO = "input, textarea, select, [contenteditable]";
function latin({ key: key2, code }) {
  return key2.length === 1 && key2 > "" && code.startsWith("Key") ? code.slice(3).toLowerCase() : key2;
}
var SWITCH = "keys";
var areOn = () => localStorage.getItem(SWITCH) !== "off";
function showWhetherOn() {
  document.documentElement.toggleAttribute("data-no-keys", !areOn());
  for (const box of document.querySelectorAll("[data-keys-switch]")) box.checked = areOn();
}
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-keys-switch]")) return;
  localStorage.setItem(SWITCH, target.checked ? "on" : "off");
  showWhetherOn();
});
document.addEventListener("htmx:after:swap", showWhetherOn);
showWhetherOn();
function onKey(key2, act) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (!areOn()) return;
    if (latin(event) !== key2 || event.target.closest(TYPED_INTO)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act()) event.preventDefault();
  });
}

// static/js/portal/search-shortcut.js
onKey("/", () => {
  const search = document.querySelector("[data-search]");
  search?.focus();
  return Boolean(search);
});

// static/js/portal/undo.js
onKey("z", () => {
  const button = document.querySelector("[data-undo] [type=submit]");
  button?.click();
  return Boolean(button);
});

// static/js/portal/decision-keys.js
var LETTERS = ["a", "d", "j", "k", "m"];
for (const letter of LETTERS) {
  onKey(letter, () => {
    const control = document.querySelector(`[data-key="${letter}"]`);
    if (!control) return false;
    control.click();
    return true;
  });
}
document.addEventListener("keydown", (event) => {
  const field = event.key === "Escape" && !event.isComposing && event.target.closest("[data-escape]");
  if (field) document.getElementById(field.dataset.escape)?.focus();
});

// static/js/portal/steady-buttons.js
document.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2 || !event.target.closest("[data-steady] [type=submit]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true
);

// static/js/portal/copy-and-print.js
async function copy({ copies, copied, shownBy }) {
  try {
    await navigator.clipboard.writeText(copies);
    toast(copied);
  } catch {
    getSelection().selectAllChildren(document.getElementById(shownBy));
  }
}
document.addEventListener("click", (event) => {
  const copies = event.target.closest("[data-copies]");
  if (copies) copy(copies.dataset);
  if (event.target.closest("[data-prints]")) print();
});

// static/js/portal/theme-switch.js
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

// static/js/portal/file-drop.js
var initialPreviews = /* @__PURE__ */ new WeakMap();
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
function refuseLarge(drop, input) {
  if (!input.files[0] || input.files[0].size <= Number(drop.dataset.largest)) return;
  input.value = "";
  toast(drop.dataset.refusal);
}
var onFile = (act) => (event) => {
  const drop = event.target.closest("[data-file-drop]");
  if (drop && event.target.type === "file") act(drop, event.target);
};
document.addEventListener("change", onFile(refuseLarge), { capture: true });
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

// static/js/portal/fragments.js
var said = "";
function applyFragments() {
  const spoken = document.querySelector("[data-announce]:not([data-said])");
  if (spoken) {
    spoken.dataset.said = "";
    if (spoken.dataset.announce !== said) announce(spoken.dataset.announce);
    said = spoken.dataset.announce;
  }
  focusFragment();
}
function startFragments() {
  for (const spoken of document.querySelectorAll("[data-announce]")) {
    spoken.dataset.said = "";
    said = spoken.dataset.announce;
  }
  focusFragment();
}
function focusFragment() {
  const focused = document.querySelector("[data-focus]:not([data-focused])");
  if (!focused) return;
  focused.dataset.focused = "";
  focused.focus();
}

// static/js/portal/htmx-feedback.js
var before = null;
document.addEventListener("htmx:before:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  if (source.matches(".btn")) source.setAttribute("data-busy", "");
});
document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  request.action = request.submitter?.getAttribute("formaction") ?? request.action;
});
document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail.ctx.sourceElement;
  const list = source.dataset.continues && document.getElementById(source.dataset.continues);
  const open2 = [...document.querySelectorAll("details[id][open]")].map((details) => details.id);
  const chip = [...document.querySelectorAll(".chip")].indexOf(source);
  before = {
    list: list?.id,
    rows: list?.querySelectorAll(".row-link").length,
    focused: document.activeElement?.id,
    open: open2,
    chip,
    next: source.dataset.thenFocus
  };
});
document.addEventListener("htmx:after:swap", () => {
  for (const id of before?.open ?? []) document.getElementById(id)?.setAttribute("open", "");
  if (before?.list) focusFirstNewRow(before);
  else if (before?.chip >= 0) focusNextChip(before.chip);
  else if (before) focusAgain(before);
  before = null;
  makeButtons();
  applyFragments();
  showMessages();
});
function focusAgain({ focused, next }) {
  const same = focused ? document.getElementById(focused) : null;
  const opener = same?.closest("details:not([open])")?.querySelector("summary");
  (opener || same || next && document.querySelector(next))?.focus({ preventScroll: true });
}
function focusFirstNewRow({ list, rows }) {
  document.getElementById(list)?.querySelectorAll(".row-link")[rows]?.focus({ preventScroll: true });
  announce(texts().more);
}
function focusNextChip(index) {
  const next = document.querySelectorAll(".chip")[index] ?? document.querySelector(".filter-bar [type=search]");
  next?.focus({ preventScroll: true });
}
document.addEventListener("htmx:finally:request", (event) => {
  const source = event.detail.ctx.sourceElement;
  source.removeAttribute("data-busy");
  if (source.matches("form")) markReady(source);
  if (event.detail.ctx.response?.status < 400) source.closest("[data-undo]")?.remove();
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) toast(texts().failed);
});

// static/js/portal/page-start.js
var SETTLED_AFTER = 300;
function focusHeading() {
  const heading = document.querySelector("main h1");
  if (!takeSubmitted() || !heading || document.querySelector("[data-focus], [autofocus]") || location.hash) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
focusHeading();
startFragments();
setTimeout(showMessages, SETTLED_AFTER);

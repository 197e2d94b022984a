// Forms marked with data-keep: what was typed is there again when the browser goes back to the page. Browsers leave fields
// with autocomplete="off" empty then, and a form that was refused in between. It is kept in this tab, for its author
// alone, and never a password.

const KEPT = "portal-typed:";
const NOT_KEPT = ["hidden", "password", "file", "submit", "button", "fieldset"];

const owner = document.body.dataset.owner ?? "";
const key = KEPT + (window.navigation?.currentEntry?.key ?? location.href);

/** The fields of all such forms with a name for each, by which it is found again. */
function* fields() {
  for (const form of document.querySelectorAll("form[data-keep]"))
    for (const field of form.elements) {
      const isChoice = field.type === "radio" || field.type === "checkbox";
      if (field.name && !NOT_KEPT.includes(field.type))
        yield [[form.action, field.name, isChoice ? field.value : ""].join(" "), field, isChoice ? "checked" : "value"];
    }
}

/** Forget what somebody else has typed in this tab. */
function forgetOthers() {
  for (const name of Object.keys(sessionStorage))
    if (name.startsWith(KEPT) && JSON.parse(sessionStorage.getItem(name)).owner !== owner)
      sessionStorage.removeItem(name);
}

function restore() {
  const { values } = JSON.parse(sessionStorage.getItem(key)) ?? {};
  for (const [name, field, property] of values ? fields() : []) {
    if (!(name in values) || field[property] === values[name]) continue;
    field[property] = values[name];
    field.dispatchEvent(new Event("input", { bubbles: true })); // see unsaved-changes.js
  }
}

addEventListener("pagehide", () => {
  const values = Object.fromEntries([...fields()].map(([name, field, property]) => [name, field[property]]));
  if (Object.keys(values).length) sessionStorage.setItem(key, JSON.stringify({ owner, values }));
});

forgetOthers();
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") restore();

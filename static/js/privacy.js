// The privacy page: the preview follows each choice and marks what is not saved; what would change stands beside Save.

const ORDER = ["me", "same_year", "alumni", "members", "public"]; // each includes those before it
const LEAST = { same_year: 1, alumni: 2, friend: 3, public: 4 }; // the narrowest audience that includes the kind of viewer
const WITH_PHOTO = ["same_year", "alumni", "friend"];

const form = document.getElementById("privacy");
const rows = [...form.querySelectorAll("[data-field]")];
const kinds = [...document.querySelectorAll("[data-kind]")];
const note = form.querySelector("[data-public-note]");

const chosen = (row) => row.querySelector("input:checked")?.value ?? row.dataset.saved;
const isSeen = (row, kind) => ORDER.indexOf(chosen(row)) >= LEAST[kind];
const shown = (row) => document.querySelector(`[data-preview-field="${row.dataset.field}"]`);
const shortLabel = (row, value) => row.querySelector(`input[value="${value}"] + label`)?.textContent ?? value;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_match, name) => values[name]);
const names = (some) => some.map((row) => row.dataset.label).join(", ");

function showPreview() {
  const current = kinds.find((each) => each.ariaPressed === "true");
  const kind = current.dataset.kind;
  const filled = rows.filter(shown);
  for (const row of filled) {
    shown(row).hidden = !isSeen(row, kind);
    shown(row).querySelector(".preview-unsaved").hidden = chosen(row) === row.dataset.saved;
  }
  const isFound = kind !== "public" || filled.some((row) => isSeen(row, kind));
  document.querySelector("[data-preview-card]").hidden = !isFound;
  document.querySelector("[data-preview-nobody]").hidden = isFound;
  document.querySelector("[data-preview-photo]").hidden = !WITH_PHOTO.includes(kind);
  const left = document.querySelector("[data-preview-hidden]");
  const hidden = filled.filter((row) => !isSeen(row, kind));
  left.hidden = !isFound || hidden.length === 0;
  left.textContent = fill(left.dataset.text, { who: current.dataset.who, fields: names(hidden) });
}

function showPublic() {
  const open = rows.filter((row) => shown(row) && chosen(row) === "public");
  const text = open.length ? fill(note.dataset.some, { fields: names(open) }) : note.dataset.none;
  note.classList.toggle("is-public", open.length > 0);
  const said = note.querySelector("span");
  if (said.textContent !== text) said.textContent = text;
}

function showChanges() {
  const changed = rows.filter((row) => chosen(row) !== row.dataset.saved);
  const said = form.querySelector("[data-changes-note]");
  if (changed.length === 1) {
    const [row] = changed;
    const steps = { from: shortLabel(row, row.dataset.saved), to: shortLabel(row, chosen(row)) };
    said.textContent = `${form.dataset.changeOne}: ${row.dataset.label}, ${fill(form.dataset.change, steps)}`;
  } else {
    said.textContent = changed.length ? fill(form.dataset.changes, { number: changed.length }) : "";
  }
}

function show() {
  for (const row of rows) row.querySelector("[data-chosen]").textContent = shortLabel(row, chosen(row));
  showPreview();
  showPublic();
  showChanges();
}

form.addEventListener("change", show);

for (const button of kinds) {
  button.addEventListener("click", () => {
    for (const each of kinds) each.ariaPressed = String(each === button);
    showPreview();
  });
}

// A field that is offered no such wide audience gets its widest.
document.querySelector("[data-set-all]").addEventListener("change", (event) => {
  const wanted = ORDER.indexOf(event.target.value);
  if (wanted < 0) return;
  for (const row of rows) {
    const offered = [...row.querySelectorAll("input")].filter((input) => ORDER.indexOf(input.value) <= wanted);
    if (offered.length) offered.at(-1).checked = true;
  }
  event.target.value = "";
  form.dataset.changed = "";
  show();
});

show();

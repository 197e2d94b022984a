// The key "/" moves the focus to the page's search field.

import { onKey } from "./keys.js";

onKey("/", () => {
  const search = document.querySelector("[data-search]");
  search?.focus();
  return Boolean(search);
});

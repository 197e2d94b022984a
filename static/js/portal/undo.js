// The key "z" undoes what the undo bar offers to.

import { onKey } from "./keys.js";

onKey("z", () => {
  const button = document.querySelector("[data-undo] [type=submit]");
  button?.click();
  return Boolean(button);
});

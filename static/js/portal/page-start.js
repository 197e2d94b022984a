// What happens once, when the page has been parsed (module scripts run no earlier).

import { startFragments } from "./fragments.js";
import { showMessages } from "./messages.js";
import { takeSubmitted } from "./submit-once.js";

const SETTLED_AFTER = 300; // ms: what a live region says earlier is lost behind the title that screen readers begin with

/** After a form the page begins at its heading: whoever does not see it is not left at its very start. */
function focusHeading() {
  const heading = document.querySelector("main h1");
  if (!takeSubmitted() || !heading || document.querySelector("[data-focus], [autofocus]") || location.hash) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

focusHeading();
startFragments();
setTimeout(showMessages, SETTLED_AFTER);

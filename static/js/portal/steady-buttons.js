// Buttons of a form with data-steady: when the form is replaced by that of somebody else between the two clicks of a double
// click, the second one presses nothing. A key or a script makes a click with the count 0.

document.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2 || !event.target.closest("[data-steady] [type=submit]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

// What every page gains from scripts; each page works without them. `make bundle` joins this into static/dist/portal.js.

import "./portal/history-check.js";
import "./portal/time-zone.js";
import "./portal/submit-once.js";
import "./portal/unsaved-changes.js";
import "./portal/typed-fields.js";
import "./portal/field-check.js";
import "./portal/show-password.js";
import "./portal/dialogs.js";
import "./portal/menus.js";
import "./portal/search-shortcut.js";
import "./portal/undo.js";
import "./portal/decision-keys.js";
import "./portal/steady-buttons.js";
import "./portal/copy-and-print.js";
import "./portal/theme-switch.js";
import "./portal/file-drop.js";
import "./portal/htmx-feedback.js";
import "./portal/page-start.js";

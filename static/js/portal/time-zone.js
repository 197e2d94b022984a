// The server learns the viewer's time zone from a cookie; an event then shows both times.

import { texts } from "./messages.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const name = texts().zoneCookie;
const secure = name.startsWith("__Host-") ? "; secure" : "";
// biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
if (zone) document.cookie = `${name}=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;

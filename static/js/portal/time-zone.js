// The server learns the viewer's time zone from a cookie; an event then shows both times.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
// biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
if (zone) document.cookie = `time_zone=${zone}; path=/; max-age=31536000; samesite=lax`;

// A private page that comes back from the browser's history stays hidden until the server says that the same person is
// still signed in; else it is loaded anew, which leads to sign-in.

const { owner, ownerUrl } = document.body.dataset;
const RETRY_AFTER = 2000; // ms, while there is no connection

const lock = (isLocked) => document.documentElement.toggleAttribute("data-locked", isLocked);

async function unlock() {
  try {
    const response = await fetch(ownerUrl, { cache: "no-store" });
    if (response.ok && (await response.text()) === owner) lock(false);
    else location.reload();
  } catch {
    setTimeout(unlock, RETRY_AFTER);
  }
}

if (owner) {
  const [entry] = performance.getEntriesByType("navigation");
  addEventListener("pagehide", () => lock(true)); // so that nothing is seen before the answer, either
  addEventListener("pageshow", (event) => {
    if (event.persisted) unlock();
  });
  if (entry?.type === "back_forward" && entry.transferSize === 0) {
    // It was kept by the browser and not asked for.
    lock(true);
    unlock();
  }
}

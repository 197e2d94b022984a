"""The browser of the browser tests: one that the machine has, else Playwright's own.

``python -m tests.support.browser`` makes sure that there is one, installing it if need be. A headless shell draws the
same pages as the whole browser for half its work, so it goes first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BUNDLED = None
MISSING = "No Chromium can be started here. Type: sudo apt install chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--js-flags=--no-opt --no-maglev",  # no page of a test lives long enough for code that was optimised to pay
]


def launch(playwright: Playwright) -> Browser | None:
    """Return the first Chromium that starts, or None; the variable ``CHROMIUM`` names one to try first."""
    named = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in NAMES)]
    for path in [*filter(None, named), BUNDLED]:
        try:
            return playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error:
            continue  # not there, or without the libraries that it needs
    return None


def starts() -> bool:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is not None:
            browser.close()
        return browser is not None


def install() -> None:
    """Install a browser: as root the system's headless shell, else Playwright's, at last the system's whole browser."""
    playwright = [sys.executable, "-m", "playwright"]
    attempts = [[*playwright, "install", "--only-shell", "chromium"]]
    if os.getuid() == 0 and shutil.which("apt-get"):
        apt = ["apt-get", "-y", "-qq"]
        run([*apt, "update"])
        attempts = [
            [*apt, "install", "--no-install-recommends", "chromium-headless-shell"],
            *attempts,
            [*playwright, "install-deps", "chromium"],
            [*apt, "install", "chromium"],
        ]
    for command in attempts:
        run(command)
        if starts():
            return


def run(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    if not starts():
        sys.stdout.write("Installing a browser for the tests ...\n")
        install()
    if not starts():
        sys.stderr.write(f"{MISSING}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The browser of the browser tests: one that the machine has, else Playwright's own.

``python -m tests.support.browser`` makes sure that there is one, installing it if need be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WANTED = "No Chromium can be started here. Type: sudo apt install chromium"


def executable() -> str | None:
    """Path of a Chromium that starts; None when there is none. ``CHROMIUM`` names one of your own."""
    found = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in NAMES), downloaded()]
    return next((path for path in found if path and starts(path)), None)


def downloaded() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def starts(path: str) -> bool:
    """A browser whose libraries are missing cannot even say its version."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def install() -> None:
    """Playwright's browser, then as root what it lacks of the system, then the system's own browser."""
    playwright = [sys.executable, "-m", "playwright"]
    attempts = [[*playwright, "install", "chromium"]]
    if os.getuid() == 0:
        attempts += [[*playwright, "install-deps", "chromium"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    for command in attempts:
        if shutil.which(command[0]):
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        if executable():
            return


def main() -> int:
    if executable() is None:
        sys.stdout.write("Installing a browser for the tests ...\n")
        install()
    if executable() is None:
        sys.stderr.write(f"{WANTED}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The two existing clients with the headers that they send. This package imports nothing from ``portal``."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import httpx

from tests.support.plain_http import PLAIN_HTTP

MOBILE = {"accept": "application/json", "Content-Type": "application/json"}
ADMIN = {"accept": "application/json, text/plain, */*"}
PASSWORD = "welcome-to-demo"
# A one-pixel JPEG, as small as a real picture gets.
JPEG = base64.b64encode(
    base64.b64decode(
        "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQ"
        "CgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
    )
).decode()


_open: list[httpx.Client] = []


def close_connections() -> None:
    """Close the connections of all clients."""
    while _open:
        _open.pop().close()


class LegacyClient:
    """One installed client: its headers on every call, its token once it has signed in."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        # The server drops idle connections after 5 s; a client that closes them earlier never meets one half closed.
        limits = httpx.Limits(keepalive_expiry=2)
        self.http = httpx.Client(base_url=url, headers=headers, limits=limits, **PLAIN_HTTP)
        _open.append(self.http)

    def call(self, method: str, path: str, *, status: int | tuple[int, ...] = 200, **options: Any) -> Any:
        response = self.http.request(method, path, **options)
        allowed = status if isinstance(status, tuple) else (status,)
        assert response.status_code in allowed, f"{method} {path}: {response.status_code} {response.text[:500]}"
        assert "application/" in response.headers["content-type"], response.headers["content-type"]
        return response.json()

    def sign_in(self, email: str, password: str = PASSWORD) -> LegacyClient:
        answer = self.call("POST", "/api/v1/auth/login", json={"email": email, "password": password})
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return self


def mobile(url: str) -> LegacyClient:
    return LegacyClient(url, MOBILE)


def admin(url: str) -> LegacyClient:
    return LegacyClient(url, ADMIN)


def verification_link(url: str, email: str) -> str:
    """Return the link in the newest mail to ``email``, read from the development mailbox."""
    for _attempt in range(100):
        listing = httpx.get(f"{url}/dev/mail", params={"to": email}, **PLAIN_HTTP).text
        found = re.search(r'href="(/dev/mail/[^"?/]+)"', listing)
        if found and email in listing:
            mail = httpx.get(f"{url}{found[1]}", **PLAIN_HTTP).text
            link = re.search(r'href="[^"]*?(/verify\?token=[^"&]+)"', mail)
            if link:
                return url + link[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail for {email}")

"""The two existing clients as they speak: their headers, nothing of ours. This package imports nothing from portal."""

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


def hang_up() -> None:
    """Close the connections of every client that spoke."""
    while _open:
        _open.pop().close()


class Speaker:
    """One installed client: its headers on every call, its token once it has signed in."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        # The server drops idle connections after 5 s; a client that lets go earlier never meets one half closed.
        limits = httpx.Limits(keepalive_expiry=2)
        self.http = httpx.Client(base_url=address, headers=headers, limits=limits, **PLAIN_HTTP)
        _open.append(self.http)

    def call(self, method: str, path: str, *, status: int | tuple[int, ...] = 200, **options: Any) -> Any:
        response = self.http.request(method, path, **options)
        allowed = status if isinstance(status, tuple) else (status,)
        assert response.status_code in allowed, f"{method} {path}: {response.status_code} {response.text[:500]}"
        assert "application/" in response.headers["content-type"], response.headers["content-type"]
        return response.json()

    def sign_in(self, email: str, password: str = PASSWORD) -> Speaker:
        answer = self.call("POST", "/api/v1/auth/login", json={"email": email, "password": password})
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return self


def mobile(address: str) -> Speaker:
    return Speaker(address, MOBILE)


def admin(address: str) -> Speaker:
    return Speaker(address, ADMIN)


def verification_link(address: str, email: str) -> str:
    """The link in the newest mail to ``email``, read from the development mailbox."""
    for _attempt in range(100):
        listing = httpx.get(f"{address}/dev/mail", params={"to": email}, **PLAIN_HTTP).text
        found = re.search(r'href="(/dev/mail/[^"?/]+)"', listing)
        if found and email in listing:
            mail = httpx.get(f"{address}{found[1]}", **PLAIN_HTTP).text
            link = re.search(r'href="[^"]*?(/verify\?token=[^"&]+)"', mail)
            if link:
                return address + link[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail for {email}")

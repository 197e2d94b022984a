"""What the tests of account pages read from pages and emails."""

from __future__ import annotations

from portal.application import PortalFlask
from tests.accounts.people import EMAIL
from tests.accounts.sent_messages import payload_of
from tests.support.clients import PageResponse

SECURITY = "/settings/security"
NEW_PASSWORD = "seven quiet green lanterns"


def sent_code(app: PortalFlask, email: str = EMAIL, kind: str = "accounts.code") -> str:
    return str(payload_of(app, email, kind)["code"])


def sent_link(app: PortalFlask, email: str, kind: str) -> str:
    return str(payload_of(app, email, kind)["url"])


def token_of(url: str) -> dict[str, str]:
    return {"token": url.partition("token=")[2]}


def hidden_value(page: PageResponse, name: str) -> str:
    field = page.soup.select_one(f"main input[name={name}]")
    assert field is not None
    return str(field["value"])


def toasts(page: PageResponse) -> str:
    return " ".join(page.texts("#toasts .toast-note"))

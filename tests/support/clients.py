"""Clients that check every response for what all pages and endpoints must keep, so that each test checks it too."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, cached_property
from typing import Any

import flask
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from config import ROOT
from portal.accounts.models import Account
from tests import factories
from tests.support.unaudited import recorded_statements, unaudited

CSRF = "test-token"


class PageResponse:
    """The response to a request of a browser, with the page parsed."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.is_page = response.mimetype == "text/html"

    @cached_property
    def soup(self) -> BeautifulSoup:
        assert self.is_page, f"not a page: {self.response.mimetype}"
        return BeautifulSoup(self.response.data, "lxml")

    @property
    def json(self) -> Any:
        return self.response.json

    def element(self, selector: str) -> Tag:
        """Return the first element that ``selector`` matches; there must be one."""
        found = self.soup.select_one(selector)
        assert found is not None, f"no {selector}"
        return found

    def texts(self, selector: str) -> list[str]:
        return [re.sub(r"\s+", " ", element.get_text()).strip() for element in self.soup.select(selector)]

    @property
    def text(self) -> str:
        return " ".join(self.texts("main") or self.texts("body"))

    @property
    def location(self) -> str:
        return self.response.headers["Location"]


class Client:
    """A test client; refuses to work inside an application context, which Flask would share between requests."""

    def __init__(self, app: flask.Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def request(self, method: str, path: str, *, status: int, **options: Any) -> TestResponse:
        assert not flask.has_app_context(), "leave the application context before you make a request"
        with recorded_statements() as statements:
            response = self.client.open(path, method=method, **options)
        assert response.status_code == status, (
            f"{method} {path}: {response.status_code}, not {status}: {response.get_data(as_text=True)[:600]}"
        )
        if status < 400:  # a refusal has rolled back what it wrote
            assert not unaudited(statements), f"{method} {path} wrote without an audit entry: {unaudited(statements)}"
        return response


class Page(Client):
    """A browser without JavaScript."""

    def get(self, path: str, *, status: int = 200, **options: Any) -> PageResponse:
        shown = PageResponse(self.request("GET", path, status=status, **options))
        if shown.is_page and shown.soup.select_one("html[lang]") and status == 200:
            check_page(shown.soup, path)
        return shown

    def post(self, path: str, data: dict[str, Any] | None = None, *, status: int = 303, **options: Any) -> PageResponse:
        return PageResponse(self.request("POST", path, status=status, data={**self.csrf(), **(data or {})}, **options))

    def csrf(self) -> dict[str, str]:
        """Return the form field with a valid CSRF token for this client's session."""
        with self.client.session_transaction() as session:
            session["csrf_token"] = CSRF
        return {"csrf_token": URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(CSRF)}

    def sign_in(self, account: Account, *, agreed: bool = True) -> Page:
        sign_in = factories.make_sign_in(account, channel="page")
        with self.client.session_transaction() as session:
            session.clear()
            session["_user_id"] = str(sign_in.id)
            session["_fresh"] = True
            if agreed:
                session["privacy_version"] = 1  # as after the first page that they open
        return self


class Api(Client):
    """A client of the JSON API."""

    def __init__(self, app: flask.Flask) -> None:
        super().__init__(app)
        self.headers: dict[str, str] = {}

    def call(self, method: str, path: str, *, status: int = 200, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        response = self.request(method, path, status=status, headers=headers, **options)
        if response.status_code >= 400:
            assert response.mimetype == "application/problem+json", response.mimetype
            assert isinstance(response.get_json()["detail"], str)
        return response.json if response.is_json else response.data

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> Any:
        return self.call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.call("DELETE", path, **options)

    def sign_in(self, account: Account) -> Api:
        from flask_jwt_extended import create_access_token

        sign_in = factories.make_sign_in(account, channel="api")
        with self.app.app_context():
            token = create_access_token(identity=str(sign_in.id), expires_delta=False)
        self.headers = {"Authorization": f"Bearer {token}"}
        return self


def check_page(soup: BeautifulSoup, path: str) -> None:
    """Check what every whole page must have: one heading, a title, labels, no inline style and so on."""
    elements = soup.find_all(True)
    assert [element.name for element in elements].count("h1") == 1, f"{path}: not one main heading"
    assert soup.title is not None, f"{path}: no title"
    assert soup.title.get_text(strip=True), f"{path}: empty title"
    ids = Counter(element["id"] for element in elements if element.get("id"))
    assert ids.total() == len(ids), f"{path}: repeated ids {[name for name, times in ids.items() if times > 1]}"
    labelled = {element.get("for") for element in elements if element.name == "label"}
    for element in elements:
        assert element.name != "style", f"{path}: inline style sheet"
        assert element.get("style") is None, f"{path}: inline style"
        check_element(element, labelled, path)


@cache
def drawn_icons() -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / "static/vendor/icons.svg").read_text()))


def check_element(element: Tag, labelled: set[Any], path: str) -> None:
    if element.name == "form":
        assert element.get("action") is not None, f"{path}: a form without action"
        if str(element.get("method", "get")).lower() == "post":
            assert element.select_one("[name=csrf_token]"), f"{path}: a form without token: {element['action']}"
    elif element.name == "script":
        assert element.get("nonce"), f"{path}: a script without nonce"
    elif element.name == "use":
        icon = str(element.get("href")).partition("#")[2]
        assert icon in drawn_icons(), f"{path}: an icon that is not in the sprite: {icon}; run `make vendor`"
    elif element.name == "img":
        assert element.get("alt") is not None, f"{path}: an image without alt"
        assert element.get("width"), f"{path}: an image without width: {element.get('src')}"
    elif element.name in {"input", "select", "textarea"} and element.get("type") not in {"hidden", "submit"}:
        label = element.get("aria-label") or element.get("aria-labelledby") or element.find_parent("label")
        assert label or element.get("id") in labelled, f"{path}: a field without label: {element.get('name')}"

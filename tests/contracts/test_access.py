"""Every route is requested as seven kinds of people and responds as one table says."""

from __future__ import annotations

import re
import uuid

import flask
import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal import create_app
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.access import ANYONE, FORM_CAP, access, check_declared_access, requirements_of
from tests.conftest import Clock
from tests.contracts.access_table import LARGE_BODIES, LEAD_VISITORS_TO_SIGN_IN, TABLE
from tests.support.clients import Api, Client, Page

KINDS = ("anonymous", "unverified", "waiting", "banned", "member", "moderator", "administrator")
OUTSIDERS = {"anonymous", "unverified", "banned"}
MODERATOR_MAY = {"people:read_all", "events:moderate"}


def expected(entry: str, kind: str, path: str = "/") -> str:
    """``in``, ``sign in``, ``waits`` or ``refused`` for one kind of person.

    To the API nobody is known who waits.
    """
    if entry == "anyone":
        return "in"
    if kind in OUTSIDERS or (kind == "waiting" and path.startswith("/api/")):
        return "sign in"
    if kind == "waiting":
        return "in" if entry == "signed_in" else "waits"
    if entry in {"signed_in", "member", "recent_auth"} or kind == "administrator":
        return "in"
    return "in" if kind == "moderator" and entry in MODERATOR_MAY else "refused"


def url_of(rule: Rule) -> str:
    """Return a URL with invented values: whoever is let in gets 404, and nothing is changed."""
    path = re.sub(r"<uuid:\w+>", str(uuid.uuid4()), rule.rule)
    path = re.sub(r"<int:\w+>", "1", path)
    return re.sub(r"<[^>]+>", "nothing", path)


def outcome(response: TestResponse) -> str:
    if response.status_code == 500:
        return "broken"
    location = response.headers.get("Location", "")
    if location.startswith("/settings/security/proof?next=/"):
        return "re-authenticate"
    if response.status_code == 401 or "/login?next=" in location:
        return "sign in"
    if response.status_code == 403:
        return "waits" if "Not open yet" in response.get_data(as_text=True) else "refused"
    return "in"


def routes(app: flask.Flask) -> list[tuple[str, str, Rule]]:
    return [
        (rule.endpoint, method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def large_bodies(app: flask.Flask) -> dict[str, int]:
    """Return the endpoints that take a larger body than a form, each with its limit in bytes."""
    declared = {endpoint: requirements_of(view) for endpoint, view in app.view_functions.items()}
    return {endpoint: view.body_cap for endpoint, view in declared.items() if view and view.body_cap != FORM_CAP}


@pytest.fixture
def people(request: pytest.FixtureRequest, app: PortalFlask) -> dict[str, Account | None]:
    accounts = {
        "unverified": "nina",
        "waiting": "wanda",
        "banned": "boris",
        "member": "alina",
        "moderator": "mona",
        "administrator": "adam",
    }
    return {"anonymous": None, **{kind: request.getfixturevalue(name) for kind, name in accounts.items()}}


class Requester:
    """A person who sends requests, signed in anew after every write, which may have ended the session."""

    def __init__(self, app: PortalFlask, account: Account | None) -> None:
        self.app = app
        self.account = account
        self.clients: dict[type[Client], Page | Api] = {}

    def client(self, kind: type[Page] | type[Api]) -> Page | Api:
        if kind not in self.clients:
            client = kind(self.app)
            self.clients[kind] = client.sign_in(self.account) if self.account else client
        return self.clients[kind]

    def request(self, method: str, path: str) -> str:
        client = self.client(Api if path.startswith("/api/") else Page)
        data = client.csrf() if isinstance(client, Page) and method == "POST" else None
        answer = client.client.open(path, method=method, headers=getattr(client, "headers", None), data=data)
        if method != "GET":
            self.clients.clear()
        return outcome(answer)


@pytest.mark.slow
def test_every_route_admits_exactly_whom_the_table_says(app: PortalFlask, people: dict[str, Account | None]) -> None:
    wrong = []
    requesters = {kind: Requester(app, people[kind]) for kind in KINDS}
    for endpoint, method, rule in routes(app):
        for kind, requester in requesters.items():
            entry = TABLE.get(endpoint, "not in the table")
            entry = "member" if endpoint in LEAD_VISITORS_TO_SIGN_IN else entry
            seen = requester.request(method, url_of(rule))
            if seen != expected(entry, kind, rule.rule):
                wrong.append(f"{method} {rule.rule} ({endpoint}: {entry}) as {kind}: {seen}")
    assert wrong == []


@pytest.mark.whole_portal
def test_the_table_names_every_endpoint_and_nothing_else(app: PortalFlask) -> None:
    assert sorted(TABLE) == sorted({endpoint for endpoint, _method, _rule in routes(app)})


@pytest.mark.whole_portal
def test_the_table_is_what_the_views_declare(app: PortalFlask) -> None:
    declared = {}
    for endpoint, view in app.view_functions.items():
        requirements = requirements_of(view)
        assert requirements is not None
        declared[endpoint] = requirements.access.permission or requirements.access.name
    assert declared == TABLE


def test_only_the_views_in_the_table_take_large_bodies(app: PortalFlask) -> None:
    assert large_bodies(app) == LARGE_BODIES


def test_a_stale_authentication_is_led_to_a_new_one_and_changes_nothing(
    app: PortalFlask, alina: Account, clock: Clock
) -> None:
    browser = Page(app).sign_in(alina)
    browser.get("/settings/security")
    clock.move(minutes=11)
    recent_only = [(method, rule) for endpoint, method, rule in routes(app) if TABLE.get(endpoint) == "recent_auth"]
    assert len(recent_only) >= 6
    for method, rule in recent_only:
        if not rule.rule.startswith("/api/"):
            data = browser.csrf() if method == "POST" else None
            answer = browser.request(method, url_of(rule), status=303, data=data)
            assert answer.location.startswith("/settings/security/proof?next="), f"{method} {rule.rule}"


def test_a_view_without_declared_access_stops_the_application() -> None:
    app = flask.Flask("sample")
    app.add_url_rule("/open", "open", lambda: "everything")
    with pytest.raises(RuntimeError, match="open"):
        check_declared_access(app)


def test_a_large_body_is_found() -> None:
    app = flask.Flask("sample", static_folder=None)
    app.add_url_rule("/upload", "upload", access(ANYONE, body_cap=FORM_CAP + 1)(lambda: "everything"))
    assert large_bodies(app) == {"upload": FORM_CAP + 1}


def test_a_wrong_expectation_is_found(app: PortalFlask, alina: Account) -> None:
    assert Requester(app, alina).request("GET", "/health/live") != expected("settings:change", "member")


def test_a_client_inside_an_application_context_would_be_the_member_of_the_request_before(app: PortalFlask) -> None:
    with app.app_context(), pytest.raises(AssertionError, match="leave the application context"):
        Client(app).request("GET", "/health/live", status=200)


def test_urls_are_kebab_case_with_typed_parameters(app: PortalFlask) -> None:
    wrong = [
        rule.rule
        for _endpoint, _method, rule in routes(app)
        if rule.endpoint != "static" and not re.fullmatch(r"(/|/?(<\w+:\w+>|[a-z0-9.-]+)|/)*", rule.rule)
    ]
    assert wrong == []


def test_the_application_is_built_without_starting_a_thread(committed: PortalFlask) -> None:
    import threading

    before = threading.active_count()
    create_app(committed.config["PORTAL"])
    assert threading.active_count() == before

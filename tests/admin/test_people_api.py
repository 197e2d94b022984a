"""The endpoints about people that the legacy admin front end does not use."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from portal.accounts import queries
from portal.accounts.authentication import sessions
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Forbidden
from portal.extensions import db
from portal.permissions.catalogue import ADMINISTRATORS
from tests.accounts.sent_messages import sent_messages
from tests.admin.trail import actions
from tests.conftest import Clock
from tests.factories import make_account, make_sign_in
from tests.support.clients import Api

ADMIN = "/api/v1/admin"


@pytest.fixture
def office(api: Api, adam: Account) -> Api:
    return api.sign_in(adam)


@pytest.fixture
def client(app: PortalFlask, bob: Account) -> Api:
    """Return Bob's API client."""
    return Api(app).sign_in(bob)


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"Content-Type": "application/json"}},
        {},
        {"headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"json": {}},
        {"json": {"reason": "", "until": None, "colour": "green"}},
    ],
)
def test_a_ban_needs_no_body(office: Api, bob: Account, client: Api, sent: dict[str, Any]) -> None:
    office.post(f"{ADMIN}/ban/{bob.id}", **sent)
    client.get("/api/v1/profile/me", status=401)


def test_a_ban_has_a_reason_and_an_end(app: PortalFlask, office: Api, bob: Account, clock: Clock) -> None:
    until = now() + timedelta(days=1)
    office.post(f"{ADMIN}/ban/{bob.id}", json={"reason": "Advertising", "until": until.isoformat()})
    assert sent_messages(app, bob.email)[0][1]["reason"] == "Advertising"
    assert actions(app, bob) == ["accounts.ban"]
    clock.set(until)
    assert office.get(f"{ADMIN}/banned") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"until": "9999-12-31T23:59:59-12:00"}, "until"),
        ({"until": "2099-01-01T00:00:00"}, "until"),
        ({"until": 4102444800}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": 5}, "reason"),
        ({"reason": "a\u0000b"}, "reason"),
    ],
)
def test_an_invalid_ban_names_its_field(office: Api, bob: Account, client: Api, body: Any, field: str) -> None:
    answer = office.post(f"{ADMIN}/ban/{bob.id}", json=body, status=422)
    assert answer["errors"][0]["field"] == field
    client.get("/api/v1/profile/me")


def test_an_instant_without_offset_is_refused_with_a_message(office: Api, bob: Account) -> None:
    answer = office.post(f"{ADMIN}/ban/{bob.id}", json={"until": "2099-01-01T00:00:00"}, status=422)
    assert answer["detail"] == "until: Send the time with its offset, such as 2026-12-05T00:00:00+03:00."


def test_verifying_with_a_role_follows_the_legacy_contract(
    app: PortalFlask, office: Api, bob: Account, nina: Account
) -> None:
    """With a role (A9) a verified person can be verified any number of times; without one (A8) it is refused."""
    for role in ("alumni_friend", "alumni_friend", "alumni"):
        body = office.post(f"{ADMIN}/verify", json={"email": bob.email, "role": role})
        assert (body["email"], body["role"]) == (bob.email, role)
    assert [kind for kind, _payload in sent_messages(app, bob.email)] == ["accounts.role_changed"] * 2
    office.post(f"{ADMIN}/verify", json={"email": bob.email}, status=400)
    office.post(f"{ADMIN}/verify", json={"email": nina.email, "role": "alumni_friend"})
    assert [kind for kind, _payload in sent_messages(app, nina.email)] == ["accounts.verified"]


def test_a_warning_is_sent_and_shown(app: PortalFlask, office: Api, bob: Account, client: Api) -> None:
    office.post(f"{ADMIN}/users/{bob.id}/warn", json={"text": "No advertising."})
    assert [found["text"] for found in client.get("/api/v1/account/warnings")] == ["No advertising."]
    assert sent_messages(app, bob.email)[0][0] == "accounts.warned"
    assert actions(app, bob) == ["accounts.warn"]


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "x" * 501}, {"text": None}])
def test_an_invalid_warning_is_refused(office: Api, bob: Account, body: Any) -> None:
    office.post(f"{ADMIN}/users/{bob.id}/warn", json=body, status=422)


def test_sessions_are_listed_and_ended(app: PortalFlask, office: Api, bob: Account, client: Api) -> None:
    make_sign_in(bob)
    first, second = office.get(f"{ADMIN}/users/{bob.id}/sessions")
    assert {first["door"], second["door"]} == {"page", "api"}
    mobile = first if first["door"] == "api" else second
    office.delete(f"{ADMIN}/users/{bob.id}/sessions/{mobile['id']}")
    client.get("/api/v1/profile/me", status=401)
    office.delete(f"{ADMIN}/users/{bob.id}/sessions/{mobile['id']}")
    assert office.delete(f"{ADMIN}/users/{bob.id}/sessions")["ended"] == 1
    assert office.get(f"{ADMIN}/users/{bob.id}/sessions") == []
    assert actions(app, bob) == ["accounts.end_sign_in", "accounts.end_sign_ins"]


def test_members_cannot_end_another_persons_sessions(app: PortalFlask, alina: Account, bob: Account) -> None:
    member = Actor(Channel.PAGE, account_id=alina.id)
    with app.app_context(), pytest.raises(Forbidden), unit_of_work():
        sessions.sign_out_account(member, bob.id)


def test_another_persons_session_returns_404(office: Api, adam: Account, bob: Account, client: Api) -> None:
    own = office.get(f"{ADMIN}/users/{adam.id}/sessions")[0]["id"]
    office.delete(f"{ADMIN}/users/{bob.id}/sessions/{own}", status=404)


def test_a_second_factor_is_removed_once(app: PortalFlask, office: Api) -> None:
    olga = make_account("olga@demo.example", second_factor="totp", totp_secret="sealed")
    client = Api(app).sign_in(olga)
    office.delete(f"{ADMIN}/users/{olga.id}/second-factor")
    client.get("/api/v1/profile/me", status=401)
    assert actions(app, olga) == ["accounts.remove_second_factor"]
    office.delete(f"{ADMIN}/users/{olga.id}/second-factor", status=400)


def test_people_can_be_appointed_and_dismissed(app: PortalFlask, office: Api, bob: Account, client: Api) -> None:
    group = f"{ADMIN}/users/{bob.id}/groups/moderators"
    office.put(group)
    office.put(group, headers={"Content-Type": "application/json"})
    client.get(f"{ADMIN}/users")
    office.delete(group)
    office.delete(group)
    client.get(f"{ADMIN}/users", status=403)
    assert actions(app, bob) == ["accounts.appoint", "accounts.dismiss"]


def test_the_last_administrator_cannot_be_dismissed(office: Api, adam: Account) -> None:
    office.delete(f"{ADMIN}/users/{adam.id}/groups/{ADMINISTRATORS}", status=400)


@pytest.mark.concurrency
def test_two_administrators_who_dismiss_each_other_leave_one(committed: PortalFlask, adam: Account) -> None:
    eve = make_account("eve@demo.example", groups=(ADMINISTRATORS,))
    start = Barrier(2)

    def dismiss(one: Account, other: Account) -> int:
        client = Api(committed).sign_in(one)
        start.wait()
        path = f"{ADMIN}/users/{other.id}/groups/{ADMINISTRATORS}"
        return client.client.delete(path, headers=client.headers).status_code

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(dismiss, *pair) for pair in ((adam, eve), (eve, adam))]
        statuses = sorted(one.result() for one in done)
    with committed.app_context():
        left = db.session.scalars(queries.holders("groups:change")).all()
    assert len(left) == 1
    assert statuses[0] == 200
    assert statuses[1] in {400, 403}  # refused as the last one, or no administrator any more


WRITES = [
    ("POST", "ban/{id}"),
    ("POST", "unban/{id}"),
    ("POST", "users/{id}/warn"),
    ("GET", "users/{id}/sessions"),
    ("DELETE", "users/{id}/sessions"),
    ("DELETE", "users/{id}/sessions/{id}"),
    ("DELETE", "users/{id}/second-factor"),
    ("PUT", "users/{id}/groups/moderators"),
    ("DELETE", "users/{id}/groups/moderators"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_unknown_people_return_404_and_moderators_403(
    app: PortalFlask, office: Api, mona: Account, method: str, path: str
) -> None:
    path = f"{ADMIN}/{path.format(id=uuid.uuid4())}"
    body = {"json": {"text": "Mind."}} if path.endswith("warn") else {}
    office.call(method, path, status=404, **body)
    Api(app).sign_in(mona).call(method, path, status=403, **body)


def test_an_unknown_group_returns_404(office: Api, bob: Account) -> None:
    office.put(f"{ADMIN}/users/{bob.id}/groups/nobility", status=404)
    office.delete(f"{ADMIN}/users/{bob.id}/groups/nobility", status=404)

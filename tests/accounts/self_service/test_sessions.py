"""The open sessions of an account, and how they end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from portal.accounts.models import Account, SignIn
from portal.application import PortalFlask
from portal.core.clock import now
from portal.extensions import db
from tests.accounts.people import EMAIL, PASSWORD, signed_in
from tests.support.clients import Api, Page


def test_sessions_are_listed_and_the_current_one_is_marked(app: PortalFlask, person: Account) -> None:
    here = signed_in(app)
    there = Api(app)
    there.post(
        "/api/v1/auth/login",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"User-Agent": "Phone/1.0"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.77"},
    )
    found = {entry["device"]: entry for entry in here.get("/api/v1/auth/sessions")}
    assert found["Phone/1.0"]["network"] == "203.0.113.0/24"
    assert not found["Phone/1.0"]["is_current"]
    assert sum(entry["is_current"] for entry in found.values()) == 1


def test_session_that_is_ended_is_refused_on_the_next_request(app: PortalFlask, person: Account) -> None:
    here, there = signed_in(app), signed_in(app)
    [other] = [entry["id"] for entry in here.get("/api/v1/auth/sessions") if not entry["is_current"]]
    here.delete(f"/api/v1/auth/sessions/{other}")
    here.delete(f"/api/v1/auth/sessions/{other}")
    there.get("/api/v1/account", status=401)
    assert len(here.get("/api/v1/auth/sessions")) == 1


def test_nobody_ends_another_persons_session(app: PortalFlask, person: Account, alina: Account) -> None:
    here = signed_in(app)
    [own] = [entry["id"] for entry in here.get("/api/v1/auth/sessions")]
    Api(app).sign_in(alina).delete(f"/api/v1/auth/sessions/{own}", status=404)
    here.get("/api/v1/account")


def test_signing_out_here_and_everywhere(app: PortalFlask, page: Page, person: Account) -> None:
    one, two, three = signed_in(app), signed_in(app), signed_in(app)
    page.sign_in(person)
    one.post("/api/v1/auth/logout")
    one.get("/api/v1/account", status=401)
    assert two.post("/api/v1/auth/logout-all")["ended"] == 3
    three.get("/api/v1/account", status=401)
    page.get("/home", status=303)


def test_last_use_is_recorded_every_five_minutes_at_most(committed: PortalFlask, person: Account, clock: Any) -> None:
    clock.set(now())
    api = signed_in(committed)
    used = select(func.max(SignIn.last_used_at))

    def last_use() -> Any:
        with committed.app_context():
            return db.session.scalar(used)

    first = last_use()
    clock.move(minutes=4, seconds=59)
    api.get("/api/v1/account")
    assert last_use() == first
    clock.move(seconds=1)
    api.get("/api/v1/account")
    assert last_use() == now()


def test_session_that_expires_in_the_database_is_refused(app: PortalFlask, person: Account) -> None:
    api = signed_in(app)
    with app.app_context():
        db.session.execute(update(SignIn).values(expires_at=now()))
        db.session.commit()
    api.get("/api/v1/account", status=401)

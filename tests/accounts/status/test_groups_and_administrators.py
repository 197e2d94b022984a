"""Membership in groups, and the administrator who always remains."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from portal.accounts import setup as accounts_setup
from portal.accounts.authentication.callers import resolve_actor
from portal.accounts.commands import create_admin
from portal.accounts.models import Account
from portal.accounts.status import decisions, groups
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel, system_actor
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS, Permission
from portal.runtime import bootstrap
from tests.accounts.people import decide
from tests.factories import make_account, make_sign_in
from tests.support.clients import Api

PASSWORD = "correct horse battery"


def acting(account: Account) -> Actor:
    return Actor(Channel.PAGE, account_id=account.id, permissions=frozenset(Permission), authenticated_at=now())


def rights(app: PortalFlask, account: Account) -> frozenset[str]:
    sign_in = make_sign_in(account)
    with app.app_context():
        actor = resolve_actor(sign_in.id, Channel.PAGE)
    return actor.permissions if actor else frozenset()


def test_group_membership_counts_from_the_next_request_on(app: PortalFlask, adam: Account, alina: Account) -> None:
    decide(app, groups.appoint, acting(adam), alina.id, MODERATORS)
    assert Permission.EVENTS_MODERATE in rights(app, alina)
    decide(app, groups.dismiss, acting(adam), alina.id, MODERATORS)
    assert rights(app, alina) == frozenset()


def test_adding_a_member_twice_changes_nothing(app: PortalFlask, adam: Account, mona: Account) -> None:
    before = rights(app, mona)
    decide(app, groups.appoint, acting(adam), mona.id, MODERATORS)
    assert rights(app, mona) == before


@pytest.mark.parametrize("decision", [groups.appoint, groups.dismiss])
def test_moderators_cannot_change_groups(app: PortalFlask, mona: Account, alina: Account, decision: Any) -> None:
    moderator = Actor(Channel.PAGE, account_id=mona.id, permissions=frozenset({Permission.EVENTS_MODERATE}))
    with pytest.raises(Forbidden):
        decide(app, decision, moderator, alina.id, ADMINISTRATORS)


def test_unknown_account_cannot_join_a_group(app: PortalFlask, adam: Account) -> None:
    from portal.core.db.base import new_id

    with pytest.raises(NotFound):
        decide(app, groups.appoint, acting(adam), new_id(), MODERATORS)


@pytest.mark.parametrize(
    "decision", [lambda actor, id: groups.dismiss(actor, id, ADMINISTRATORS), decisions.ban, decisions.unverify]
)
def test_last_administrator_cannot_be_removed(app: PortalFlask, adam: Account, decision: Any) -> None:
    make_account("shut.out@demo.example", banned=True, groups=(ADMINISTRATORS,))
    with pytest.raises(Conflict, match="last_administrator"):
        decide(app, decision, system_actor(), adam.id)


def test_one_of_two_administrators_can_be_removed(app: PortalFlask, adam: Account) -> None:
    other = make_account("eve@demo.example", groups=(ADMINISTRATORS,))
    decide(app, decisions.ban, acting(adam), other.id)
    assert rights(app, other) == frozenset()


@pytest.mark.concurrency
def test_parallel_bans_of_two_administrators_leave_one(committed: PortalFlask, adam: Account) -> None:
    other = make_account("eve@demo.example", groups=(ADMINISTRATORS,))
    start = Barrier(2)

    def ban(actor: Account, person: Account) -> bool:
        with committed.app_context():
            start.wait()
            try:
                with unit_of_work():
                    decisions.ban(acting(actor), person.id)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(ban, *pair) for pair in ((adam, other), (other, adam))]
        assert sorted(one.result() for one in done) == [False, True]


def create(app: PortalFlask, email: str, password: str = PASSWORD) -> Any:
    with app.app_context():
        return CliRunner().invoke(create_admin, [email, "--password", password])


def test_command_creates_an_administrator_who_can_sign_in(app: PortalFlask, api: Api) -> None:
    assert create(app, "Head@demo.example").exit_code == 0
    answer = api.post("/api/v1/auth/login", json={"email": "head@demo.example", "password": PASSWORD})
    assert answer["access_token"]


def test_command_leaves_existing_accounts_unchanged(app: PortalFlask, boris: Account) -> None:
    assert "already has an account" in create(app, boris.email).output
    assert "already has an account" in create(app, boris.email, "password1").output
    assert rights(app, boris) == frozenset()


@pytest.mark.parametrize(
    ("email", "password"),
    [("no address", PASSWORD), ("head@demo.example", "short"), ("head@demo.example", "head-administrator")],
)
def test_command_reports_invalid_input(app: PortalFlask, email: str, password: str) -> None:
    refused = create(app, email, password)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")


@pytest.mark.parametrize(("email", "password"), [("no address", PASSWORD), ("head@demo.example", "short")])
def test_invalid_administrator_in_the_environment_stops_the_start(
    app: PortalFlask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], email: str, password: str
) -> None:
    settings = app.config["PORTAL"].model_copy(update={"admin_email": email, "admin_password": SecretStr(password)})

    def run(app: PortalFlask) -> None:
        with app.app_context(), unit_of_work():
            accounts_setup.create_administrator(settings)

    monkeypatch.setattr(bootstrap, "run", run)
    assert bootstrap.report(app) == 2
    assert capsys.readouterr().err.startswith("ADMIN_EMAIL and ADMIN_PASSWORD: ")

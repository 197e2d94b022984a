"""Decisions of the office about people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.accounts import queries
from portal.accounts.authentication.callers import resolve_actor
from portal.accounts.models import Account
from portal.accounts.status import decisions
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.errors import Conflict, Forbidden
from portal.permissions.catalogue import Permission
from tests.accounts.people import decide
from tests.accounts.sent_messages import sent_messages
from tests.factories import make_account, make_sign_in


@pytest.fixture
def office(adam: Account) -> Actor:
    return Actor(Channel.PAGE, account_id=adam.id, permissions=frozenset(Permission))


def test_verified_person_can_sign_in_and_is_notified(app: PortalFlask, office: Actor, nina: Account) -> None:
    decide(app, decisions.verify, office, nina.id)
    assert [kind for kind, _payload in sent_messages(app, nina.email)] == ["accounts.verified"]
    sign_in = make_sign_in(nina)
    with app.app_context():
        assert resolve_actor(sign_in.id, Channel.PAGE) is not None


def test_second_verification_is_a_conflict(app: PortalFlask, office: Actor, alina: Account) -> None:
    with pytest.raises(Conflict):
        decide(app, decisions.verify, office, alina.id)


def test_person_is_notified_of_a_changed_role_once(app: PortalFlask, office: Actor, alina: Account) -> None:
    decide(app, decisions.verify, office, alina.id, role="alumni_friend")
    with app.app_context():
        assert queries.find(alina.id).role == "alumni_friend"  # type: ignore[union-attr]  # she exists
    decide(app, decisions.verify, office, alina.id, role="alumni_friend")
    assert [kind for kind, _payload in sent_messages(app, alina.email)] == ["accounts.role_changed"]


def test_ban_ends_every_session_and_gives_the_reason(app: PortalFlask, office: Actor, bob: Account) -> None:
    sign_in = make_sign_in(bob)
    decide(app, decisions.ban, office, bob.id, reason="Advertising.")
    assert sent_messages(app, bob.email)[0][1]["reason"] == "Advertising."
    decide(app, decisions.unban, office, bob.id)
    with app.app_context():
        assert resolve_actor(sign_in.id, Channel.PAGE) is None


def test_ban_with_an_end_expires(app: PortalFlask, office: Actor, bob: Account, clock: Any) -> None:
    from portal.core.clock import now

    decide(app, decisions.ban, office, bob.id, until=now() + timedelta(days=1))
    clock.move(days=1, seconds=1)
    sign_in = make_sign_in(bob)
    with app.app_context():
        assert resolve_actor(sign_in.id, Channel.PAGE) is not None


def test_end_of_a_ban_is_written_in_the_persons_language(app: PortalFlask, office: Actor) -> None:
    vera = make_account("vera@demo.example", locale="ru")
    year = datetime.now(UTC).year + 1
    decide(app, decisions.ban, office, vera.id, until=datetime(year, 5, 9, tzinfo=UTC))
    assert "мая" in sent_messages(app, vera.email)[0][1]["until"]


def test_members_cannot_decide(app: PortalFlask, alina: Account, bob: Account) -> None:
    for decision in (decisions.verify, decisions.unverify, decisions.ban, decisions.unban):
        with pytest.raises(Forbidden):
            decide(app, decision, Actor(Channel.PAGE, account_id=alina.id), bob.id)


def test_nobody_bans_themselves(app: PortalFlask, office: Actor, adam: Account) -> None:
    with pytest.raises(Conflict):
        decide(app, decisions.ban, office, adam.id)

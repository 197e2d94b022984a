"""Knobs have defaults, stored values win everywhere, and every turn leaves a trace."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from portal import create_app
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Door, system_actor
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.unit_of_work import reading, unit_of_work
from portal.extensions import db
from portal.settings import registry, services

ADMINISTRATOR = Actor(door=Door.PAGE, permissions=frozenset({services.MAY_CHANGE}))


@pytest.fixture(autouse=True)
def _no_memory(app: PortalFlask) -> Iterator[None]:
    app.extensions.pop("settings_cache", None)
    yield
    app.extensions.pop("settings_cache", None)


def turn(app: PortalFlask, key: str, value: object, actor: Actor = ADMINISTRATOR) -> None:
    with app.app_context(), unit_of_work():
        services.change(actor, key, value)


def test_the_environment_is_the_default(tx: PortalFlask) -> None:
    with tx.app_context():
        assert registry.get("institution.name") == tx.config["PORTAL"].institution_name
        assert registry.get("events.auto_approve") is False


def test_a_stored_value_wins(tx: PortalFlask) -> None:
    turn(tx, "events.auto_approve", True)
    with tx.app_context():
        assert registry.get("events.auto_approve") is True


def test_the_turning_process_follows_at_once(tx: PortalFlask) -> None:
    with tx.app_context():
        assert registry.get("events.auto_approve") is False
    turn(tx, "events.auto_approve", True)
    with tx.app_context():
        assert registry.get("events.auto_approve") is True


def test_another_process_follows_when_its_memory_ends(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    other = create_app(committed.config["PORTAL"])
    with other.app_context(), reading():
        assert registry.get("events.auto_approve") is False
    turn(committed, "events.auto_approve", True)
    with other.app_context(), reading():
        assert registry.get("events.auto_approve") is False, "remembered, so that requests need not ask"
        later = registry.time.monotonic() + registry.FRESH_SECONDS
        monkeypatch.setattr(registry.time, "monotonic", lambda: later)
        assert registry.get("events.auto_approve") is True
    with other.app_context():
        db.engine.dispose()  # once no connection is out, which would be closed by nobody
    assert registry.FRESH_SECONDS < 5


def test_a_turn_that_is_rolled_back_changes_nothing(tx: PortalFlask) -> None:
    with tx.app_context():
        services.change(ADMINISTRATOR, "events.auto_approve", True)
        db.session.rollback()
        assert registry.fresh()["events.auto_approve"] is False


def test_a_turn_is_audited_with_both_values(tx: PortalFlask) -> None:
    turn(tx, "brand.color", "#112233")
    with tx.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.change")).one()
    assert (entry.target_id, entry.details) == ("brand.color", {"before": "#40BA21", "after": "#112233"})


def test_turning_twice_keeps_the_last(tx: PortalFlask) -> None:
    turn(tx, "institution.name", "Kazan")
    turn(tx, "institution.name", "  Innopolis ")
    with tx.app_context():
        assert registry.get("institution.name") == "Innopolis"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("events.auto_approve", "yes"),
        ("events.auto_approve", 1),
        ("brand.color", "green"),
        ("brand.color", "#12345"),
        ("institution.name", "   "),
        ("institution.name", "x" * 81),
    ],
)
def test_a_value_of_the_wrong_shape_is_refused(tx: PortalFlask, key: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        turn(tx, key, value)
    assert refusal.value.field == key


def test_an_unknown_knob_is_refused(tx: PortalFlask) -> None:
    with pytest.raises(NotFound):
        turn(tx, "events.no_such_knob", True)
    with tx.app_context(), pytest.raises(KeyError):
        registry.get("events.no_such_knob")  # type: ignore[call-overload]  # that is the point


def test_nobody_else_turns_knobs(tx: PortalFlask) -> None:
    with pytest.raises(Forbidden):
        turn(tx, "events.auto_approve", True, Actor(door=Door.API, account_id=uuid.uuid4()))


def test_the_portal_itself_may(tx: PortalFlask) -> None:
    turn(tx, "events.auto_approve", True, system_actor(Door.COMMAND))
    with tx.app_context():
        assert registry.fresh()["events.auto_approve"] is True


@pytest.mark.concurrency
def test_turns_at_the_same_moment_all_count(committed: PortalFlask) -> None:
    start = Barrier(6)

    def turned(_: int) -> bool:
        start.wait()
        with committed.app_context(), unit_of_work():
            return services.turn_over(ADMINISTRATOR, "events.auto_approve")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(turned, range(6)))
    assert sorted(answers) == [False] * 3 + [True] * 3
    with committed.app_context(), reading():
        assert registry.fresh()["events.auto_approve"] is False

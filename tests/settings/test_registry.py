"""Settings have defaults, stored values win everywhere, and every change leaves an audit entry."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel, system_actor
from portal.core.db.unit_of_work import reading, unit_of_work
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.extensions import db
from portal.settings import registry, services

ADMINISTRATOR = Actor(channel=Channel.PAGE, permissions=frozenset({services.MAY_CHANGE}))


def change(app: PortalFlask, key: str, value: object, actor: Actor = ADMINISTRATOR) -> None:
    with app.app_context(), unit_of_work():
        services.change(actor, key, value)


def test_the_environment_is_the_default(tx: PortalFlask) -> None:
    with tx.app_context():
        assert registry.get("institution.name") == tx.config["PORTAL"].institution_name
        assert registry.get("events.auto_approve") is False


def test_a_stored_value_wins(tx: PortalFlask) -> None:
    change(tx, "events.auto_approve", True)
    with tx.app_context():
        assert registry.get("events.auto_approve") is True


def test_the_changing_process_follows_at_once(tx: PortalFlask) -> None:
    with tx.app_context():
        assert registry.get("events.auto_approve") is False
    change(tx, "events.auto_approve", True)
    with tx.app_context():
        assert registry.get("events.auto_approve") is True


def test_a_change_that_is_rolled_back_has_no_effect(tx: PortalFlask) -> None:
    with tx.app_context():
        services.change(ADMINISTRATOR, "events.auto_approve", True)
        db.session.rollback()
        assert registry.get_all()["events.auto_approve"] is False


def test_a_change_is_audited_with_both_values(tx: PortalFlask) -> None:
    change(tx, "brand.color", "#112233")
    with tx.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.change")).one()
    assert (entry.target_id, entry.details) == ("brand.color", {"before": "#40BA21", "after": "#112233"})


def test_the_last_of_two_changes_counts(tx: PortalFlask) -> None:
    change(tx, "institution.name", "Kazan")
    change(tx, "institution.name", "  Innopolis ")
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
        change(tx, key, value)
    assert refusal.value.field == key


def test_an_unknown_setting_is_refused(tx: PortalFlask) -> None:
    with pytest.raises(NotFound):
        change(tx, "events.no_such_setting", True)
    with tx.app_context(), pytest.raises(KeyError):
        registry.get("events.no_such_setting")  # type: ignore[call-overload]  # that is the point


def test_nobody_else_changes_settings(tx: PortalFlask) -> None:
    with pytest.raises(Forbidden):
        change(tx, "events.auto_approve", True, Actor(channel=Channel.API, account_id=uuid.uuid4()))


def test_the_portal_itself_may(tx: PortalFlask) -> None:
    change(tx, "events.auto_approve", True, system_actor(Channel.COMMAND))
    with tx.app_context():
        assert registry.get_all()["events.auto_approve"] is True


@pytest.mark.concurrency
def test_parallel_toggles_all_count(committed: PortalFlask) -> None:
    start = Barrier(6)

    def toggled(_: int) -> bool:
        start.wait()
        with committed.app_context(), unit_of_work():
            return services.toggle(ADMINISTRATOR, "events.auto_approve")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(toggled, range(6)))
    assert sorted(answers) == [False] * 3 + [True] * 3
    with committed.app_context(), reading():
        assert registry.get_all()["events.auto_approve"] is False

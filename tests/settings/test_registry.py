"""Settings have defaults, stored values override them, and every change leaves an audit entry."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel, system_actor
from portal.core.db.unit_of_work import reading, unit_of_work
from portal.core.errors import Forbidden, Invalid
from portal.events.settings import AUTO_APPROVE
from portal.extensions import db
from portal.settings import registry, services
from portal.settings.definitions import Setting
from portal.settings.institution import BRAND_COLOR, INSTITUTION_NAME

ADMINISTRATOR = Actor(channel=Channel.PAGE, permissions=frozenset({services.MAY_CHANGE}))


def change(app: PortalFlask, setting: Setting[Any], value: object, actor: Actor = ADMINISTRATOR) -> None:
    with app.app_context(), unit_of_work():
        services.change(actor, setting, value)


def test_the_environment_is_the_default(tx: PortalFlask) -> None:
    with tx.app_context():
        assert registry.get(INSTITUTION_NAME) == tx.config["PORTAL"].institution_name
        assert registry.get(AUTO_APPROVE) is False


def test_a_stored_value_overrides_the_default(tx: PortalFlask) -> None:
    change(tx, AUTO_APPROVE, True)
    with tx.app_context():
        assert registry.get(AUTO_APPROVE) is True


def test_a_change_is_in_force_at_once_in_its_process(tx: PortalFlask) -> None:
    with tx.app_context():
        assert registry.get(AUTO_APPROVE) is False
    change(tx, AUTO_APPROVE, True)
    with tx.app_context():
        assert registry.get(AUTO_APPROVE) is True


def test_a_change_that_is_rolled_back_has_no_effect(tx: PortalFlask) -> None:
    with tx.app_context():
        services.change(ADMINISTRATOR, AUTO_APPROVE, True)
        db.session.rollback()
        assert registry.get_all()["events.auto_approve"] is False


def test_a_change_is_audited_with_both_values(tx: PortalFlask) -> None:
    change(tx, BRAND_COLOR, "#112233")
    with tx.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.change")).one()
    assert (entry.target_id, entry.details) == ("brand.color", {"before": "#40BA21", "after": "#112233"})


def test_the_last_of_two_changes_counts(tx: PortalFlask) -> None:
    change(tx, INSTITUTION_NAME, "Kazan")
    change(tx, INSTITUTION_NAME, "  Innopolis ")
    with tx.app_context():
        assert registry.get(INSTITUTION_NAME) == "Innopolis"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (AUTO_APPROVE, "yes"),
        (AUTO_APPROVE, 1),
        (BRAND_COLOR, "green"),
        (BRAND_COLOR, "#12345"),
        (INSTITUTION_NAME, "   "),
        (INSTITUTION_NAME, "x" * 81),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(tx: PortalFlask, setting: Setting[Any], value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        change(tx, setting, value)
    assert refusal.value.field == setting.name


def test_settings_need_their_permission(tx: PortalFlask) -> None:
    with pytest.raises(Forbidden):
        change(tx, AUTO_APPROVE, True, Actor(channel=Channel.API, account_id=uuid.uuid4()))


def test_the_system_may_change_settings(tx: PortalFlask) -> None:
    change(tx, AUTO_APPROVE, True, system_actor(Channel.COMMAND))
    with tx.app_context():
        assert registry.get_all()["events.auto_approve"] is True


@pytest.mark.concurrency
def test_parallel_toggles_all_count(committed: PortalFlask) -> None:
    start = Barrier(6)

    def toggled(_: int) -> bool:
        start.wait()
        with committed.app_context(), unit_of_work():
            return services.toggle(ADMINISTRATOR, AUTO_APPROVE)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(toggled, range(6)))
    assert sorted(answers) == [False] * 3 + [True] * 3
    with committed.app_context(), reading():
        assert registry.get_all()["events.auto_approve"] is False

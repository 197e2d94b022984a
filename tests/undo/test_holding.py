"""Messages that wait while what they report can be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.messages import UNBANNED, enqueue_email
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox import claims
from portal.outbox.holding import current_hold, holding
from portal.outbox.models import OutboxMessage
from portal.outbox.services import enqueue


def test_a_held_message_is_claimed_only_when_its_time_has_come(app: PortalFlask, alina: Account, clock: Any) -> None:
    with app.app_context(), unit_of_work(), holding(timedelta(seconds=10)) as held:
        enqueue_email(alina, UNBANNED, key="held")
    assert held.keys == [f"accounts.unbanned:{alina.id}:held"]
    clock.move(seconds=9.999)
    with app.app_context():
        assert claims.claim("mail") is None
    clock.move(seconds=0.001)
    with app.app_context():
        assert claims.claim("mail") is not None


def test_a_later_due_time_stays(app: PortalFlask, alina: Account, clock: Any) -> None:
    tomorrow = now() + timedelta(days=1)
    with app.app_context(), unit_of_work(), holding(timedelta(seconds=10)):
        enqueue(UNBANNED, recipient=alina.email, key="later", payload={"name": "Alina"}, due_at=tomorrow)
    with app.app_context():
        assert db.session.scalar(select(OutboxMessage.due_at)) == tomorrow


def test_nothing_is_held_after_the_block_even_if_it_raises(app: PortalFlask) -> None:
    with pytest.raises(RuntimeError), holding(timedelta(seconds=10)):
        raise RuntimeError
    assert current_hold() is None

"""Fixtures of the tests of follows: calls of services, and the rows that they leave."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.follows.models import Follow
from portal.notifications.models import Notice

Act = Callable[..., Any]
Pair = tuple[uuid.UUID, uuid.UUID]


def actor_of(account: Account) -> Actor:
    return Actor(
        channel=Channel.COMMAND,
        account_id=account.id,
        role=account.role,
        first_name=account.first_name,
        last_name=account.last_name,
    )


@pytest.fixture
def act(app: PortalFlask) -> Act:
    """Return ``act``: ``act(alina, services.follow, bob)`` calls a service in a transaction of its own."""

    def do(account: Account, use_case: Callable[..., Any], other: Account) -> Any:
        with app.app_context(), unit_of_work():
            return use_case(actor_of(account), other.id)

    return do


def pairs(app: PortalFlask) -> set[Pair]:
    with app.app_context():
        return {(row.follower_id, row.followed_id) for row in db.session.scalars(select(Follow))}


def notices(app: PortalFlask) -> list[Notice]:
    with app.app_context():
        return list(db.session.scalars(select(Notice).order_by(Notice.created_at)))


def audited(app: PortalFlask) -> list[str]:
    with app.app_context():
        actions = select(AuditEntry.action).where(AuditEntry.action.startswith("follows."))
        return list(db.session.scalars(actions.order_by(AuditEntry.at, AuditEntry.id)))

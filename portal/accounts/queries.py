"""Reads of accounts and sign-ins."""

from __future__ import annotations

import uuid

from sqlalchemy import ARRAY, String, bindparam, cast, func, or_, select

from portal.accounts.models import Account, SignIn
from portal.core.actor import Actor, Door
from portal.core.clock import now
from portal.extensions import db
from portal.permissions.models import Grant, Membership

_permissions = (
    select(func.coalesce(func.array_agg(Grant.permission), cast([], ARRAY(String))))
    .join(Membership, Membership.group_id == Grant.group_id)
    .where(Membership.account_id == Account.id)
    .scalar_subquery()
    .label("permissions")
)

_ACTOR = (
    select(
        Account.id,
        Account.role,
        Account.first_name,
        Account.last_name,
        Account.email,
        Account.locale,
        Account.theme,
        Account.time_zone,
        SignIn.last_used_at,
        _permissions,
    )
    .join(Account, Account.id == SignIn.account_id)
    .where(
        SignIn.id == bindparam("session_id"),
        SignIn.door == bindparam("door"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("at"),
        Account.verified_at.is_not(None),
        or_(Account.banned_at.is_(None), Account.banned_until <= bindparam("at")),
    )
)


def resolve_actor(session_id: uuid.UUID, door: Door) -> Actor | None:
    """Who holds this sign-in, if it still counts: not ended, not expired, the account verified and not banned.

    One indexed query; authorisation never rests on anything a client carries.
    """
    values = {"session_id": session_id, "door": door.value, "at": now()}
    found = db.session.execute(_ACTOR, values).one_or_none()
    if found is None:
        return None
    return Actor(
        door=door,
        account_id=found.id,
        session_id=session_id,
        permissions=frozenset(found.permissions),
        role=found.role,
        first_name=found.first_name,
        last_name=found.last_name,
        email=found.email,
        locale=found.locale,
        theme=found.theme,
        time_zone=found.time_zone,
    )


def find(account_id: uuid.UUID) -> Account | None:
    """The account with this id, in whatever standing."""
    return db.session.get(Account, account_id)


def find_by_email(email: str) -> Account | None:
    """The account of this address, however it is capitalised."""
    return db.session.scalar(select(Account).where(Account.email == email.strip().lower()))

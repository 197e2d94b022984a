"""Reads of accounts and sign-ins."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, func, or_, select, update

from portal.accounts.addresses import normalise
from portal.accounts.models import Account, SignIn
from portal.core.actor import Actor, Door
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.unit_of_work import apart
from portal.extensions import db
from portal.permissions.models import Grant, Membership

# Core tables on the plain connection: this runs on every request, and the ORM would double its cost.
_account, _sign_in = Account.__table__.c, SignIn.__table__.c
_grant, _membership = Grant.__table__.c, Membership.__table__.c

TOUCH_EVERY = timedelta(minutes=5)

_permissions = (
    select(func.array_agg(_grant.permission))
    .select_from(Grant.__table__.join(Membership.__table__, _membership.group_id == _grant.group_id))
    .where(_membership.account_id == _account.id)
    .scalar_subquery()
    .label("permissions")
)

_ACTOR = (
    select(
        _account.id,
        _account.role,
        _account.first_name,
        _account.last_name,
        _account.email,
        _account.locale,
        _account.theme,
        _account.time_zone,
        _sign_in.last_used_at,
        _permissions,
    )
    .select_from(SignIn.__table__.join(Account.__table__, _account.id == _sign_in.account_id))
    .where(
        _sign_in.id == bindparam("session_id"),
        _sign_in.door == bindparam("door"),
        _sign_in.ended_at.is_(None),
        _sign_in.expires_at > bindparam("at"),
        _account.verified_at.is_not(None),
        or_(_account.banned_at.is_(None), _account.banned_until <= bindparam("at")),
    )
)


def resolve_actor(session_id: uuid.UUID, door: Door) -> Actor | None:
    """Who holds this sign-in, if it still counts: not ended, not expired, the account verified and not banned.

    One indexed query; authorisation never rests on anything a client carries.
    """
    moment = now()
    values = {"session_id": session_id, "door": door.value, "at": moment}
    found = db.session.connection().execute(_ACTOR, values).one_or_none()
    if found is None:
        return None
    touch(session_id, found.last_used_at, moment)
    return Actor(
        door=door,
        account_id=found.id,
        session_id=session_id,
        permissions=frozenset(found.permissions or ()),
        role=found.role,
        first_name=found.first_name,
        last_name=found.last_name,
        email=found.email,
        locale=found.locale,
        theme=found.theme,
        time_zone=found.time_zone,
    )


def touch(session_id: uuid.UUID, last_used_at: datetime, moment: datetime) -> None:
    """Note that a sign-in is in use, at most every five minutes, and move its end along.

    Apart from the request's transaction, so that parallel requests of one person do not wait for each other.
    """
    if moment - last_used_at < TOUCH_EVERY:
        return
    idle = func.make_interval(0, 0, 0, 0, 0, _sign_in.idle_minutes)
    with apart() as connection:
        connection.execute(
            update(SignIn)
            .where(_sign_in.id == session_id, _sign_in.last_used_at == last_used_at)
            .values(last_used_at=moment, expires_at=moment + idle)
        )


def lock(account_id: uuid.UUID) -> Account:
    """The account, locked until the transaction ends; raises ``NotFound``.

    Rows that only refer to it, such as audit entries, need not wait: two people can act on each other at once.
    """
    locked = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    account = db.session.scalar(locked.execution_options(populate_existing=True))
    if account is None:
        raise NotFound("account_not_found", _("User not found"))
    return account


def holders(permission: str) -> Sequence[Account]:
    """Everybody who holds a permission through a group."""
    ids = (
        select(Membership.account_id)
        .join(Grant, Grant.group_id == Membership.group_id)
        .where(Grant.permission == str(permission))
    )
    return db.session.scalars(select(Account).where(Account.id.in_(ids)).order_by(Account.id)).all()


def any_in_good_standing(ids: Sequence[uuid.UUID]) -> bool:
    """Is there one of these people who can sign in?"""
    not_banned = or_(Account.banned_at.is_(None), Account.banned_until <= now())
    found = select(Account.id).where(Account.id.in_(ids), Account.verified_at.is_not(None), not_banned)
    return db.session.scalar(found.limit(1)) is not None


def find(account_id: uuid.UUID) -> Account | None:
    """The account with this id, in whatever standing."""
    return db.session.get(Account, account_id)


def find_by_email(email: str) -> Account | None:
    """The account of this address, however it is capitalised."""
    return db.session.scalar(select(Account).where(Account.email == normalise(email)))


def ban_sentence(email: str) -> str:
    """What a banned person is told at the door, after a right password."""
    account = find_by_email(email)
    assert account is not None, "asked only about an account whose password was right"
    until = format_date(account.banned_until) if account.banned_until else None
    sentences = [
        gettext("Your account is banned until %(day)s.", day=until) if until else gettext("Your account is banned."),
        gettext("Reason: %(reason)s", reason=account.ban_reason) if account.ban_reason else "",
        gettext("The alumni office can tell you more."),
    ]
    return " ".join(filter(None, sentences))

"""Reads of accounts and sign-ins."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, exists, func, or_, select, update

from portal.accounts.emails import normalise
from portal.accounts.models import Account, AccountWarning, OneTimeSecret, SecondFactor, SignIn, ban_ends_on
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.raw_queries import RawQuery
from portal.core.db.unit_of_work import autocommit_connection
from portal.core.errors import NotFound
from portal.core.security import signing
from portal.extensions import db
from portal.permissions.models import Grant, Membership
from portal.settings import registry

# This runs on every request, and the ORM would double its cost.
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

_warning = AccountWarning.__table__.c
_has_warning = exists().where(_warning.account_id == _account.id, _warning.read_at.is_(None)).label("has_warning")

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
        _account.second_factor,
        _sign_in.id.label("session_id"),
        _sign_in.last_used_at,
        _sign_in.proved_at,
        _permissions,
        registry.VERSION.label("settings_version"),
    )
    .select_from(SignIn.__table__.join(Account.__table__, _account.id == _sign_in.account_id))
    .where(
        _sign_in.channel == bindparam("channel"),
        _sign_in.ended_at.is_(None),
        _sign_in.expires_at > bindparam("at"),
        _account.verified_at.is_not(None),
        or_(_account.banned_at.is_(None), _account.banned_until <= bindparam("at")),
    )
)
_by_id = _sign_in.id == bindparam("session_id")
_ACTOR_BY_ID = {
    Channel.API: RawQuery(_ACTOR.where(_by_id)),
    Channel.PAGE: RawQuery(_ACTOR.add_columns(_has_warning).where(_by_id)),  # only pages show them
}
_ACTOR_BY_TOKEN = RawQuery(
    _ACTOR.where(_sign_in.token_hash == bindparam("token_hash"), _sign_in.token_expires_at > bindparam("at"))
)


def resolve_actor(session_id: uuid.UUID, channel: Channel) -> Actor | None:
    """Who holds this sign-in, if it still counts: not ended, not expired, the account verified and not banned.

    One indexed query; authorisation never rests on anything a client carries.
    """
    return _resolve(_ACTOR_BY_ID[channel], channel, session_id=session_id)


def resolve_session_token(token: str) -> Actor | None:
    """The same for the session token of an API sign-in, which names it and says nothing by itself."""
    return _resolve(_ACTOR_BY_TOKEN, Channel.API, token_hash=session_token_hash(token))


def session_token_hash(token: str) -> str:
    """How a sign-in knows its session token."""
    return signing.hexdigest("session_token", token)


def _resolve(statement: RawQuery, channel: Channel, **key: object) -> Actor | None:
    moment = now()
    rows = statement.rows(**key, channel=channel.value, at=moment)
    if not rows:
        return None
    found = rows[0]
    registry.note_version(found.settings_version)
    touch(found.session_id, found.last_used_at, moment)
    permissions = frozenset(found.permissions or ())
    owes = bool(permissions) and found.second_factor == SecondFactor.NONE and registry.get(STAFF_SECOND_FACTOR)
    return Actor(
        channel=channel,
        account_id=found.id,
        session_id=found.session_id,
        permissions=frozenset() if owes else permissions,
        authenticated_at=found.proved_at,
        needs_second_factor=owes,
        has_warning=channel is Channel.PAGE and found.has_warning,
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
    with autocommit_connection() as connection:
        connection.execute(
            update(SignIn)
            .where(_sign_in.id == session_id, _sign_in.last_used_at == last_used_at)
            .values(last_used_at=moment, expires_at=moment + idle)
        )


def lock(account_id: uuid.UUID) -> Account:
    """The account, locked until the transaction ends; raises ``NotFound``.

    Rows that only refer to it, such as audit entries, need not wait: two people can act on each other at once.
    """
    account = lock_if_there(account_id)
    if account is None:
        raise NotFound("account_not_found", _("User not found"))
    return account


def lock_if_there(account_id: uuid.UUID) -> Account | None:
    """The same for an account that may not exist."""
    locked = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    return db.session.scalar(locked.execution_options(populate_existing=True))


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


def get(account_id: uuid.UUID) -> Account:
    """The account of somebody who is signed in."""
    return db.session.get_one(Account, account_id)


def has_been_at(email: str, network: str) -> bool:
    """Has the owner of this address ever signed in from this network? As quick for an unknown address."""
    been = select(SignIn.id).join(Account, Account.id == SignIn.account_id)
    return db.session.scalar(been.where(Account.email == email, SignIn.network == network).limit(1)) is not None


def lock_sign_in(session_id: uuid.UUID) -> SignIn:
    """The sign-in, locked until the transaction ends."""
    locked = select(SignIn).where(SignIn.id == session_id).with_for_update(key_share=True)
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()


def counts(sign_in: SignIn) -> bool:
    """Does this sign-in still open anything?"""
    account = db.session.get_one(Account, sign_in.account_id, populate_existing=True)
    is_open = sign_in.ended_at is None and sign_in.expires_at > now()
    return is_open and account.is_verified and not account.is_banned(now())


def has_sign_in(account_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    found = select(SignIn.id).where(SignIn.id == session_id, SignIn.account_id == account_id)
    return db.session.scalar(found) is not None


def open_sign_ins(account_id: uuid.UUID) -> Sequence[SignIn]:
    """Where an account is signed in now, the last used first."""
    is_open = (SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.expires_at > now())
    return db.session.scalars(select(SignIn).where(*is_open).order_by(SignIn.last_used_at.desc(), SignIn.id)).all()


def is_kept(email: str, *, besides: uuid.UUID | None = None) -> bool:
    """While somebody can still take an address back that was theirs, nobody else gets it."""
    secret = OneTimeSecret
    kept = select(secret.id).where(
        secret.purpose == "undo_address",
        secret.ended_at.is_(None),
        secret.expires_at > now(),
        secret.data["email"].astext == email,
        secret.account_id.is_distinct_from(besides),
    )
    return db.session.scalar(kept.limit(1)) is not None


def unread_warnings(account_id: uuid.UUID) -> Sequence[AccountWarning]:
    """What the office asks somebody to mind and they have not answered yet, the oldest first."""
    unread = select(AccountWarning).where(AccountWarning.account_id == account_id, AccountWarning.read_at.is_(None))
    return db.session.scalars(unread.order_by(AccountWarning.id)).all()


def warnings_of(account_id: uuid.UUID) -> Sequence[AccountWarning]:
    """Every warning that somebody ever got, the newest first."""
    given = select(AccountWarning).where(AccountWarning.account_id == account_id)
    return db.session.scalars(given.order_by(AccountWarning.id.desc())).all()


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
    until = format_date(ban_ends_on(account.banned_until)).rstrip(".") if account.banned_until else None
    reason = (account.ban_reason or "").rstrip(".")
    sentences = [
        gettext("Your account is banned until %(day)s.", day=until) if until else gettext("Your account is banned."),
        gettext("Reason: %(reason)s.", reason=reason) if reason else "",
        gettext("The alumni office can tell you more."),
    ]
    return " ".join(filter(None, sentences))

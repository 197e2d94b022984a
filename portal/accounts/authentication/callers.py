"""Resolution of a request's caller: from the id or token of a session to the actor, in one indexed query.

Authorisation rests on these rows and never on anything that a client carries. Raw queries, because this runs on every
request and the ORM would double its cost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, null, or_, select, update

from portal.accounts.authentication.tokens import session_token_hash
from portal.accounts.models import Account, AccountWarning, SecondFactor, SignIn, VerifiedBy
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.core.actor import Actor, Channel, Preferences
from portal.core.clock import now
from portal.core.db import content_versions
from portal.core.db.raw_queries import RawQuery
from portal.core.db.unit_of_work import autocommit_connection
from portal.core.extension_points import ExtensionPoint
from portal.core.time_zones import known_zone
from portal.permissions.models import Grant, Membership
from portal.settings import registry

USE_RECORDED_EVERY = timedelta(minutes=5)

_account, _sign_in = Account.__table__.c, SignIn.__table__.c
_grant, _membership, _warning = Grant.__table__.c, Membership.__table__.c, AccountWarning.__table__.c

_permissions = (
    select(func.array_agg(_grant.permission))
    .select_from(Grant.__table__.join(Membership.__table__, _membership.group_id == _grant.group_id))
    .where(_membership.account_id == _account.id)
    .scalar_subquery()
    .label("permissions")
)
_has_warning = exists().where(_warning.account_id == _account.id, _warning.read_at.is_(None)).label("has_warning")

_ACTOR = (
    select(
        _account.id,
        _account.role,
        _account.first_name,
        _account.last_name,
        _account.locale,
        _account.theme,
        _account.time_zone,
        _account.second_factor,
        _sign_in.id.label("session_id"),
        _sign_in.last_used_at,
        _sign_in.authenticated_at.label("authenticated_at"),
        _permissions,
        registry.VERSION.label("settings_version"),
        content_versions.COLUMN,
    )
    .select_from(SignIn.__table__.join(Account.__table__, _account.id == _sign_in.account_id))
    .where(
        _sign_in.channel == bindparam("channel"),
        _sign_in.ended_at.is_(None),
        _sign_in.expires_at > bindparam("at"),
        or_(_account.banned_at.is_(None), _account.banned_until <= bindparam("at")),
    )
)
_is_verified = _account.verified_at.is_not(None)
_is_waiting = and_(
    _account.verification == literal_column(f"'{VerifiedBy.OFFICE}'"), _account.email_confirmed_at.is_not(None)
)
_by_id = _sign_in.id == bindparam("session_id")


CLASS_YEAR: ExtensionPoint[Callable[[], ColumnElement[Any]]] = ExtensionPoint("class_year", null)
"""Returns the SQL expression of the confirmed graduation year of the ``Account`` in a row."""


def _actor(*criteria: ColumnElement[bool], also: Sequence[ColumnElement[Any]] = ()) -> RawQuery:
    """Return the query of the caller whom the criteria leave, with the columns ``also``."""
    return RawQuery(lambda: _ACTOR.add_columns(CLASS_YEAR.implementation().label("class_year"), *also).where(*criteria))


_ACTOR_BY_ID = {
    Channel.API: _actor(_by_id, _is_verified),
    # Only pages show warnings, and only they are open to people who wait for the office.
    Channel.PAGE: _actor(
        _by_id, or_(_is_verified, _is_waiting), also=(_has_warning, (~_is_verified).label("is_waiting"))
    ),
}
_ACTOR_BY_TOKEN = _actor(
    _is_verified, _sign_in.token_hash == bindparam("token_hash"), _sign_in.token_expires_at > bindparam("at")
)


def resolve_actor(session_id: uuid.UUID, channel: Channel) -> Actor | None:
    """Return the actor of the session with this id on this channel, or ``None`` if it is not valid.

    The session must be neither ended nor expired, its account not banned and verified, or for pages waiting for the
    office with a confirmed email. Permissions are left out for the latter, and while a setting demands a second factor
    of those who hold any and the account has none. The use of the session is recorded (``record_use``).
    """
    return _resolve(_ACTOR_BY_ID[channel], channel, session_id=session_id)


def resolve_session_token(token: str) -> Actor | None:
    """Return the actor of the API session with this session token, or ``None`` if token or session is not valid.

    Conditions and effects are those of ``resolve_actor``.
    """
    return _resolve(_ACTOR_BY_TOKEN, Channel.API, token_hash=session_token_hash(token))


def _resolve(query: RawQuery, channel: Channel, **key: object) -> Actor | None:
    moment = now()
    rows = query.rows(**key, channel=channel.value, at=moment)
    if not rows:
        return None
    row = rows[0]
    registry.note_version(row.settings_version)
    content_versions.note(row.content_versions)
    g.has_unread_warning = channel is Channel.PAGE and row.has_warning  # what only pages ask, and the services never
    record_use(row.session_id, row.last_used_at, moment)
    is_waiting = channel is Channel.PAGE and row.is_waiting
    permissions = frozenset() if is_waiting else frozenset(row.permissions or ())
    owes = bool(permissions) and row.second_factor == SecondFactor.NONE and registry.get(STAFF_SECOND_FACTOR)
    return Actor(
        channel=channel,
        account_id=row.id,
        session_id=row.session_id,
        permissions=frozenset() if owes else permissions,
        authenticated_at=row.authenticated_at,
        needs_second_factor=owes,
        is_waiting=is_waiting,
        role=row.role,
        class_year=row.class_year,
        first_name=row.first_name,
        last_name=row.last_name,
        preferences=Preferences(row.locale, row.theme, known_zone(row.time_zone or "")),
    )


def record_use(session_id: uuid.UUID, last_used_at: datetime, moment: datetime) -> None:
    """Store ``moment`` as the last use of a session, and postpone the session's expiry accordingly.

    Nothing is stored within five minutes of ``last_used_at``, the last use as it was read. The update commits on its
    own, so that parallel requests of one person do not wait for each other.
    """
    if moment - last_used_at < USE_RECORDED_EVERY:
        return
    idle = func.make_interval(0, 0, 0, 0, 0, _sign_in.idle_minutes)
    with autocommit_connection() as connection:
        connection.execute(
            update(SignIn)
            .where(_sign_in.id == session_id, _sign_in.last_used_at == last_used_at)
            .values(last_used_at=moment, expires_at=moment + idle)
        )

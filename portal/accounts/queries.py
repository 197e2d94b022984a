"""Reads of accounts, sessions and warnings, some of which lock the row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.accounts.emails import normalise
from portal.accounts.models import Account, AccountWarning, OneTimeSecret, SignIn
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.extensions import db
from portal.permissions.models import Grant, Membership


def get(account_id: uuid.UUID) -> Account:
    """Return the account with this id, which must exist, such as that of a signed-in person.

    Raise SQLAlchemy's ``NoResultFound`` for any other id.
    """
    return db.session.get_one(Account, account_id)


def find(account_id: uuid.UUID) -> Account | None:
    """Return the account with this id, whatever its status, or ``None``."""
    return db.session.get(Account, account_id)


def find_by_email(email: str) -> Account | None:
    """Return the account with this email, typed in any capitalisation, or ``None``."""
    return db.session.scalar(select(Account).where(Account.email == normalise(email)))


def lock(account_id: uuid.UUID) -> Account:
    """Return the account with this id, read anew and locked until the transaction ends.

    Raise ``NotFound`` where there is none. Rows that only refer to the account, such as audit entries, do not wait for
    this lock: two people can act on each other at once.
    """
    account = lock_or_none(account_id)
    if account is None:
        raise NotFound("account_not_found", _("User not found"))
    return account


def lock_or_none(account_id: uuid.UUID) -> Account | None:
    """Return the account with this id, read anew and locked until the transaction ends, or ``None``."""
    locked = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    return db.session.scalar(locked.execution_options(populate_existing=True))


def holders(permission: str) -> Select[uuid.UUID]:
    """Return the SELECT of the ids of the accounts that hold a permission through a group, whatever their status."""
    memberships = select(Membership.account_id).join(Grant, Grant.group_id == Membership.group_id)
    return memberships.where(Grant.permission == str(permission)).distinct()


def is_holder(permission: str) -> ColumnElement[bool]:
    """Return the SQL condition that an account is one of the ``holders`` of a permission."""
    return Account.id.in_(holders(permission))


def is_active(at: datetime) -> ColumnElement[bool]:
    """Return the SQL condition that an account is verified and not banned at the instant ``at``."""
    is_not_banned = or_(Account.banned_at.is_(None), Account.banned_until <= at)
    return and_(Account.verified_at.is_not(None), is_not_banned)


def any_can_sign_in(ids: Sequence[uuid.UUID]) -> bool:
    """Return whether at least one of the accounts with these ids is verified and not banned."""
    active = select(Account.id).where(Account.id.in_(ids), is_active(now()))
    return db.session.scalar(active.limit(1)) is not None


def is_email_reserved(email: str, *, except_for: uuid.UUID | None = None) -> bool:
    """Return whether an account other than ``except_for`` can still take this email back.

    An account that has changed its email can undo that for seven days; until then nobody else may use its old email.
    """
    secret = OneTimeSecret
    reserved = select(secret.id).where(
        secret.purpose == "undo_address",
        secret.ended_at.is_(None),
        secret.expires_at > now(),
        secret.data["email"].astext == email,
        secret.account_id.is_distinct_from(except_for),
    )
    return db.session.scalar(reserved.limit(1)) is not None


def has_signed_in_from(email: str, network: str) -> bool:
    """Return whether the owner of this email has a stored session, open or ended, that began in this network.

    ``email`` is in normal form. For an email without an account the result is ``False`` after an equal time.
    """
    sessions = select(SignIn.id).join(Account, Account.id == SignIn.account_id)
    known = sessions.where(Account.email == email, SignIn.network == network)
    return db.session.scalar(known.limit(1)) is not None


def lock_sign_in(session_id: uuid.UUID) -> SignIn:
    """Return the session with this id, read anew and locked until the transaction ends.

    Raise SQLAlchemy's ``NoResultFound`` where there is none.
    """
    locked = select(SignIn).where(SignIn.id == session_id).with_for_update(key_share=True)
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()


def is_usable(sign_in: SignIn) -> bool:
    """Return whether a session is neither ended nor expired and its account is verified and not banned.

    The account is read anew, the session is taken as given.
    """
    account = db.session.get_one(Account, sign_in.account_id, populate_existing=True)
    is_open = sign_in.ended_at is None and sign_in.expires_at > now()
    return is_open and account.is_verified and not account.is_banned(now())


def has_sign_in(account_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    """Return whether the session ``session_id``, open or ended, belongs to the account ``account_id``."""
    own = select(SignIn.id).where(SignIn.id == session_id, SignIn.account_id == account_id)
    return db.session.scalar(own) is not None


def open_sign_ins(account_id: uuid.UUID) -> Sequence[SignIn]:
    """Return the sessions of an account that are neither ended nor expired, most recently used first."""
    is_open = (SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.expires_at > now())
    return db.session.scalars(select(SignIn).where(*is_open).order_by(SignIn.last_used_at.desc(), SignIn.id)).all()


def unread_warnings(account_id: uuid.UUID) -> Sequence[AccountWarning]:
    """Return the warnings that the owner of an account has not marked as read, oldest first."""
    unread = select(AccountWarning).where(AccountWarning.account_id == account_id, AccountWarning.read_at.is_(None))
    return db.session.scalars(unread.order_by(AccountWarning.id)).all()


def warnings_of(account_id: uuid.UUID) -> Sequence[AccountWarning]:
    """Return all warnings to the owner of an account, read and unread, newest first."""
    warnings = select(AccountWarning).where(AccountWarning.account_id == account_id)
    return db.session.scalars(warnings.order_by(AccountWarning.id.desc())).all()

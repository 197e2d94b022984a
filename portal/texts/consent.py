"""Consent to the privacy notice: storing it, and whether somebody has agreed to the version in force."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.raw_queries import RawQuery
from portal.core.errors import Conflict
from portal.extensions import db
from portal.texts.audit_actions import TextAction
from portal.texts.models import PrivacyConsent
from portal.texts.queries import privacy_version

NOTICE_CHANGED = _("The privacy notice has changed meanwhile. Read what is new, then continue.")

_consent = PrivacyConsent.__table__.c
_LAST = RawQuery(select(func.max(_consent.version).label("version")).where(_consent.account_id == bindparam("account")))


def has_agreed(actor: Actor) -> bool:
    """Return whether the actor has agreed to the version of the privacy notice that is in force."""
    return last_version(actor.id) == privacy_version()


def last_version(account_id: uuid.UUID) -> int | None:
    """Return the newest version of the privacy notice to which a person has agreed, ``None`` if they never have."""
    (row,) = _LAST.rows(account=account_id)
    version: int | None = row.version
    return version


def agree(actor: Actor, version: int | None) -> None:
    """Store that the actor agrees to the privacy notice; ``version`` is the one that they were shown.

    Agreeing again changes nothing. Raise ``Conflict`` if another version is in force by now.
    """
    check_version(version)
    store(actor, actor.id, version)


def check_version(version: int | None) -> None:
    """Raise ``Conflict`` (``notice_changed``) unless ``version`` of the privacy notice is in force."""
    if version != privacy_version():
        raise Conflict("notice_changed", NOTICE_CHANGED)


def store(actor: Actor, account_id: uuid.UUID, version: int | None) -> None:
    """Store the consent of an account to a version of the notice, with an audit entry; ``None`` stores nothing.

    Without a version the person was shown no notice, and is asked at the first sign-in on a page.
    """
    if version is None:
        return
    row = insert(PrivacyConsent).values(account_id=account_id, version=version, agreed_at=now())
    if db.session.scalar(row.on_conflict_do_nothing().returning(PrivacyConsent.version)) is not None:
        record(actor, TextAction.AGREE, target=("account", account_id), version=version)

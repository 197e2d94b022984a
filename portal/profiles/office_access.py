"""Reading one profile. What the alumni office sees beyond members is recorded, and the person can read that."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, func, or_, select

from portal.audit.models import AuditEntry
from portal.audit.services import record_read
from portal.core.actor import Actor
from portal.core.errors import NotFound, Unauthenticated
from portal.extensions import db
from portal.profiles import queries
from portal.profiles.audit_actions import ProfileAction
from portal.profiles.viewers import may_see_everything, staff_viewer
from portal.profiles.visibility import Person, PersonCard

VIEWS_MAX = 50

NOT_SIGNED_IN = _("Sign in to continue.")


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The office saw all of somebody's profile, ``times`` on one day: on its page, or ``in_list`` among others.

    ``by`` is ``None`` when the colleague has left the portal since.
    """

    by: PersonCard | None
    in_list: bool
    last_at: datetime
    times: int


def read_profile(actor: Actor, account_id: uuid.UUID) -> Person:
    """Return the profile of one person; for the office all of it, which is recorded.

    Visitors get what is public. Raises ``NotFound``; for visitors ``Unauthenticated`` instead, so that they cannot
    learn who has an account.
    """
    try:
        person = queries.find(staff_viewer(actor), account_id)
    except NotFound:
        if actor.is_authenticated:
            raise
        raise Unauthenticated("not_signed_in", NOT_SIGNED_IN) from None
    record_profile_view(actor, account_id)
    return person


def record_profile_view(actor: Actor, account_id: uuid.UUID) -> None:
    """Record that the office saw all of one person; one's own profile is not recorded."""
    if may_see_everything(actor) and account_id != actor.account_id:
        record_read(actor, ProfileAction.VIEW, target=("account", account_id))


def record_list_view(actor: Actor, account_ids: Iterable[uuid.UUID]) -> None:
    """Record that the office saw all of several people: one audit entry per response."""
    others = sorted({str(one) for one in account_ids if one != actor.account_id})
    if may_see_everything(actor) and others:
        record_read(actor, ProfileAction.LIST, about=others)


def views_by_office(actor: Actor) -> list[ProfileView]:
    """Return when the office saw all of the caller's profile, by colleague and day, the latest first."""
    me = str(actor.id)
    about = or_(
        and_(AuditEntry.target_type == "account", AuditEntry.target_id == me, AuditEntry.action == ProfileAction.VIEW),
        and_(
            AuditEntry.action == ProfileAction.LIST,
            AuditEntry.details.has_key("about"),
            AuditEntry.details["about"].has_key(me),
        ),
    )
    last = func.max(AuditEntry.at).label("last_at")
    day = func.date_trunc("day", AuditEntry.at)
    statement: Any = select(AuditEntry.actor_id, AuditEntry.action, last, func.count().label("times"))
    by_day = statement.where(about).group_by(AuditEntry.actor_id, AuditEntry.action, day)
    rows = db.session.execute(by_day.order_by(last.desc()).limit(VIEWS_MAX)).all()
    colleagues = queries.cards(actor, filter(None, (row.actor_id for row in rows)))
    return [
        ProfileView(colleagues.get(row.actor_id), row.action == ProfileAction.LIST, row.last_at, row.times)
        for row in rows
    ]

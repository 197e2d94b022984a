"""Reading of single profiles, and audit entries about what the office saw beyond members, which the person can read."""

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
from portal.core.access import WAITING_FOR_OFFICE
from portal.core.actor import Actor
from portal.core.errors import NotFound, Unauthenticated, WaitingForOffice
from portal.extensions import db
from portal.profiles import queries
from portal.profiles.audit_actions import ProfileAction
from portal.profiles.viewers import may_see_everything, staff_viewer
from portal.profiles.visibility import Person, PersonCard

VIEWS_MAX = 50

NOT_SIGNED_IN = _("Sign in to continue.")


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A record that a colleague of the office saw all of a person's profile ``times`` times on one day.

    ``last_at`` is the last of these times. ``in_list`` distinguishes a list of several people from the person's own
    page. ``by`` is ``None`` when the colleague has left the portal since or the person may not see them.
    """

    by: PersonCard | None
    in_list: bool
    last_at: datetime
    times: int


def read_profile(actor: Actor, account_id: uuid.UUID) -> Person:
    """Return the profile of one person as the actor may see it; the office sees every field, which is audited.

    Visitors get what is public. Raise ``NotFound`` if there is no such person for the actor; for visitors
    ``Unauthenticated`` instead, and for people who wait for the office ``WaitingForOffice``, so that neither can learn
    who has an account.
    """
    try:
        person = queries.find(staff_viewer(actor), account_id)
    except NotFound:
        if actor.is_waiting:
            raise WaitingForOffice("waiting_for_office", WAITING_FOR_OFFICE) from None
        if actor.is_authenticated:
            raise
        raise Unauthenticated("not_signed_in", NOT_SIGNED_IN) from None
    record_profile_view(actor, account_id)
    return person


def record_profile_view(actor: Actor, account_id: uuid.UUID) -> None:
    """Add an audit entry that the actor saw all of one person's profile.

    Nothing is recorded if the actor lacks the permission to see every field, or for their own profile.
    """
    if may_see_everything(actor) and account_id != actor.account_id:
        record_read(actor, ProfileAction.VIEW, target=("account", account_id))


def record_list_view(actor: Actor, account_ids: Iterable[uuid.UUID]) -> None:
    """Add one audit entry that the actor saw all fields of the people with these ids, except the actor, in a list.

    Nothing is recorded if the actor lacks the permission to see every field, or if nobody else is in the list.
    """
    others = sorted({str(one) for one in account_ids if one != actor.account_id})
    if may_see_everything(actor) and others:
        record_read(actor, ProfileAction.LIST, about=others)


def views_by_office(actor: Actor) -> list[ProfileView]:
    """Return when the office saw all of the actor's own profile, most recent first, at most ``VIEWS_MAX`` records.

    There is one record for each colleague, day and kind of access: the profile itself, or a list of several people.
    """
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

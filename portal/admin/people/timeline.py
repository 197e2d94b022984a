"""What happened to one person: what they did and what the office did, in one list for the office."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select

from portal.accounts.audit_actions import AccountAction
from portal.audit.models import AuditEntry
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.lists import ListQuery, ListStatement, Page
from portal.events import queries as events
from portal.events.models import Event
from portal.extensions import db
from portal.files.audit_actions import FileAction
from portal.profiles import queries as profiles
from portal.profiles.audit_actions import ProfileAction
from portal.profiles.visibility import PersonCard
from portal.web.templating.filters import viewer_time_zone

LEFT_OUT = (
    ProfileAction.VIEW,
    ProfileAction.LIST,
    FileAction.STORE,
    AccountAction.SIGN_IN,
    AccountAction.FIRST_STEP,
    AccountAction.REFRESH,
    AccountAction.PREFERENCES,
)
"""Actions that the list leaves out: views of pages, sign-ins and their like would hide what happened."""
NEWEST_FIRST = (AuditEntry.at.desc(), AuditEntry.id.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened: the audit action, its details, and when.

    ``by`` is the colleague who did it, ``None`` if it was the person or nobody who still has an account.
    ``is_by_office`` says whether somebody else than the person did it. ``about`` names the event or the other person
    that it was about, with the path ``about_url`` of its page.
    """

    action: str
    details: Mapping[str, object]
    at: datetime
    by: PersonCard | None
    is_by_office: bool
    about: str | None
    about_url: str | None

    @property
    def is_today(self) -> bool:
        """Whether it happened on the present day of the viewer."""
        return _day(self.at) == _day(now())

    @property
    def heading(self) -> str:
        """The heading under which the list shows the entry: today, or the month, with the year if it has passed."""
        if self.is_today:
            return _("Today")
        day = _day(self.at)
        month: str = format_date(day, "LLLL" if day.year == _day(now()).year else "LLLL y")
        return month[:1].upper() + month[1:]


def timeline(
    actor: Actor, account_id: uuid.UUID, *, only_office: bool = False, until: str | None = None
) -> Page[TimelineEntry]:
    """Return what happened to a person from the newest entry to one page beyond the cursor ``until``.

    With ``only_office`` what the person did is left out. Raise ``Invalid`` for a cursor of another list.
    """
    values = {"person": account_id, "person_text": str(account_id)}
    scope = f"timeline {account_id} {only_office}"
    page = _TIMELINE.page_until(only_office, values=values, scope=scope, until=until)
    return Page(_entries(actor, account_id, page.items), page.next_cursor)


def _select(only_office: bool) -> ListStatement:
    columns: Any = (
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.action,
        AuditEntry.actor_id,
        AuditEntry.target_type,
        AuditEntry.target_id,
        AuditEntry.details,
    )
    shown = (_concerns(only_office=only_office), AuditEntry.action.not_in(LEFT_OUT))
    return ListStatement(select(*columns).where(*shown), NEWEST_FIRST)


_TIMELINE = ListQuery(_select)


def by_heading(entries: Iterable[TimelineEntry]) -> list[tuple[str, list[TimelineEntry]]]:
    """Return the entries in their order, in groups that follow each other under one heading."""
    return [(heading, list(group)) for heading, group in groupby(entries, key=attrgetter("heading"))]


def _concerns(*, only_office: bool) -> ColumnElement[bool]:
    """Return the SQL condition that an entry is about the parameter ``person``, also given as ``person_text``."""
    about = and_(AuditEntry.target_type == "account", AuditEntry.target_id == bindparam("person_text"))
    if only_office:
        return and_(about, AuditEntry.actor_id.is_not(None), AuditEntry.actor_id != bindparam("person"))
    return or_(about, AuditEntry.actor_id == bindparam("person"))


def _entries(actor: Actor, account_id: uuid.UUID, rows: Iterable[Row[Any]]) -> list[TimelineEntry]:
    rows = list(rows)
    others = {row.actor_id for row in rows if row.actor_id} | set(_targets(rows, "account"))
    cards = profiles.cards(actor, others - {account_id})
    about = {("account", str(card.id)): (card.name, f"/admin/people/{card.id}") for card in cards.values()}
    titles = _titles(actor, _targets(rows, "event")).items()
    about |= {("event", str(event_id)): (title, f"/events/{event_id}") for event_id, title in titles}
    return [_entry(row, account_id, cards, about) for row in rows]


def _targets(rows: Iterable[Row[Any]], target_type: str) -> list[uuid.UUID]:
    return [uuid.UUID(row.target_id) for row in rows if row.target_type == target_type and row.target_id]


def _titles(actor: Actor, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not ids:
        return {}
    visible = events.visible_to(actor).where(Event.id.in_(ids)).with_only_columns(Event.id, Event.title)
    return {row.id: row.title for row in db.session.execute(visible)}


def _entry(
    row: Row[Any],
    account_id: uuid.UUID,
    cards: Mapping[uuid.UUID, PersonCard],
    about: Mapping[tuple[str, str], tuple[str, str]],
) -> TimelineEntry:
    name, url = about.get((row.target_type, row.target_id), (None, None))
    return TimelineEntry(
        action=row.action,
        details=row.details,
        at=row.at,
        by=cards.get(row.actor_id),
        is_by_office=row.actor_id is not None and row.actor_id != account_id,
        about=name,
        about_url=url,
    )


def _day(instant: datetime) -> date:
    return instant.astimezone(viewer_time_zone()).date()

"""Everything that the alumni office's page about one person shows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from portal.accounts import queries as accounts
from portal.accounts.models import Account, AccountWarning, SignIn, ban_ends_on
from portal.accounts.status.models import OfficeQuestion
from portal.accounts.status.questions import questions_to
from portal.admin.outbox.queries import messages_to
from portal.admin.people.policies import PersonAction, allowed_actions
from portal.admin.people.queries import OfficePerson, select_people, to_person
from portal.admin.people.timeline import TimelineEntry, timeline
from portal.core.actor import Actor
from portal.core.db.keyset import Page
from portal.core.errors import NotFound
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.permissions.models import Group, Membership
from portal.profiles import queries as profiles
from portal.profiles.office_access import record_profile_view
from portal.profiles.viewers import staff_viewer
from portal.profiles.visibility import PersonCard, visible_columns

MESSAGES_SHOWN = 5

Cards = Mapping[uuid.UUID, PersonCard]
"""People of the office by id."""


@dataclass(frozen=True, slots=True)
class IssuedWarning:
    """A warning to the person, who gave it, and when the person marked it as read: ``None`` if not yet.

    ``by`` is ``None`` when the colleague has left the portal since.
    """

    text: str
    given_at: datetime
    by: PersonCard | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """A person with what the office's page shows of them; what its viewer may not know is empty.

    ``actions`` are those that the page offers to its viewer, ``is_own`` says whether the viewer is the person.
    ``last_seen_at`` is when they last used one of their sessions. ``question`` is the office's last one, answered or
    not, to somebody who waits. ``messages`` are the last ones to the person, ``timeline`` is what happened to them.
    """

    person: OfficePerson
    is_own: bool
    actions: frozenset[PersonAction]
    groups: frozenset[str]
    verified_at: datetime | None
    banned_until: date | None
    ban_reason: str | None
    second_factor: str | None
    warnings: list[IssuedWarning]
    sessions: Sequence[SignIn]
    last_seen_at: datetime | None
    question: OfficeQuestion | None
    messages: Sequence[Row[Any]]
    timeline: Page[TimelineEntry] | None


def person_details(
    actor: Actor, account_id: uuid.UUID, *, only_office: bool = False, until: str | None = None
) -> PersonDetails:
    """Return what the office's page about one person shows, and record in the audit trail that the actor saw them.

    The second factor and the sessions are included if the actor may secure accounts, except for their own; the timeline
    (see ``timeline`` for ``only_office`` and ``until``) if they may read the audit trail, the messages if they may read
    the outbox. Raise ``NotFound`` for an unknown id.
    """
    row = _find(actor, account_id)
    record_profile_view(actor, account_id)
    person = to_person(row)
    actions = allowed_actions(actor, person)
    secures = PersonAction.SECURE in actions
    asked = questions_to([account_id]) if not person.is_verified else ()
    reads_trail = actor.may(Permission.AUDIT_READ)
    return PersonDetails(
        person=person,
        is_own=account_id == actor.account_id,
        actions=actions,
        groups=frozenset(row.groups or ()),
        verified_at=row.verified_at,
        banned_until=ban_ends_on(row.banned_until) if row.banned_until else None,
        ban_reason=row.ban_reason,
        second_factor=row.second_factor if secures else None,
        warnings=_issued_warnings(actor, account_id),
        sessions=accounts.open_sign_ins(account_id) if secures else (),
        last_seen_at=row.last_seen_at if secures else None,
        question=asked[-1] if asked else None,
        messages=messages_to(person.email, limit=MESSAGES_SHOWN) if actor.may(Permission.OUTBOX_READ) else (),
        timeline=timeline(actor, account_id, only_office=only_office, until=until) if reads_trail else None,
    )


def sessions_of(account_id: uuid.UUID) -> Sequence[SignIn]:
    """Return a person's open sessions, the most recently used first; raise ``NotFound`` for an unknown id."""
    if accounts.find(account_id) is None:
        raise user_not_found()
    return accounts.open_sign_ins(account_id)


def user_not_found() -> NotFound:
    """Return the ``NotFound`` error for an account that does not exist."""
    return NotFound("account_not_found", _("User not found"))


def _find(actor: Actor, account_id: uuid.UUID) -> Row[Any]:
    shown = (Account.banned_until, Account.ban_reason, Account.second_factor)
    columns = (*visible_columns(shown, staff_viewer(actor)), _group_names(), _last_seen())
    statement = select_people(actor).add_columns(*columns).where(Account.id == account_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise user_not_found()
    return row


def _group_names() -> Any:
    names = select(func.array_agg(Group.name)).join(Membership, Membership.group_id == Group.id)
    return names.where(Membership.account_id == Account.id).correlate(Account).scalar_subquery().label("groups")


def _last_seen() -> Any:
    last = select(func.max(SignIn.last_used_at)).where(SignIn.account_id == Account.id)
    return last.correlate(Account).scalar_subquery().label("last_seen_at")


def _issued_warnings(actor: Actor, account_id: uuid.UUID) -> list[IssuedWarning]:
    warnings = accounts.warnings_of(account_id)
    cards = profiles.cards(actor, (warning.given_by for warning in warnings if warning.given_by))
    return [_issued_warning(warning, cards) for warning in warnings]


def _issued_warning(warning: AccountWarning, cards: Cards) -> IssuedWarning:
    by = cards.get(warning.given_by) if warning.given_by else None
    return IssuedWarning(warning.text, warning.created_at, by, warning.read_at)

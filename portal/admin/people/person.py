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
from portal.admin.people.policies import PersonAction, allowed_actions
from portal.admin.people.queries import OfficePerson, select_people, to_person
from portal.audit.models import AuditEntry
from portal.audit.services import status_changes
from portal.core.actor import Actor
from portal.core.errors import NotFound
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.permissions.models import Group, Membership
from portal.profiles import queries as profiles
from portal.profiles.office_access import record_profile_view
from portal.profiles.viewers import staff_viewer
from portal.profiles.visibility import PersonCard, visible_columns

HISTORY_MAX = 10

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


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An audit entry about the account's status; ``by`` is ``None`` where nobody who still has an account caused it."""

    action: str
    details: dict[str, object]
    at: datetime
    by: PersonCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """A person with what the office's page shows of them; what its viewer may not know is empty.

    ``actions`` are those that the page offers to its viewer, ``is_own`` says whether the viewer is the person.
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
    history: list[HistoryEntry]


def person_details(actor: Actor, account_id: uuid.UUID) -> PersonDetails:
    """Return what the office's page about one person shows, and record in the audit trail that the actor saw them.

    The second factor and the sessions are included if the actor may secure accounts, except for their own; the history
    if they may read the audit trail. Raise ``NotFound`` for an unknown id.
    """
    row = _find(actor, account_id)
    record_profile_view(actor, account_id)
    person = to_person(row)
    actions = allowed_actions(actor, person)
    warnings = accounts.warnings_of(account_id)
    history = _status_changes(account_id) if actor.may(Permission.AUDIT_READ) else []
    people = [*(warning.given_by for warning in warnings), *(entry.actor_id for entry in history)]
    cards = profiles.cards(actor, filter(None, people))
    return PersonDetails(
        person=person,
        is_own=account_id == actor.account_id,
        actions=actions,
        groups=frozenset(row.groups or ()),
        verified_at=row.verified_at,
        banned_until=ban_ends_on(row.banned_until) if row.banned_until else None,
        ban_reason=row.ban_reason,
        second_factor=row.second_factor if PersonAction.SECURE in actions else None,
        warnings=[_issued_warning(warning, cards) for warning in warnings],
        sessions=accounts.open_sign_ins(account_id) if PersonAction.SECURE in actions else (),
        history=[_history_entry(entry, cards) for entry in history],
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
    columns = visible_columns((Account.banned_until, Account.ban_reason, Account.second_factor), staff_viewer(actor))
    statement = select_people(actor).add_columns(*columns, _group_names()).where(Account.id == account_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise user_not_found()
    return row


def _group_names() -> Any:
    names = select(func.array_agg(Group.name)).join(Membership, Membership.group_id == Group.id)
    return names.where(Membership.account_id == Account.id).correlate(Account).scalar_subquery().label("groups")


def _status_changes(account_id: uuid.UUID) -> Sequence[AuditEntry]:
    """Return the last ``HISTORY_MAX`` audit entries about the account's status, the newest first."""
    target = (AuditEntry.target_type == "account", AuditEntry.target_id == str(account_id))
    statement = select(AuditEntry).where(*target, AuditEntry.action.in_(status_changes()))
    return db.session.scalars(statement.order_by(AuditEntry.at.desc()).limit(HISTORY_MAX)).all()


def _issued_warning(warning: AccountWarning, cards: Cards) -> IssuedWarning:
    by = cards.get(warning.given_by) if warning.given_by else None
    return IssuedWarning(warning.text, warning.created_at, by, warning.read_at)


def _history_entry(entry: AuditEntry, cards: Cards) -> HistoryEntry:
    return HistoryEntry(entry.action, entry.details, entry.at, cards.get(entry.actor_id) if entry.actor_id else None)

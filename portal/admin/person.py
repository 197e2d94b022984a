"""Everything that the office's page about one person shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from portal.accounts import queries as accounts
from portal.accounts.models import Account, AccountWarning, SignIn, ban_ends_on
from portal.admin.labels import ACTIONS
from portal.admin.people import OfficePerson, as_person, people_rows
from portal.admin.policies import Act, offered
from portal.audit.models import AuditEntry
from portal.core.actor import Actor
from portal.core.errors import NotFound
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.permissions.models import Group, Membership
from portal.profiles import queries as profiles
from portal.profiles.lookups import note_look
from portal.profiles.viewers import closely
from portal.profiles.visibility import PersonCard, shown

TRAIL_MAX = 10

Doers = dict[uuid.UUID, PersonCard]


@dataclass(frozen=True, slots=True)
class GivenWarning:
    """What the person was asked to mind, by whom, and when they said that they read it."""

    text: str
    given_at: datetime
    by: PersonCard | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that changed the person's standing; by nobody: the portal or they themselves did it."""

    action: str
    details: dict[str, object]
    at: datetime
    by: PersonCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """One person and what can be done about them; what the reader may not know is empty.

    ``acts`` are those that the page offers to its reader.
    """

    person: OfficePerson
    is_own: bool
    acts: frozenset[Act]
    groups: frozenset[str]
    verified_at: datetime | None
    banned_until: date | None
    ban_reason: str | None
    second_factor: str | None
    warnings: list[GivenWarning]
    sign_ins: Sequence[SignIn]
    trail: list[Happening]


def open_file(actor: Actor, account_id: uuid.UUID) -> PersonFile:
    """All about one person, who can read that it was opened; raises ``NotFound``."""
    row = found(actor, account_id)
    note_look(actor, account_id)
    person = as_person(row)
    acts = offered(actor, person)
    warnings = accounts.warnings_of(account_id)
    trail = happenings(account_id) if actor.may(Permission.AUDIT_READ) else []
    doers = cards_of(actor, [*(given.given_by for given in warnings), *(entry.actor_id for entry in trail)])
    return PersonFile(
        person=person,
        is_own=account_id == actor.account_id,
        acts=acts,
        groups=frozenset(row.groups or ()),
        verified_at=row.verified_at,
        banned_until=ban_ends_on(row.banned_until) if row.banned_until else None,
        ban_reason=row.ban_reason,
        second_factor=row.second_factor if Act.SECURE in acts else None,
        warnings=[as_warning(given, doers) for given in warnings],
        sign_ins=accounts.open_sign_ins(account_id) if Act.SECURE in acts else (),
        trail=[as_happening(entry, doers) for entry in trail],
    )


def sign_ins_of(account_id: uuid.UUID) -> Sequence[SignIn]:
    """Where somebody is signed in; raises ``NotFound``."""
    if accounts.find(account_id) is None:
        raise nobody()
    return accounts.open_sign_ins(account_id)


def found(actor: Actor, account_id: uuid.UUID) -> Row[Any]:
    columns = shown((Account.banned_until, Account.ban_reason, Account.second_factor), closely(actor))
    statement = people_rows(actor).add_columns(*columns, groups_of_account()).where(Account.id == account_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise nobody()
    return row


def groups_of_account() -> Any:
    names = select(func.array_agg(Group.name)).join(Membership, Membership.group_id == Group.id)
    return names.where(Membership.account_id == Account.id).correlate(Account).scalar_subquery().label("groups")


def happenings(account_id: uuid.UUID) -> Sequence[AuditEntry]:
    """The last entries of the trail about somebody's standing, the newest first."""
    about = (AuditEntry.target_type == "account", AuditEntry.target_id == str(account_id))
    statement = select(AuditEntry).where(*about, AuditEntry.action.in_(ACTIONS))
    return db.session.scalars(statement.order_by(AuditEntry.at.desc()).limit(TRAIL_MAX)).all()


def cards_of(actor: Actor, ids: Iterable[uuid.UUID | None]) -> Doers:
    """The people who did something, in one statement."""
    return profiles.cards(actor, filter(None, ids))


def as_warning(given: AccountWarning, doers: Doers) -> GivenWarning:
    by = doers.get(given.given_by) if given.given_by else None
    return GivenWarning(given.text, given.created_at, by, given.read_at)


def as_happening(entry: AuditEntry, doers: Doers) -> Happening:
    return Happening(entry.action, entry.details, entry.at, doers.get(entry.actor_id) if entry.actor_id else None)


def nobody() -> NotFound:
    return NotFound("account_not_found", _("User not found"))

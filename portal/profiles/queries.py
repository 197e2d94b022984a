"""Reads of people; every one starts from what the caller may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.errors import NotFound
from portal.extensions import db
from portal.files.storage import StoredPicture
from portal.profiles.models import Profile
from portal.profiles.policies import visible_to
from portal.profiles.viewers import Kind, Viewer, made_up
from portal.profiles.visibility import Person, PersonCard, card, cards_seen_by, people_seen_by, person, person_found_by


def cards(actor: Actor, account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PersonCard]:
    """Cards by id, in one statement; people who do not exist for the caller are absent."""
    wanted = set(account_ids)
    if not wanted:
        return {}
    rows = db.session.execute(cards_seen_by(actor).where(Account.id.in_(wanted)))
    return {row.id: card(row) for row in rows}


def people(actor: Actor, account_ids: Sequence[uuid.UUID], *, with_ties: bool = False) -> list[Person]:
    """Full profiles, in one statement; ids of nobody the caller may see are left out."""
    if not account_ids:
        return []
    wanted = people_seen_by(actor, with_ties=with_ties).where(Account.id.in_(set(account_ids)))
    return [person(row) for row in db.session.execute(wanted.order_by(Account.id))]


def find(who: Actor | Viewer, account_id: uuid.UUID) -> Person:
    """One full profile, the office's as a member sees it; raises ``NotFound`` when there is none for the caller."""
    row = db.session.execute(*person_found_by(who, account_id)).one_or_none()
    if row is None:
        raise _no_such_person()
    return person(row)


def avatar_of(actor: Actor, account_id: uuid.UUID) -> StoredPicture | None:
    """The picture that one person wears; raises ``NotFound`` when there is nobody for the caller."""
    found = people(actor, [account_id])
    if not found:
        raise _no_such_person()
    return found[0].avatar


def own(actor: Actor) -> Person:
    """The caller's own profile, as they see it themselves."""
    return find(actor, actor.id)


def own_as(actor: Actor, kind: Kind) -> Person | None:
    """The caller's own profile as somebody of that kind gets it; ``None`` when they do not get it at all."""
    row = db.session.execute(*person_found_by(made_up(kind), actor.id)).one_or_none()
    return person(row) if row else None


def class_year_of(actor: Actor) -> int | None:
    """The year by which the caller is of the same year as others."""
    return db.session.scalar(select(Profile.class_year).where(Profile.account_id == actor.id))


def may_see_avatar(actor: Actor, picture_id: uuid.UUID) -> bool:
    """Whether the picture is the avatar of somebody who exists for the caller."""
    wearer = (
        select(Account.id)
        .join(Profile, Profile.account_id == Account.id)
        .where(Profile.avatar_id == picture_id, visible_to(actor))
    )
    return db.session.scalar(wearer.limit(1)) is not None


def _no_such_person() -> NotFound:
    return NotFound("no_such_person", _("We could not find this person on the portal."))

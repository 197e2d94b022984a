"""Reads of people, limited to the people and fields that the caller may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ARRAY, Uuid, and_, any_, bindparam, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, Role
from portal.core.actor import Actor
from portal.core.db.lists import SHAPES_MAX, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.errors import NotFound
from portal.extensions import db
from portal.files.storage import StoredPicture
from portal.profiles.fields import audience_of
from portal.profiles.models import Profile
from portal.profiles.policies import admits, listed, visible_to
from portal.profiles.viewers import Viewer, ViewerKind, preview_viewer, viewer_of
from portal.profiles.visibility import Person, PersonCard, card, cards_seen_by, people_seen_by, person, person_query

OWN_PROFILE = aliased(Profile)
_IS_ASKED = Account.id == any_(bindparam("ids", type_=ARRAY(Uuid)))


def cards(actor: Actor, account_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PersonCard]:
    """Return person cards keyed by account id, without people whom the actor may not see, in one statement."""
    ids = set(account_ids)
    if not ids:
        return {}
    return {row.id: card(row) for row in _cards(kind_of(actor)).rows(**caller_values(actor), ids=list(ids))}


@lru_cache(SHAPES_MAX)
def _cards(actor: Actor) -> RawQuery:
    """Return the query of the person cards with the parameter ``ids``, as callers of the kind ``actor`` see them."""
    return RawQuery(cards_seen_by(actor).where(_IS_ASKED))


def people(actor: Actor, account_ids: Sequence[uuid.UUID], *, with_relationships: bool = False) -> list[Person]:
    """Return full profiles ordered by id, read in one statement; ids of people whom the actor may not see are left out.

    ``relationships`` of the profiles are ``None`` unless ``with_relationships``.
    """
    if not account_ids:
        return []
    query = _people(kind_of(actor), with_relationships)
    return [person(row) for row in query.rows(**caller_values(actor), ids=list(set(account_ids)))]


@lru_cache(SHAPES_MAX)
def _people(actor: Actor, with_relationships: bool) -> RawQuery:
    """Return the query of the full profiles with the parameter ``ids``, as callers of the kind ``actor`` see them."""
    people = people_seen_by(actor, with_relationships=with_relationships).where(_IS_ASKED)
    return RawQuery(people.order_by(Account.id))


def find(who: Actor | Viewer, account_id: uuid.UUID) -> Person:
    """Return one full profile with the fields that a viewer may see; raise ``NotFound`` if they may not open it.

    An ``Actor`` of the office sees fields as a member does here; pass its ``staff_viewer`` to read all of them.
    """
    found = _found_by(viewer_of(who), account_id)
    if found is None:
        raise _no_such_person()
    return found


def avatar_of(actor: Actor, account_id: uuid.UUID) -> StoredPicture | None:
    """Return the stored photo of one person, or ``None``; raise ``NotFound`` if the actor may not see the person."""
    visible = people(actor, [account_id])
    if not visible:
        raise _no_such_person()
    return visible[0].avatar


def own(actor: Actor) -> Person:
    """Return the actor's own full profile with every field of it; raise ``LookupError`` if nobody is signed in."""
    return find(actor, actor.id)


def own_as(actor: Actor, kind: ViewerKind) -> Person | None:
    """Return the actor's own profile as viewers of ``kind`` see it, or ``None`` if they may not open its page."""
    return _found_by(preview_viewer(kind), actor.id)


def _found_by(viewer: Viewer, account_id: uuid.UUID) -> Person | None:
    rows = person_query(viewer).rows(account_id=account_id, me=viewer.account_id)
    return person(rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class AudienceSizes:
    """How many other listed people the audiences of a person's fields hold; ``class_year`` is that of the person.

    ``same_year`` is 0 without a class year.
    """

    class_year: int | None
    same_year: int
    alumni: int
    members: int


def audience_sizes(actor: Actor) -> AudienceSizes:
    """Return how many other people each audience of the actor's fields holds, counted in one statement."""
    year = select(OWN_PROFILE.class_year).where(OWN_PROFILE.account_id == actor.id).scalar_subquery()
    is_alumni = Account.role == Role.ALUMNI
    counts: tuple[Any, ...] = (
        year.label("class_year"),
        func.count().filter(is_alumni, Profile.class_year == year).label("same_year"),
        func.count().filter(is_alumni).label("alumni"),
        func.count().label("members"),
    )
    others = select(*counts).select_from(Account).outerjoin(Profile, Profile.account_id == Account.id)
    return AudienceSizes(*db.session.execute(others.where(listed(), Account.id != actor.id)).one())


def shown_sizes(actor: Actor) -> AudienceSizes | None:
    """Return the audience sizes that the actor is told; ``None`` for somebody who waits for the office."""
    return None if actor.is_waiting else audience_sizes(actor)


def classmates(actor: Actor, limit: int) -> list[PersonCard]:
    """Return up to ``limit`` other listed people who let the actor see that they graduated in the actor's year.

    Those with a photo come first, then those who joined last.
    """
    year = select(OWN_PROFILE.graduation_year).where(OWN_PROFILE.account_id == actor.id).scalar_subquery()
    is_classmate = and_(Profile.graduation_year == year, admits(audience_of(Profile.graduation_year), actor))
    statement = cards_seen_by(actor).where(listed(), is_classmate, Account.id != actor.id)
    order = (Profile.avatar_id.is_(None), Account.verified_at.desc(), Account.id)
    return [card(row) for row in db.session.execute(statement.order_by(*order).limit(limit))]


def hides_first_steps(actor: Actor) -> bool:
    """Return whether the actor has hidden the first steps on the home page."""
    return bool(db.session.scalar(select(Profile.hides_first_steps).where(Profile.account_id == actor.id)))


def class_year_of(actor: Actor) -> int | None:
    """Return the class year of the actor, or ``None`` if they have none."""
    return db.session.scalar(select(Profile.class_year).where(Profile.account_id == actor.id))


def may_see_avatar(actor: Actor, picture_id: uuid.UUID) -> bool:
    """Return whether the picture with this id is the current photo of a person whom the actor may see."""
    owner = (
        select(Account.id)
        .join(Profile, Profile.account_id == Account.id)
        .where(Profile.avatar_id == picture_id, visible_to(actor))
    )
    return db.session.scalar(owner.limit(1)) is not None


def _no_such_person() -> NotFound:
    return NotFound("no_such_person", _("We could not find this person on the portal."))

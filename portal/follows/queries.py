"""Reads of follows. Who is not listed among the alumni any more is in no list and no count, whoever looks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, and_, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_until
from portal.follows.models import Follow
from portal.follows.policies import may_follow_others
from portal.profiles.policies import listed, visible_to
from portal.profiles.relationships import Ties
from portal.profiles.viewers import Viewer
from portal.profiles.visibility import PersonCard, card, cards_seen_by

Column = InstrumentedAttribute[uuid.UUID]
Id = uuid.UUID | Column | BindParameter[uuid.UUID] | None
ANOTHER = aliased(Follow)


class Side(StrEnum):
    """The two lists that every person has."""

    FOLLOWERS = "followers"
    FOLLOWING = "following"

    @property
    def columns(self) -> tuple[Column, Column]:
        """Where the list's owner stands in a follow, and where those whom the list names."""
        if self is Side.FOLLOWERS:
            return Follow.followed_id, Follow.follower_id
        return Follow.follower_id, Follow.followed_id


@dataclass(frozen=True, slots=True)
class TiedPerson:
    """One row of a list; of the ties only those between the person and the reader are read."""

    person: PersonCard
    ties: Ties


def ties(viewer: Viewer) -> dict[str, ColumnElement[Any]]:
    """The ties of the ``Account`` in a row; the office sees people whom nobody can follow."""
    is_listed = listed()
    is_other = Account.id != viewer.account_id
    people = select(Account.id).where(visible_to(viewer), is_listed).correlate(None)
    return {
        "followers": number(Side.FOLLOWERS, people),
        "following": number(Side.FOLLOWING, people),
        "is_following": and_(is_listed, follows(viewer.account_id, Account.id)),
        "follows_reader": and_(is_listed, follows(Account.id, viewer.account_id)),
        "may_follow": and_(is_listed, is_other) if may_follow_others(viewer) else false(),
    }


def page(
    actor: Actor, account_id: uuid.UUID, side: Side, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[TiedPerson]:
    """One page of a list, the latest follow first."""
    return keyset_page(
        rows(actor, account_id, side), order=order_of(side), cursor=cursor, limit=limit, scope=f"{side} {account_id}"
    ).map(tied_person)


def page_until(actor: Actor, account_id: uuid.UUID, side: Side, *, until: str | None) -> Page[TiedPerson]:
    """The list from its start to one page beyond ``until``."""
    return keyset_until(
        rows(actor, account_id, side), order=order_of(side), until=until, scope=f"{side} {account_id}"
    ).map(tied_person)


def rows(actor: Actor, account_id: uuid.UUID, side: Side) -> Select[Any]:
    """The people of a list, each with the ties to the reader."""
    owner, named = side.columns
    return (
        cards_seen_by(actor)
        .join(Follow, named == Account.id)
        .where(owner == account_id, listed())
        .add_columns(
            follows(actor.account_id, Account.id).label("is_following"),
            follows(Account.id, actor.account_id).label("follows_reader"),
        )
    )


def order_of(side: Side) -> tuple[UnaryExpression[Any], ...]:
    _owner, named = side.columns
    return Follow.created_at.desc(), named.desc()


def tied_person(row: Row[Any]) -> TiedPerson:
    return TiedPerson(card(row), Ties(is_following=row.is_following, follows_reader=row.follows_reader))


def number(side: Side, people: Select[uuid.UUID]) -> ColumnElement[int]:
    """How many of these people the list of the ``Account`` in a row names."""
    owner, named = side.columns
    counted = select(func.count()).select_from(Follow).where(owner == Account.id, named.in_(people))
    return counted.correlate(Account).scalar_subquery()


def follows(follower_id: Id, followed_id: Id) -> ColumnElement[bool]:
    """Whether the one follows the other."""
    return exists().where(ANOTHER.follower_id == follower_id, ANOTHER.followed_id == followed_id)

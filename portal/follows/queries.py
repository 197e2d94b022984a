"""Reads of follows. Who is not listed among the alumni any more is in no list and no count, whoever looks."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.paging import LIMIT_DEFAULT, Page, keyset_page, keyset_start
from portal.extensions import db
from portal.follows.models import Follow
from portal.follows.policies import may_follow_others
from portal.profiles.policies import listed
from portal.profiles.ties import Ties, reads_ties
from portal.profiles.visibility import PersonCard, card, cards_seen_by

Column = InstrumentedAttribute[uuid.UUID]


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


@reads_ties
def ties(actor: Actor, account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Ties]:
    """The ties of people whom the actor may see, in one statement."""
    person = aliased(Account)
    columns: tuple[Any, ...] = (
        person.id,
        number(Side.FOLLOWERS, person.id).label("followers"),
        number(Side.FOLLOWING, person.id).label("following"),
        follows(actor.account_id, person.id).label("is_following"),
        follows(person.id, actor.account_id).label("follows_reader"),
        exists().where(Account.id == person.id, listed()).label("is_listed"),
    )
    found = db.session.execute(select(*columns).where(person.id.in_(account_ids)))
    return {row.id: ties_in(row, actor) for row in found}


def ties_in(row: Row[Any], actor: Actor) -> Ties:
    """The ties in one row; the office sees people whom nobody can follow."""
    return Ties(
        followers=row.followers,
        following=row.following,
        is_following=row.is_listed and row.is_following,
        follows_reader=row.is_listed and row.follows_reader,
        may_follow=row.is_listed and row.id != actor.account_id and may_follow_others(actor),
    )


def page(
    actor: Actor, account_id: uuid.UUID, side: Side, *, cursor: str | None = None, limit: int = LIMIT_DEFAULT
) -> Page[TiedPerson]:
    """One page of a list, the latest follow first."""
    return keyset_page(
        rows(actor, account_id, side), order=order_of(side), cursor=cursor, limit=limit, scope=f"{side} {account_id}"
    ).map(tied_person)


def page_until(actor: Actor, account_id: uuid.UUID, side: Side, *, until: str | None) -> Page[TiedPerson]:
    """The list from its start to one page beyond ``until``."""
    return keyset_start(
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


def number(side: Side, account_id: Column) -> ColumnElement[int]:
    """How many listed people the list of the person in a row names."""
    owner, named = side.columns
    counted = select(func.count()).select_from(Follow).join(Account, Account.id == named)
    return counted.where(owner == account_id, listed()).scalar_subquery()


def follows(follower_id: uuid.UUID | Column | None, followed_id: uuid.UUID | Column | None) -> ColumnElement[bool]:
    """Whether the one follows the other."""
    row = aliased(Follow)
    return exists().where(row.follower_id == follower_id, row.followed_id == followed_id)

"""Reads of follows. People who are no longer listed are in no list and no count, for any viewer."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.elements import UnaryExpression

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.db.keyset import LIMIT_DEFAULT, Page, keyset_page, keyset_until
from portal.follows.models import Follow
from portal.follows.policies import may_follow_others
from portal.profiles.policies import listed, visible_to
from portal.profiles.viewers import Viewer
from portal.profiles.visibility import PersonCard, card, cards_seen_by

Column = InstrumentedAttribute[uuid.UUID]
Id = uuid.UUID | Column | BindParameter[uuid.UUID] | None
OTHER_FOLLOW = aliased(Follow)


class FollowList(StrEnum):
    """The two lists that every person has: who follows them, and whom they follow."""

    FOLLOWERS = "followers"
    FOLLOWING = "following"

    @property
    def columns(self) -> tuple[Column, Column]:
        """The two columns of ``Follow`` that hold the owner of the list and the people in it."""
        if self is FollowList.FOLLOWERS:
            return Follow.followed_id, Follow.follower_id
        return Follow.follower_id, Follow.followed_id


def relationships(viewer: Viewer) -> dict[str, ColumnElement[Any]]:
    """Return the columns that describe the relationships of a row's ``Account``, by field of ``Relationships``.

    They are the numbers of its followers and followed people as far as they are listed and the viewer may see them, two
    conditions that it and the viewer follow each other, and whether the viewer may follow it. The conditions are false
    for an account that is not listed.
    """
    is_listed = listed()
    is_other = Account.id != viewer.account_id
    people = select(Account.id).where(visible_to(viewer), is_listed).correlate(None)
    return {
        "followers": _count(FollowList.FOLLOWERS, people),
        "following": _count(FollowList.FOLLOWING, people),
        "is_following": and_(is_listed, _follows(viewer.account_id, Account.id)),
        "follows_viewer": and_(is_listed, _follows(Account.id, viewer.account_id)),
        "may_follow": and_(is_listed, is_other) if may_follow_others(viewer) else false(),
    }


def page(
    actor: Actor,
    account_id: uuid.UUID,
    follow_list: FollowList,
    *,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> Page[PersonCard]:
    """Return a page of a person's followers or of the people whom they follow, latest follow first.

    The page begins after ``cursor``, or with the list if it is ``None``. Only listed people whom the actor may see are
    in it; whether the actor may see the person ``account_id`` is checked by the caller. Raise ``Invalid`` for a cursor
    that is not of this list.
    """
    return keyset_page(
        _rows(actor, account_id, follow_list),
        order=_order(follow_list),
        cursor=cursor,
        limit=limit,
        scope=f"{follow_list} {account_id}",
    ).map(card)


def page_until(actor: Actor, account_id: uuid.UUID, follow_list: FollowList, *, until: str | None) -> Page[PersonCard]:
    """Return a person's followers or the people whom they follow, from the start to one page beyond ``until``.

    The latest follow is first; without the cursor ``until`` it is the first page. Only listed people whom the actor may
    see are in it. Raise ``Invalid`` for a cursor that is not of this list.
    """
    return keyset_until(
        _rows(actor, account_id, follow_list),
        order=_order(follow_list),
        until=until,
        scope=f"{follow_list} {account_id}",
    ).map(card)


def _rows(actor: Actor, account_id: uuid.UUID, follow_list: FollowList) -> Select[Any]:
    """Return the statement for the cards of the people in a list, with how they and the actor follow each other."""
    owner, named = follow_list.columns
    return (
        cards_seen_by(actor, with_follows=True)
        .join(Follow, named == Account.id)
        .where(owner == account_id, listed())
        .add_columns(_follows(Account.id, actor.account_id).label("relationships_follows_viewer"))
    )


def _order(follow_list: FollowList) -> tuple[UnaryExpression[Any], ...]:
    _owner, named = follow_list.columns
    return Follow.created_at.desc(), named.desc()


def _count(follow_list: FollowList, people: Select[uuid.UUID]) -> ColumnElement[int]:
    """Return a subquery for the number of ``people`` who are in a list of the ``Account`` of a row."""
    owner, named = follow_list.columns
    counted = select(func.count()).select_from(Follow).where(owner == Account.id, named.in_(people))
    return counted.correlate(Account).scalar_subquery()


def _follows(follower_id: Id, followed_id: Id) -> ColumnElement[bool]:
    """Return the condition that ``follower_id`` follows ``followed_id``; each is an id or a column."""
    return exists().where(OTHER_FOLLOW.follower_id == follower_id, OTHER_FOLLOW.followed_id == followed_id)

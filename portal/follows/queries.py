"""Reads of follows. People who are no longer listed are in no list and no count, for any viewer."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Subquery, and_, bindparam, exists, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.accounts.models import Account
from portal.core.actor import Actor
from portal.core.db.base import AnySelect
from portal.core.db.lists import LIMIT_DEFAULT, ListQuery, ListStatement, Page, caller_values, kind_of
from portal.follows.legacy_serializers import RELATED_FIELDS, LegacyRelatedPerson
from portal.follows.models import Follow
from portal.follows.policies import may_follow_others
from portal.profiles.legacy_serializers import legacy_people
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


def legacy_page(
    actor: Actor, account_id: uuid.UUID, follow_list: FollowList, *, cursor: str | None, limit: int = LIMIT_DEFAULT
) -> Page[LegacyRelatedPerson]:
    """Return a page of a person's followers or of the people whom they follow as the legacy contract shows them.

    The page begins after ``cursor``, or with the list if it is ``None``; the latest follow is first. Only listed people
    whom the actor may see are in it; whether the actor may see the person ``account_id`` is checked by the caller.
    Raise ``Invalid`` for a cursor that is not of this list.
    """
    values, scope = {**caller_values(actor), "owner": account_id}, f"{follow_list} {account_id}"
    shape = (kind_of(actor), follow_list, True)
    page = _FOLLOWS.page(*shape, values=values, scope=scope, cursor=cursor, limit=limit)
    return page.map(lambda row: LegacyRelatedPerson(*row[: len(RELATED_FIELDS)]))


def page_until(actor: Actor, account_id: uuid.UUID, follow_list: FollowList, *, until: str | None) -> Page[PersonCard]:
    """Return a person's followers or the people whom they follow, from the start to one page beyond ``until``.

    The latest follow is first; without the cursor ``until`` it is the first page. Only listed people whom the actor may
    see are in it. Raise ``Invalid`` for a cursor that is not of this list.
    """
    values, scope = {**caller_values(actor), "owner": account_id}, f"{follow_list} {account_id}"
    shape = (kind_of(actor), follow_list, False)
    return _FOLLOWS.page_until(*shape, values=values, scope=scope, until=until).map(card)


def _select(actor: Actor, follow_list: FollowList, is_legacy: bool) -> ListStatement:
    """Return the statement of the people in a list of the person ``owner``, with how they and the actor follow."""
    owner, named = follow_list.columns
    people = (
        select(Account.id)
        .join(Follow, named == Account.id)
        .where(owner == bindparam("owner"), visible_to(actor), listed())
    )

    def details(page: Subquery) -> AnySelect:
        if is_legacy:
            return legacy_people(actor, RELATED_FIELDS).join(page, page.c.id == Account.id)
        follows_viewer = _follows(Account.id, actor.account_id).label("relationships_follows_viewer")
        cards = cards_seen_by(actor, with_follows=True).add_columns(follows_viewer)
        return cards.join(page, page.c.id == Account.id)

    return ListStatement(people, (Follow.created_at.desc(), named.desc()), details)


_FOLLOWS = ListQuery(_select)


def _count(follow_list: FollowList, people: Select[uuid.UUID]) -> ColumnElement[int]:
    """Return a subquery for the number of ``people`` who are in a list of the ``Account`` of a row."""
    owner, named = follow_list.columns
    counted = select(func.count()).select_from(Follow).where(owner == Account.id, named.in_(people))
    return counted.correlate(Account).scalar_subquery()


def _follows(follower_id: Id, followed_id: Id) -> ColumnElement[bool]:
    """Return the condition that ``follower_id`` follows ``followed_id``; each is an id or a column."""
    return exists().where(OTHER_FOLLOW.follower_id == follower_id, OTHER_FOLLOW.followed_id == followed_id)

"""Viewers of profiles, as far as audiences care: a caller, or an imagined member of a kind for a preview.

Lists, maps and counts show the alumni office what other members see. ``staff_viewer`` is its view of
everything; only ``portal.profiles.office_access`` and the office's own pages use it, and they record whom it saw.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLColumnExpression

from portal.accounts.models import Role
from portal.core.actor import Actor
from portal.permissions.catalogue import Permission
from portal.profiles.models import Audience, Profile

VIEWER_PROFILE = aliased(Profile, name="own_profile")

VISITOR_AUDIENCES = frozenset({Audience.PUBLIC})
FRIEND_AUDIENCES = VISITOR_AUDIENCES | {Audience.MEMBERS}
ALUMNI_AUDIENCES = FRIEND_AUDIENCES | {Audience.ALUMNI}


class ViewerKind(StrEnum):
    """The kinds of viewers as whom people can preview their own profile."""

    SAME_YEAR = "same_year"
    ALUMNI = "alumni"
    FRIEND = "friend"
    PUBLIC = "public"


VIEWER_ID: BindParameter[uuid.UUID] = bindparam("me")
"""The viewer's account in statements that are built once for all viewers of a kind; each execution must pass it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Viewer:
    """Somebody who looks at people's data. ``audiences`` are those that include them, whomever they look at.

    ``shares_year``: fields for people of one year are shared with them. ``sees_all_accounts``: they also see accounts
    that are not active. ``sees_all_fields``: no audience leaves them out.
    """

    account_id: uuid.UUID | BindParameter[uuid.UUID] | None = None
    role: str = ""
    audiences: frozenset[Audience] = VISITOR_AUDIENCES
    shares_year: bool = False
    sees_all_accounts: bool = False
    sees_all_fields: bool = False

    @property
    def is_visitor(self) -> bool:
        """Whether they are not signed in, or imagined as such."""
        return not self.sees_all_accounts and Audience.MEMBERS not in self.audiences

    @cached_property
    def class_year(self) -> SQLColumnExpression[Any] | None:
        """The class year that is shared with them, in SQL: their own, or for a preview that of the profile."""
        if not self.shares_year:
            return None
        if self.account_id is None:
            return Profile.class_year
        return select(VIEWER_PROFILE.class_year).where(VIEWER_PROFILE.account_id == self.account_id).scalar_subquery()

    @property
    def statement_key(self) -> tuple[object, ...]:
        """All that a statement for them depends on, except whose account it is."""
        others = (getattr(self, field.name) for field in fields(self) if field.name != "account_id")
        return self.account_id is None, *others

    def parameterised(self) -> Viewer:
        """Return the viewer whose statements serve all with one ``statement_key``, by the parameter ``VIEWER_ID``."""
        return self if self.account_id is None else replace(self, account_id=VIEWER_ID)


VISITOR = Viewer()
SYSTEM = Viewer(sees_all_accounts=True, sees_all_fields=True)


def may_see_everything(actor: Actor) -> bool:
    """Return whether the actor may see every account and every field as a ``staff_viewer``."""
    return actor.may(Permission.PEOPLE_READ_ALL)


def viewer_of(who: Actor | Viewer) -> Viewer:
    """Return the viewer that a caller is in lists, where the office sees what a member sees."""
    if isinstance(who, Viewer):
        return who
    if who.system:
        return SYSTEM
    if who.account_id is None:
        return VISITOR
    is_alumni = who.role == Role.ALUMNI
    return Viewer(
        account_id=who.account_id,
        role=who.role,
        audiences=ALUMNI_AUDIENCES if is_alumni else FRIEND_AUDIENCES,
        shares_year=is_alumni,
        sees_all_accounts=may_see_everything(who),
    )


def staff_viewer(actor: Actor) -> Viewer:
    """Return the viewer that a caller is on pages where the office sees everything.

    Whoever shows what it sees must record that by ``portal.profiles.office_access``.
    """
    return replace(viewer_of(actor), sees_all_fields=may_see_everything(actor))


def preview_viewer(kind: ViewerKind) -> Viewer:
    """Return an imagined member of that kind, or a visitor; ``SAME_YEAR`` has the class year of the profile."""
    audiences = {ViewerKind.PUBLIC: VISITOR_AUDIENCES, ViewerKind.FRIEND: FRIEND_AUDIENCES}.get(kind, ALUMNI_AUDIENCES)
    return Viewer(audiences=audiences, shares_year=kind is ViewerKind.SAME_YEAR)

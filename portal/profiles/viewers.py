"""Who looks at profiles, as far as audiences care: a caller, or somebody of a kind who is made up.

Lists, maps and counts show the alumni office what other members see. ``closely`` is its view of all; only
``portal.profiles.lookups`` and the office's own pages take it, and they note for whom they did.
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

OWN = aliased(Profile, name="own_profile")

STRANGERS = frozenset({Audience.PUBLIC})
FRIENDS = STRANGERS | {Audience.MEMBERS}
ALUMNI = FRIENDS | {Audience.ALUMNI}


class Kind(StrEnum):
    """The kinds of people as whom somebody can look at their own profile."""

    SAME_YEAR = "same_year"
    ALUMNI = "alumni"
    FRIEND = "friend"
    PUBLIC = "public"


ME: BindParameter[uuid.UUID] = bindparam("me")
"""The account of a viewer, for statements that are made once for everybody of a kind: each execution must name it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Viewer:
    """Somebody who looks. ``circles`` are the audiences that include them, whomever they look at.

    ``shares_year``: people of one year share things with them. ``knows_everybody``: people who are not in good standing
    exist for them too.
    """

    account_id: uuid.UUID | BindParameter[uuid.UUID] | None = None
    role: str = ""
    circles: frozenset[Audience] = STRANGERS
    shares_year: bool = False
    knows_everybody: bool = False
    sees_everything: bool = False

    @property
    def is_stranger(self) -> bool:
        return not self.knows_everybody and Audience.MEMBERS not in self.circles

    @cached_property
    def class_year(self) -> SQLColumnExpression[Any] | None:
        """The year that is shared with them, in SQL: their own; of whom they look at, if they are made up."""
        if not self.shares_year:
            return None
        if self.account_id is None:
            return Profile.class_year
        return select(OWN.class_year).where(OWN.account_id == self.account_id).scalar_subquery()

    @property
    def kind(self) -> tuple[object, ...]:
        """All that a statement for them depends on, but for whose account it is."""
        others = (getattr(self, field.name) for field in fields(self) if field.name != "account_id")
        return self.account_id is None, *others

    def anybody_like_them(self) -> Viewer:
        """The viewer whose statements serve everybody of the same ``kind``, with ``ME`` as a parameter."""
        return self if self.account_id is None else replace(self, account_id=ME)


STRANGER = Viewer()
SYSTEM = Viewer(knows_everybody=True, sees_everything=True)


def is_office(actor: Actor) -> bool:
    """Whoever may know everybody and everything, if they look closely."""
    return actor.may(Permission.PEOPLE_READ_ALL)


def viewer_of(who: Actor | Viewer) -> Viewer:
    """How a caller sees others in lists: the office as a member too."""
    if isinstance(who, Viewer):
        return who
    if who.system:
        return SYSTEM
    if who.account_id is None:
        return STRANGER
    is_alumni = who.role == Role.ALUMNI
    return Viewer(
        account_id=who.account_id,
        role=who.role,
        circles=ALUMNI if is_alumni else FRIENDS,
        shares_year=is_alumni,
        knows_everybody=is_office(who),
    )


def closely(actor: Actor) -> Viewer:
    """The same, but the office sees everything; whoever shows this notes it by ``portal.profiles.lookups``."""
    return replace(viewer_of(actor), sees_everything=is_office(actor))


def made_up(kind: Kind) -> Viewer:
    """Nobody in particular: a member of that kind, or a stranger. ``SAME_YEAR`` is of the year of whom they look at."""
    circles = {Kind.PUBLIC: STRANGERS, Kind.FRIEND: FRIENDS}.get(kind, ALUMNI)
    return Viewer(circles=circles, shares_year=kind is Kind.SAME_YEAR)

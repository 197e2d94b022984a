"""Who looks at profiles, as far as audiences care: a caller, or somebody of a kind who is made up.

Lists, maps and counts show the alumni office what other members see. ``closely`` is its view of all; only
``portal.profiles.lookups`` and the office's own pages take it, and they note for whom they did.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Viewer:
    """Somebody who looks. ``circles`` are the audiences that include them, whomever they look at.

    ``class_year`` is the year, in SQL, whose people share things with them. ``knows_everybody``: people who are not
    in good standing exist for them too.
    """

    account_id: uuid.UUID | None = None
    role: str = ""
    circles: frozenset[Audience] = STRANGERS
    class_year: SQLColumnExpression[Any] | None = None
    knows_everybody: bool = False
    sees_everything: bool = False

    @property
    def is_stranger(self) -> bool:
        return not self.knows_everybody and Audience.MEMBERS not in self.circles


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
        class_year=_class_year_of(who.account_id) if is_alumni else None,
        knows_everybody=is_office(who),
    )


def closely(actor: Actor) -> Viewer:
    """The same, but the office sees everything; whoever shows this notes it by ``portal.profiles.lookups``."""
    return replace(viewer_of(actor), sees_everything=is_office(actor))


def made_up(kind: Kind) -> Viewer:
    """Nobody in particular: a member of that kind, or a stranger. ``SAME_YEAR`` is of the year of whom they look at."""
    circles = {Kind.PUBLIC: STRANGERS, Kind.FRIEND: FRIENDS}.get(kind, ALUMNI)
    return Viewer(circles=circles, class_year=Profile.class_year if kind is Kind.SAME_YEAR else None)


def _class_year_of(account_id: uuid.UUID) -> SQLColumnExpression[Any]:
    return select(OWN.class_year).where(OWN.account_id == account_id).scalar_subquery()

"""Viewers of profiles, as far as audiences care: a caller, or a constructed viewer for a preview.

Lists, maps and counts show the alumni office what other members see. ``staff_viewer`` is its view of everything; only
``portal.profiles.office_access`` and the office's own pages use it, and they record whom it saw.
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

from portal.accounts.models import Account, Role
from portal.core.actor import Actor
from portal.core.db.lists import ME, MY_YEAR
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
"""A parameter for the viewer's account id in statements that are built once and shared by many viewers.

Each execution must pass it as ``me``.
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Viewer:
    """Somebody who looks at people's data; ``audiences`` are those that include them, whomever they look at.

    ``account_id`` is ``None`` for visitors, previews and the system. ``shares_year``: fields for people of one year are
    shared with them. ``sees_all_accounts``: they also see accounts that are not active. ``sees_all_fields``: they see
    fields whatever their audience.
    """

    account_id: uuid.UUID | BindParameter[uuid.UUID] | None = None
    role: str = ""
    audiences: frozenset[Audience] = VISITOR_AUDIENCES
    shares_year: bool = False
    sees_all_accounts: bool = False
    sees_all_fields: bool = False

    @property
    def is_visitor(self) -> bool:
        """Whether the viewer sees of others what visitors see: not signed in, waiting, or previewing as a visitor."""
        return not self.sees_all_accounts and Audience.MEMBERS not in self.audiences

    @cached_property
    def class_year(self) -> SQLColumnExpression[Any] | None:
        """The SQL expression of the class year whose fields for alumni of that year the viewer may see, or ``None``.

        It is the viewer's own class year; for a preview as ``SAME_YEAR``, that of the profile in the row.
        """
        if not self.shares_year:
            return None
        if self.account_id is None:
            return Profile.class_year
        if self.account_id is ME:
            return MY_YEAR
        return select(VIEWER_PROFILE.class_year).where(VIEWER_PROFILE.account_id == self.account_id).scalar_subquery()

    @property
    def statement_key(self) -> tuple[object, ...]:
        """A hashable key of all that a statement for the viewer depends on, except whose account it is."""
        others = (getattr(self, field.name) for field in fields(self) if field.name != "account_id")
        return self.account_id is None, *others

    def parameterised(self) -> Viewer:
        """Return the viewer with the parameter ``VIEWER_ID`` as account id; one without an account is unchanged.

        Statements for it serve every viewer with the same ``statement_key``.
        """
        return self if self.account_id is None else replace(self, account_id=VIEWER_ID)


def class_year_of_caller() -> SQLColumnExpression[Any]:
    """Return the SQL expression of the class year of the ``Account`` in a row; see ``callers.CLASS_YEAR``."""
    return select(VIEWER_PROFILE.class_year).where(VIEWER_PROFILE.account_id == Account.id).scalar_subquery()


VISITOR = Viewer()
SYSTEM = Viewer(sees_all_accounts=True, sees_all_fields=True)


def may_see_everything(actor: Actor) -> bool:
    """Return whether the actor may see every account and, as a ``staff_viewer``, every field."""
    return actor.may(Permission.PEOPLE_READ_ALL)


def viewer_of(who: Actor | Viewer) -> Viewer:
    """Return the viewer that an actor is in lists and counts; a ``Viewer`` is returned unchanged.

    An actor of the office sees every account there, and of each the fields that alumni see, whatever its own role.
    Whoever waits for the office sees their own data, and of others what visitors see. The system sees everything.
    """
    if isinstance(who, Viewer):
        return who
    if who.system:
        return SYSTEM
    if who.account_id is None:
        return VISITOR
    if who.is_waiting:
        return replace(VISITOR, account_id=who.account_id)
    is_alumni, is_office = who.role == Role.ALUMNI, may_see_everything(who)
    return Viewer(
        account_id=who.account_id,
        role=who.role,
        audiences=ALUMNI_AUDIENCES if is_alumni or is_office else FRIEND_AUDIENCES,
        shares_year=is_alumni,
        sees_all_accounts=is_office,
    )


def staff_viewer(actor: Actor) -> Viewer:
    """Return the viewer that an actor is on pages where the office sees every field; other actors as by ``viewer_of``.

    Callers that show what it sees must record that with ``portal.profiles.office_access``.
    """
    return replace(viewer_of(actor), sees_all_fields=may_see_everything(actor))


def preview_viewer(kind: ViewerKind) -> Viewer:
    """Return the constructed viewer of a preview: a member or visitor of ``kind`` without an account.

    For ``SAME_YEAR`` it counts as of the class year of whatever profile it looks at.
    """
    audiences = {ViewerKind.PUBLIC: VISITOR_AUDIENCES, ViewerKind.FRIEND: FRIEND_AUDIENCES}.get(kind, ALUMNI_AUDIENCES)
    return Viewer(audiences=audiences, shares_year=kind is ViewerKind.SAME_YEAR)

"""Statements that are built once for all viewers of a kind: each viewer gets their own result, at any time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel, system_actor
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.permissions.catalogue import Permission
from portal.profiles.models import Audience
from portal.profiles.viewers import Viewer, ViewerKind, preview_viewer, staff_viewer, viewer_of
from portal.profiles.visibility import person_query
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Api


def member(role: str, *permissions: str) -> Actor:
    return Actor(Channel.PAGE, account_id=new_id(), role=role, permissions=frozenset(permissions))


OFFICE = member("staff", str(Permission.PEOPLE_READ_ALL))
VIEWERS = {
    "stranger": viewer_of(Actor(Channel.PAGE)),
    "system": viewer_of(system_actor()),
    "alumni": viewer_of(member("alumni")),
    "friend": viewer_of(member("alumni_friend")),
    "office": viewer_of(OFFICE),
    "staff viewer": staff_viewer(OFFICE),
    **{f"made up: {kind}": preview_viewer(kind) for kind in ViewerKind},
}


@pytest.mark.parametrize("viewer", VIEWERS.values(), ids=VIEWERS)
def test_shared_statement_holds_no_viewer_and_no_instant(app: PortalFlask, viewer: Viewer) -> None:
    with app.app_context():
        query = person_query(viewer)
    kept = query.statement.compile(dialect=postgresql.dialect()).params  # type: ignore[no-untyped-call]  # SQLAlchemy's
    assert [value for value in kept.values() if isinstance(value, uuid.UUID)] == []
    assert {name for name, value in kept.items() if isinstance(value, datetime)} <= {"now"}


def test_viewers_of_one_kind_see_by_their_own_class_year(app: PortalFlask) -> None:
    ada = make_account(profile={"graduation_year": 2019})
    live_in(ada, make_city("Quietburg", search="||quietburg|"), Audience.SAME_YEAR)
    for year, seen in ((2020, None), (2019, "Russia, Quietburg"), (2020, None)):
        reader = make_account(profile={"graduation_year": year})
        assert Api(app).sign_in(reader).get(f"/api/v1/profile/{ada.id}")["location"] == seen


def test_ended_ban_counts_in_a_statement_built_before(app: PortalFlask, bob: Account, clock: Any) -> None:
    ada = make_account(banned=True, banned_until=now() + timedelta(days=1))
    api = Api(app).sign_in(bob)
    api.get(f"/api/v1/profile/{ada.id}", status=404)
    clock.move(days=2)
    assert api.get(f"/api/v1/profile/{ada.id}")["last_name"] == ada.last_name

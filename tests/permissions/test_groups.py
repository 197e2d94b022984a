"""The built-in groups hold what the catalogue says."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.application import PortalFlask
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.permissions import services
from portal.permissions.catalogue import ADMINISTRATORS, BUILT_IN_GROUPS, MODERATORS, Permission
from portal.permissions.models import Grant, Group
from tests.factories import save


def held(app: PortalFlask, group: str) -> set[str]:
    with app.app_context():
        grants = select(Grant.permission).join(Group, Group.id == Grant.group_id).where(Group.name == group)
        return set(db.session.scalars(grants))


def sync(app: PortalFlask) -> None:
    with app.app_context(), unit_of_work():
        services.sync_built_in_groups()


@pytest.mark.parametrize("group", sorted(BUILT_IN_GROUPS))
def test_a_group_holds_what_the_catalogue_says(app: PortalFlask, group: str) -> None:
    sync(app)
    assert held(app, group) == {permission.value for permission in BUILT_IN_GROUPS[group]}


def test_administrators_may_do_everything(app: PortalFlask) -> None:
    assert held(app, ADMINISTRATORS) == {permission.value for permission in Permission}


def test_a_permission_that_left_the_catalogue_leaves_the_group(app: PortalFlask) -> None:
    with app.app_context():
        group = services.group_id(MODERATORS)
    save(Grant(group_id=group, permission="events:forgotten"))
    sync(app)
    assert "events:forgotten" not in held(app, MODERATORS)


def test_repeating_changes_nothing(app: PortalFlask) -> None:
    sync(app)
    before = held(app, MODERATORS)
    sync(app)
    assert held(app, MODERATORS) == before


def test_there_is_no_such_group(app: PortalFlask) -> None:
    with app.app_context(), pytest.raises(LookupError):
        services.group_id("gardeners")

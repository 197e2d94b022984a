"""Who holds which permission."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.database import new_id
from portal.extensions import db
from portal.permissions.catalogue import BUILT_IN_GROUPS
from portal.permissions.models import Grant, Group


def sync_built_in_groups() -> None:
    """Make the built-in groups hold exactly what the catalogue says; safe to repeat and to run in parallel."""
    for name, permissions in BUILT_IN_GROUPS.items():
        values = {"id": new_id(), "name": name, "system": True}
        db.session.execute(insert(Group).values(**values).on_conflict_do_nothing(index_elements=["name"]))
        group_id = db.session.scalars(select(Group.id).where(Group.name == name)).one()
        grants = [{"group_id": group_id, "permission": permission.value} for permission in permissions]
        db.session.execute(insert(Grant).values(grants).on_conflict_do_nothing())
        kept = [permission.value for permission in permissions]
        db.session.execute(delete(Grant).where(Grant.group_id == group_id, Grant.permission.not_in(kept)))

"""Changes of groups and their members; whether a change is allowed is decided by the feature ``accounts``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.db.base import new_id
from portal.extensions import db
from portal.permissions.catalogue import BUILT_IN_GROUPS
from portal.permissions.models import Grant, Group, Membership


def sync_built_in_groups() -> None:
    """Create the built-in groups where they are missing, and give them exactly the permissions of the catalogue.

    It is safe to repeat and to run in parallel.
    """
    for name, permissions in BUILT_IN_GROUPS.items():
        values = {"id": new_id(), "name": name, "system": True}
        db.session.execute(insert(Group).values(**values).on_conflict_do_nothing(index_elements=["name"]))
        group_id = db.session.scalars(select(Group.id).where(Group.name == name)).one()
        grants = [{"group_id": group_id, "permission": permission.value} for permission in permissions]
        db.session.execute(insert(Grant).values(grants).on_conflict_do_nothing())
        current = [permission.value for permission in permissions]
        db.session.execute(delete(Grant).where(Grant.group_id == group_id, Grant.permission.not_in(current)))


def join(account_id: uuid.UUID, group: str, assigned_by: uuid.UUID | None) -> bool:
    """Add an account to the group named ``group``; return whether it was not a member before.

    Raise ``LookupError`` for an unknown group. ``assigned_by`` is the account that gives the permissions, ``None`` for
    the system. The caller checks permissions and adds the audit entry.
    """
    values = {"account_id": account_id, "group_id": group_id(group), "assigned_by": assigned_by}
    joined = insert(Membership).values(**values).on_conflict_do_nothing().returning(Membership.account_id)
    return db.session.execute(joined).first() is not None


def leave(account_id: uuid.UUID, group: str) -> bool:
    """Remove an account from the group named ``group``; return whether it was a member.

    Raise ``LookupError`` for an unknown group. The caller checks permissions and adds the audit entry.
    """
    removed = (
        delete(Membership)
        .where(Membership.account_id == account_id, Membership.group_id == group_id(group))
        .returning(Membership.account_id)
    )
    return db.session.execute(removed).first() is not None


def locked_members(group: str) -> Sequence[uuid.UUID]:
    """Lock the group named ``group`` until the transaction ends, and return the account ids of its members.

    Another call for this group waits until then. For an unknown group the result is empty.
    """
    locked = db.session.scalar(select(Group.id).where(Group.name == group).with_for_update(key_share=True))
    return db.session.scalars(select(Membership.account_id).where(Membership.group_id == locked)).all()


def group_id(name: str) -> uuid.UUID:
    """Return the id of the group with this name; raise ``LookupError`` if there is none."""
    group = db.session.scalar(select(Group.id).where(Group.name == name))
    if group is None:
        raise LookupError(name)
    return group

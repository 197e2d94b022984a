"""The tables of permissions: groups hold permissions, people are members of groups."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base, Id


class Group(Base):
    """A named set of permissions; ``system`` marks the built-in groups."""

    __tablename__ = "permission_groups"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    system: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Grant(Base):
    """One permission that a group holds."""

    __tablename__ = "permission_grants"

    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("permission_groups.id", ondelete="CASCADE"), primary_key=True
    )
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)


class Membership(Base):
    """The membership of a person in a group."""

    __tablename__ = "permission_memberships"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("permission_groups.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    assigned_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    assigned_at: Mapped[datetime] = mapped_column(default=now)

"""Exact limits that protect accounts: counted in PostgreSQL, shared by all processes, kept over restarts.

The rate is the generic cell rate algorithm (ITU-T I.371): one row per key holds the theoretical arrival time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base


class ThrottleCell(Base):
    """``arrival_at`` is when the budget of ``key`` will be whole again."""

    __tablename__ = "throttle_cells"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    arrival_at: Mapped[datetime]

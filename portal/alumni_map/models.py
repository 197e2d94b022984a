"""The table of the figures that the public map shows."""

from __future__ import annotations

from datetime import date

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db.base import Base


class PublicFigures(Base):
    """The numbers of people that the public map shows from one day (UTC) until the next; older rows are deleted.

    ``cities`` are keyed by the id of the city, ``countries`` by their code; ``elsewhere`` is everybody else. Keys of
    JSON are text.
    """

    __tablename__ = "public_figures"

    day: Mapped[date] = mapped_column(primary_key=True)
    cities: Mapped[dict[str, int]] = mapped_column(JSONB)
    countries: Mapped[dict[str, int]] = mapped_column(JSONB)
    elsewhere: Mapped[int]

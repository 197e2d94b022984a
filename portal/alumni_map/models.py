"""The counters of people by city, and the figures that the public map shows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Identity, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db.base import Base


class CityCounter(Base):
    """A number by which the people of one city with one audience of their city have become more or fewer.

    The sum of ``people`` over the rows of a city and an audience is the number of verified people who are not staff and
    not banned for ever; people without a city have rows, too. ``class_year`` is set only for the audience of one year.
    Triggers on ``profiles`` and ``accounts`` add the rows in the writing transaction, whoever writes. Nobody changes a
    row, so that two writers never wait for each other; a job puts the rows of one sum together.
    """

    __tablename__ = "city_counters"
    __table_args__ = (Index(None, "audience", "class_year", postgresql_include=["city_id", "people"]),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    city_id: Mapped[int | None]
    audience: Mapped[str] = mapped_column(String(10))
    class_year: Mapped[int | None]
    people: Mapped[int]


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

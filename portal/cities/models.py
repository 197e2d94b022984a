"""Database models of the cities of the world, and of the version of their data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.cities.countries import country_name
from portal.core.clock import now
from portal.core.db.base import Base
from portal.core.db.content_versions import Content

CITY_NAME_MAX = 120

CITIES = Content("cities", ("cities",))
"""What answers about cities are made of."""


class CityNames:
    """The names of a city for people, made of its columns, which a subclass has."""

    if TYPE_CHECKING:
        name: Any
        name_ru: Any
        country: Any
        country_code: Any

    @property
    def location(self) -> str:
        """The city as ``Country, City`` in English, such as ``Russia, Kazan``, as legacy clients send and expect it."""
        return f"{self.country}, {self.name}"

    def label(self, locale: str) -> str:
        """Return city and country in the language of ``locale``: ``Kazan, Russia`` or ``Казань, Россия``."""
        return f"{self.name_in(locale)}, {self.country_in(locale)}"

    def name_in(self, locale: str) -> str:
        """Return the city's Russian name if ``locale`` is Russian and the name is known, else its English name."""
        name: str = (locale.startswith("ru") and self.name_ru) or self.name
        return name

    def country_in(self, locale: str) -> str:
        """Return the country's name in the language of ``locale``, or its English name if that is unknown."""
        return country_name(self.country_code, self.country, locale)


class City(CityNames, Base):
    """A city of GeoNames or of our supplement; ``name`` is unique within its country and has no comma.

    ``search`` holds every known name, latinised, displayed ones after two bars and others after one
    (``||kazan|qazan|``), so that one trigram index serves prefixes and typing errors in any script.
    """

    __tablename__ = "cities"
    __table_args__ = (
        # Deferred, so that loading a newer list may swap two names.
        UniqueConstraint("country", "name", deferrable=True, initially="DEFERRED"),
        Index("ix_cities_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("ix_cities_position", "lat", "lng"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(CITY_NAME_MAX))
    name_ru: Mapped[str | None] = mapped_column(String(CITY_NAME_MAX))
    country: Mapped[str] = mapped_column(String(80))
    country_code: Mapped[str] = mapped_column(String(2), index=True)
    lat: Mapped[float]
    lng: Mapped[float]
    time_zone: Mapped[str] = mapped_column(String(60))
    population: Mapped[int]
    search: Mapped[str] = mapped_column(Text, deferred=True)


class CityLoad(Base):
    """The version of the data in the table of cities: one row, so that a start with the same data loads nothing."""

    __tablename__ = "city_loads"

    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    cities: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(default=now)

"""What the map shows: places with people and events, one city, and the public map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from portal.alumni_map import city_events, counts
from portal.cities.countries import country_name
from portal.cities.models import City
from portal.cities.queries import ID_MAX
from portal.core.actor import Actor
from portal.core.db.keyset import Page
from portal.core.errors import NotFound
from portal.directory import conditions
from portal.directory import queries as directory
from portal.directory.conditions import Surroundings
from portal.directory.filters import PeopleFilter
from portal.events.records import EventCard
from portal.extensions import db
from portal.profiles.visibility import CityLabel, PersonCard
from portal.web.templating.filters import language

EVENTS_IN_CITY = 5


@dataclass(frozen=True, slots=True)
class Place:
    """One bubble of a map and one row of the list beside it; ``url`` is empty where there is nothing to open."""

    id: int
    name: str
    full_name: str
    lat: float
    lng: float
    people: int
    events: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Everything on one map, most people first; ``people`` may exceed the sum by those who are on no map.

    ``untold`` are people besides, of whom the viewer may not know any city.
    """

    items: list[Place]
    people: int
    untold: int = 0

    @property
    def cities(self) -> int:
        """How many of the places have people."""
        return sum(place.people > 0 for place in self.items)


@dataclass(frozen=True, slots=True)
class CityPanel:
    """Who and what is in one city; ``events`` are the next of ``coming``.

    ``around`` is what its people depend on besides a filter.
    """

    city: CityLabel
    country: str
    count: int
    events: list[EventCard]
    coming: int
    people: Page[PersonCard]
    around: Surroundings


def places(actor: Actor, wanted: PeopleFilter, around: Surroundings) -> Places:
    """Cities with people whom the filter describes or, without a filter, with coming events, as far as the actor may
    know of them. In one statement.
    """
    rows = db.session.execute(_by_city(actor, wanted, around)).all()
    locale, query = language(), urlencode(wanted.address(city=None))
    found = [_place(counts.CityCount(*row[:-1]), row.events, locale, query) for row in rows if row.id is not None]
    people = sum(place.people for place in found)
    return Places(found, people, sum(row.people for row in rows) - people)


def _by_city(actor: Actor, wanted: PeopleFilter, around: Surroundings) -> Select[Any]:
    """Cities, most people first, each with how many people and events; a row without a city counts those of none."""
    told = counts.counted_by_city(actor, wanted, around)
    coming = city_events.coming_by_city(actor).subquery()
    both = told.join(coming, told.c.city_id == coming.c.city_id, isouter=True, full=not wanted.is_narrowed)
    number = func.coalesce(told.c.people, 0).label("people")
    statement: Select[Any] = select(*counts.CITY_COLUMNS, number, func.coalesce(coming.c.events, 0).label("events"))
    city_id = func.coalesce(told.c.city_id, coming.c.city_id)
    return statement.select_from(both).outerjoin(City, City.id == city_id).order_by(number.desc(), City.id)


def public_places() -> Places:
    """The cells of the public map."""
    public = counts.public_map()
    locale = language()
    cells = [
        Place(number, cell.label(locale), cell.full_label(locale), cell.lat, cell.lng, cell.people)
        for number, cell in enumerate(public.cells, start=1)
    ]
    return Places(cells, public.total)


def _place(city: counts.CityCount, gatherings: int, locale: str, query: str) -> Place:
    return Place(
        id=city.id,
        name=city.label(locale),
        full_name=city.full_label(locale),
        lat=city.lat,
        lng=city.lng,
        people=city.people,
        events=gatherings,
        url=f"/map/cities/{city.id}?{query}".rstrip("?"),
    )


def city_panel(actor: Actor, city_id: int, wanted: PeopleFilter, until: str | None) -> CityPanel:
    """One city with its next events and those of its people whom the filter describes, unfolded beyond ``until``.

    Raises ``NotFound`` for a city that there is not. In two statements.
    """
    here = replace(wanted, city_id=min(city_id, ID_MAX))
    around, gatherings, coming = _surroundings_and_events(actor, here)
    city = around.city
    if city is None:
        raise NotFound("no_such_city", _("This city is not on our map."))
    found = directory.people_until(actor, here, around, until=until, count_all=True)
    return CityPanel(
        city=CityLabel(city.id, city.name, city.name_ru, city.country, city.country_code),
        country=country_name(city.country_code, city.country, language()),
        count=found.total,
        events=gatherings,
        coming=coming,
        people=found.people.map(_without_city),
        around=around,
    )


def _surroundings_and_events(actor: Actor, here: PeopleFilter) -> tuple[Surroundings, list[EventCard], int]:
    row = conditions.surroundings_row(actor, here)
    rows = db.session.execute(city_events.beside_next_in_city(row, actor, here.city_id, EVENTS_IN_CITY)).all()
    return conditions.surroundings_in(rows[0], here), city_events.cards_beside(rows), rows[0].coming


def newest_in_city(actor: Actor, city_id: int, limit: int) -> list[PersonCard]:
    """Return those of the city who joined the portal last, without the viewer and without their city."""
    return [_without_city(card) for card in counts.newest_in_city(actor, city_id, limit)]


def _without_city(card: PersonCard) -> PersonCard:
    """For lists whose heading already names the city."""
    return replace(card, city=None)

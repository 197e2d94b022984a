"""Reads of the map: markers of people and events, the panel of one city, and the public map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import Subquery, func, select

from portal.alumni_map import city_events, counts
from portal.alumni_map.audit_actions import MapAction
from portal.alumni_map.public_map import public_map
from portal.audit.models import AuditEntry
from portal.cities.countries import country_name
from portal.cities.models import CITIES, City
from portal.cities.queries import ID_MAX
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import AnySelect
from portal.core.db.keyset import Page
from portal.core.db.lists import SHAPES_MAX, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.db.remembered import Remembered
from portal.core.errors import NotFound
from portal.directory import conditions
from portal.directory import queries as directory
from portal.directory.conditions import SearchContext
from portal.directory.filters import PeopleFilter
from portal.directory.name_search import DoubtfulWords
from portal.events.models import EVENTS
from portal.events.records import EventCard
from portal.extensions import db
from portal.profiles.models import PEOPLE
from portal.profiles.visibility import CityLabel, PersonCard
from portal.web.i18n.selection import language

EVENTS_IN_CITY = 5
WARNED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MapMarker:
    """A marker of a map and a row of the list beside it; ``url`` is empty where there is no page to open.

    The names of the fields are those of the JSON that the map's script reads.
    """

    id: int
    name: str
    full_name: str
    lat: float
    lng: float
    people: int
    events: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class MapMarkers:
    """The markers of one map, most people first, and the numbers of people in all.

    On the members' map ``people`` counts those on markers, ``without_city`` those whose city is missing or hidden from
    the viewer. On the public map ``people`` is the sum of all published numbers, with that of
    the people on no marker.
    """

    items: list[MapMarker]
    people: int
    without_city: int = 0

    @property
    def cities(self) -> int:
        """The number of markers with at least one person."""
        return sum(marker.people > 0 for marker in self.items)


MARKER_BYTES = 500
"""What a marker occupies."""
_MARKERS: Remembered[MapMarkers] = Remembered(
    "markers of the map", PEOPLE, CITIES, EVENTS, size=lambda markers: MARKER_BYTES * len(markers.items)
)


@dataclass(frozen=True, slots=True)
class CityPanel:
    """The people and the next upcoming events of one city, as one viewer may see them.

    ``people`` are one part of ``people_count`` people, ``events`` the first of ``event_count`` events; ``country`` is
    the country's name in the viewer's language. ``context`` is the search context of the people.
    """

    city: CityLabel
    country: str
    people_count: int
    events: list[EventCard]
    event_count: int
    people: Page[PersonCard]
    context: SearchContext


def markers(actor: Actor, people_filter: PeopleFilter, context: SearchContext) -> MapMarkers:
    """Return the markers of the cities where people of a filter live, most people first, read in one statement.

    Without criteria, cities that only have upcoming events are included. People whose city is missing or hidden from
    the actor have no marker and are counted as ``without_city``.
    """
    if people_filter == PeopleFilter():
        return counts.shared(_MARKERS, actor, _markers_of_all_people, language())
    people = counts.of_filter(actor, people_filter, context).subquery()
    rows = db.session.execute(_by_city(actor, people, with_others=not people_filter.is_narrowed)).all()
    return _markers(rows, people_filter)


def _markers_of_all_people(actor: Actor) -> MapMarkers:
    return _markers(_of_all_people(kind_of(actor)).rows(**caller_values(actor)), PeopleFilter())


def _markers(rows: Sequence[Any], people_filter: PeopleFilter) -> MapMarkers:
    locale, query = language(), urlencode(people_filter.to_query_args(city=None))
    items = [_marker(counts.CityCount(*row[:-1]), row.events, locale, query) for row in rows if row.id is not None]
    people = sum(marker.people for marker in items)
    return MapMarkers(items, people, sum(row.people for row in rows) - people)


@lru_cache(SHAPES_MAX)
def _of_all_people(kind: Actor) -> RawQuery:
    return RawQuery(_by_city(kind, counts.of_all_people(kind).subquery(), with_others=True))


def _by_city(actor: Actor, people: Subquery, *, with_others: bool) -> AnySelect:
    """Return the SELECT of cities with the numbers of people and events, most people first.

    ``people`` are numbers by city as ``counts`` selects them; their row without a city stays one. ``with_others`` adds
    the cities that only have events.
    """
    events = city_events.upcoming_by_city(actor).subquery()
    both = people.join(events, people.c.city_id == events.c.city_id, isouter=True, full=with_others)
    number = func.coalesce(people.c.people, 0).label("people")
    statement: AnySelect = select(*counts.CITY_COLUMNS, number, func.coalesce(events.c.events, 0).label("events"))
    city_id = func.coalesce(people.c.city_id, events.c.city_id)
    return statement.select_from(both).outerjoin(City, City.id == city_id).order_by(number.desc(), City.id)


def public_markers() -> MapMarkers:
    """Return the cells of the public map as markers without URLs, named in the viewer's language."""
    public = public_map()
    locale = language()
    cells = [
        MapMarker(number, cell.label(locale), cell.full_label(locale), cell.lat, cell.lng, cell.people)
        for number, cell in enumerate(public.cells, start=1)
    ]
    return MapMarkers(cells, public.total)


def warning() -> str | None:
    """Return a short text if counters had to be corrected within ``WARNED_FOR``, else ``None``."""
    is_recent = AuditEntry.action == MapAction.CORRECT_COUNTERS, AuditEntry.at > now() - WARNED_FOR
    entries = select(AuditEntry.at, AuditEntry.details).where(*is_recent)
    last = db.session.execute(entries.order_by(AuditEntry.at.desc()).limit(1)).first()
    return last and f"numbers were wrong by {last.details['people']}, corrected on {last.at:%Y-%m-%d}"


def _marker(city: counts.CityCount, events: int, locale: str, query: str) -> MapMarker:
    return MapMarker(
        id=city.id,
        name=city.label(locale),
        full_name=city.full_label(locale),
        lat=city.lat,
        lng=city.lng,
        people=city.people,
        events=events,
        url=f"/map/cities/{city.id}?{query}".rstrip("?"),
    )


def city_panel(actor: Actor, city_id: int, people_filter: PeopleFilter, until: str | None) -> CityPanel:
    """Return one city with its next events and its people of a filter, up to one page beyond the cursor ``until``.

    Everything is read in two statements. Raise ``NotFound`` for an unknown city, and ``Invalid`` for a cursor of
    another list.
    """
    in_city = replace(people_filter, city_id=min(city_id, ID_MAX))
    context, events, event_count = _context_and_events(actor, in_city)
    city = context.city
    if city is None:
        raise NotFound("no_such_city", _("This city is not on our map."))
    counted = directory.people_until(actor, in_city, context, until=until, count_all=True)
    return CityPanel(
        city=CityLabel(city.id, city.name, city.name_ru, city.country, city.country_code),
        country=country_name(city.country_code, city.country, language()),
        people_count=counted.total,
        events=events,
        event_count=event_count,
        people=counted.people.map(_without_city),
        context=context,
    )


def _context_and_events(actor: Actor, in_city: PeopleFilter) -> tuple[SearchContext, list[EventCard], int]:
    doubtful = DoubtfulWords.of(in_city.search)
    row = conditions.context_row(actor, len(doubtful.words)).params(city_id=in_city.city_id, **doubtful.values)
    rows = db.session.execute(city_events.with_next_events(row, actor, in_city.city_id, EVENTS_IN_CITY)).all()
    return conditions.context_from_row(rows[0], in_city), city_events.event_cards_in(rows), rows[0].upcoming


def _without_city(card: PersonCard) -> PersonCard:
    """Return the card without its city, for lists whose heading names it."""
    return replace(card, city=None)

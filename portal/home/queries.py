"""What joins several features for one person: places on the map, a city, what is next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.core.actor import Actor, Door, system_actor
from portal.core.errors import NotFound
from portal.core.paging import Page
from portal.events import queries as events
from portal.events.filters import Filter
from portal.events.records import EventCard
from portal.profiles import cities
from portal.profiles import map as people_map
from portal.profiles import queries as people
from portal.profiles.completion import Step, missing
from portal.profiles.countries import country_name
from portal.profiles.visibility import CityLabel, PersonCard

PEOPLE_PER_PART = 20
EVENTS_IN_CITY = 5
EVENTS_OF_MINE = 4
EVENTS_FURTHER = 4
NEWCOMERS = 4


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
    """Everything on one map, most people first; ``people`` may exceed the sum by those who are on no map."""

    items: list[Place]
    people: int

    @property
    def cities(self) -> int:
        """How many of the places have people."""
        return sum(place.people > 0 for place in self.items)


@dataclass(frozen=True, slots=True)
class CityPanel:
    """Who and what is in one city."""

    city: CityLabel
    country: str
    count: int
    events: list[EventCard]
    people: Page[PersonCard]


@dataclass(frozen=True, slots=True)
class Next:
    """The home page: what comes next for one person. Unless ``is_near``, the further events are from anywhere."""

    mine: list[EventCard]
    further: list[EventCard]
    is_near: bool
    city: CityLabel | None
    newcomers: list[PersonCard]
    places: Places
    step: Step | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """The landing page: numbers that are true and identify nobody."""

    places: Places
    coming_events: int


def language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "en"


def places(actor: Actor) -> Places:
    """Cities with people or coming events, as far as the actor may know of them."""
    counted = people_map.city_counts(actor)
    gatherings = events.city_event_counts(actor)
    only_events = gatherings.keys() - {city.id for city in counted}
    if only_events:
        counted = counted + people_map.positions(only_events)
    found = [_place(city, gatherings.get(city.id, 0)) for city in counted]
    return Places(found, sum(place.people for place in found))


def public_places() -> Places:
    """The cells of the public map."""
    public = people_map.public_map()
    locale = language()
    cells = [
        Place(number, cell.label(locale), cell.full_label(locale), cell.lat, cell.lng, cell.people)
        for number, cell in enumerate(public.cells, start=1)
    ]
    return Places(cells, public.total)


def _place(city: people_map.CityCount, gatherings: int) -> Place:
    locale = language()
    return Place(
        id=city.id,
        name=city.label(locale),
        full_name=city.full_label(locale),
        lat=city.lat,
        lng=city.lng,
        people=city.people,
        events=gatherings,
        url=f"/map/cities/{city.id}",
    )


def city_panel(actor: Actor, city_id: int, until: str | None) -> CityPanel:
    """One city with its next events and its people, unfolded beyond the cursor ``until``.

    Raises ``NotFound`` for a city that there is not.
    """
    city = cities.find(city_id)
    if city is None:
        raise NotFound("no_such_city", _("There is no such city on our map."))
    return CityPanel(
        city=CityLabel(city.id, city.name, city.name_ru, city.country, city.country_code),
        country=country_name(city.country_code, city.country, language()),
        count=people_map.city_count(actor, city_id),
        events=events.upcoming_in_city(actor, city_id, EVENTS_IN_CITY),
        people=people.people_in_city(actor, city_id, until=until, limit=PEOPLE_PER_PART).map(_without_city),
    )


def next_for(actor: Actor) -> Next:
    """What the home page of a member shows."""
    me = people.own(actor)
    near = _not_yet_mine(events.upcoming_in_city(actor, me.city.id, EVENTS_FURTHER * 2)) if me.city else []
    return Next(
        mine=events.mine_upcoming(actor, EVENTS_OF_MINE),
        further=near or _not_yet_mine(events.upcoming(actor, EVENTS_FURTHER * 2)),
        is_near=bool(near),
        city=me.city,
        newcomers=_newcomers(actor, me.city),
        places=places(actor),
        step=next(iter(missing(me)), None),
    )


def _newcomers(actor: Actor, city: CityLabel | None) -> list[PersonCard]:
    return [_without_city(card) for card in people_map.newest_in_city(actor, city.id, NEWCOMERS)] if city else []


def _without_city(card: PersonCard) -> PersonCard:
    """For lists whose heading already names the city."""
    return replace(card, city=None)


def _not_yet_mine(found: list[EventCard]) -> list[EventCard]:
    """Those to which the viewer has not said yes."""
    return [event for event in found if event.i_am is None][:EVENTS_FURTHER]


def welcome() -> Welcome:
    """What strangers are told; the number of coming events is all they learn of events."""
    return Welcome(public_places(), events.count(system_actor(Door.PAGE), Filter()))

"""What the home page and the landing page show of several features."""

from __future__ import annotations

from dataclasses import dataclass

from portal.alumni_map import counts
from portal.alumni_map.queries import MapMarkers, newest_in_city, public_markers
from portal.core.actor import Actor, Channel, system_actor
from portal.events import queries as events
from portal.events.filters import EventFilter
from portal.events.records import EventCard
from portal.profiles import queries as people
from portal.profiles.completion import Step, missing
from portal.profiles.visibility import CityLabel, PersonCard

EVENTS_OF_MINE = 4
EVENTS_FURTHER = 4
NEWCOMERS = 4


@dataclass(frozen=True, slots=True)
class HomePage:
    """The home page of a member: their next events, and other events, ``is_near`` in their city or from anywhere.

    ``people`` is the number of people on the map, ``cities`` that of their cities.
    """

    own_events: list[EventCard]
    other_events: list[EventCard]
    is_near: bool
    city: CityLabel | None
    newcomers: list[PersonCard]
    people: int
    cities: int
    step: Step | None


@dataclass(frozen=True, slots=True)
class LandingPage:
    """The landing page: numbers that are true and identify nobody."""

    markers: MapMarkers
    upcoming_events: int


def home_page(actor: Actor) -> HomePage:
    """Return what the home page of a member shows."""
    me = people.own(actor)
    number, cities = counts.totals(actor)
    near = _not_joined(events.upcoming_in_city(actor, me.city.id, EVENTS_FURTHER * 2)) if me.city else []
    return HomePage(
        own_events=events.mine_upcoming(actor, EVENTS_OF_MINE),
        other_events=near or _not_joined(events.upcoming(actor, EVENTS_FURTHER * 2)),
        is_near=bool(near),
        city=me.city,
        newcomers=newest_in_city(actor, me.city.id, NEWCOMERS) if me.city else [],
        people=number,
        cities=cities,
        step=next(iter(missing(me)), None),
    )


def _not_joined(cards: list[EventCard]) -> list[EventCard]:
    """Return the events that the viewer has not joined."""
    return [event for event in cards if event.own_attendance is None][:EVENTS_FURTHER]


def landing_page() -> LandingPage:
    """Return what visitors see; of events they learn the number of upcoming ones only."""
    return LandingPage(public_markers(), events.count(system_actor(Channel.PAGE), EventFilter()))

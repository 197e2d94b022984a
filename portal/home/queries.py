"""What the home page and the landing page show of several features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.cities.extension_points import MAP_TOTALS, PUBLIC_MARKERS
from portal.core.actor import Actor, Channel, system_actor
from portal.directory.queries import newest_in_city
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

    ``on_map`` are the numbers of people and of cities on the map, ``None`` in a portal without one.
    """

    own_events: list[EventCard]
    other_events: list[EventCard]
    is_near: bool
    city: CityLabel | None
    newcomers: list[PersonCard]
    on_map: tuple[int, int] | None
    step: Step | None


@dataclass(frozen=True, slots=True)
class LandingPage:
    """The landing page: numbers that are true and identify nobody.

    ``markers`` are those of the public map, ``None`` in a portal without one.
    """

    markers: Any
    upcoming_events: int


def home_page(actor: Actor) -> HomePage:
    """Return what the home page of a member shows."""
    me = people.own(actor)
    near = _not_joined(events.upcoming_in_city(actor, me.city.id, EVENTS_FURTHER * 2)) if me.city else []
    return HomePage(
        own_events=events.mine_upcoming(actor, EVENTS_OF_MINE),
        other_events=near or _not_joined(events.upcoming(actor, EVENTS_FURTHER * 2)),
        is_near=bool(near),
        city=me.city,
        newcomers=newest_in_city(actor, me.city.id, NEWCOMERS) if me.city else [],
        on_map=MAP_TOTALS.implementation(actor),
        step=next(iter(missing(me)), None),
    )


def _not_joined(cards: list[EventCard]) -> list[EventCard]:
    """Return the events that the viewer has not joined."""
    return [event for event in cards if event.own_attendance is None][:EVENTS_FURTHER]


def landing_page() -> LandingPage:
    """Return what visitors see; of events they learn the number of upcoming ones only."""
    return LandingPage(PUBLIC_MARKERS.implementation(), events.count(system_actor(Channel.PAGE), EventFilter()))

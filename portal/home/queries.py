"""What joins several features for one person: what is next, and what a visitor is told."""

from __future__ import annotations

from dataclasses import dataclass

from portal.alumni_map import counts
from portal.alumni_map.queries import Places, newest_in_city, public_places
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
class Next:
    """The home page: what comes next for one person. Unless ``is_near``, the further events are from anywhere.

    ``people`` are on the map, in ``cities``.
    """

    mine: list[EventCard]
    further: list[EventCard]
    is_near: bool
    city: CityLabel | None
    newcomers: list[PersonCard]
    people: int
    cities: int
    step: Step | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """The landing page: numbers that are true and identify nobody."""

    places: Places
    coming_events: int


def next_for(actor: Actor) -> Next:
    """What the home page of a member shows."""
    me = people.own(actor)
    number, cities = counts.totals(actor)
    near = _not_yet_mine(events.upcoming_in_city(actor, me.city.id, EVENTS_FURTHER * 2)) if me.city else []
    return Next(
        mine=events.mine_upcoming(actor, EVENTS_OF_MINE),
        further=near or _not_yet_mine(events.upcoming(actor, EVENTS_FURTHER * 2)),
        is_near=bool(near),
        city=me.city,
        newcomers=newest_in_city(actor, me.city.id, NEWCOMERS) if me.city else [],
        people=number,
        cities=cities,
        step=next(iter(missing(me)), None),
    )


def _not_yet_mine(found: list[EventCard]) -> list[EventCard]:
    """Those to which the viewer has not said yes."""
    return [event for event in found if event.own_attendance is None][:EVENTS_FURTHER]


def welcome() -> Welcome:
    """What strangers are told; the number of coming events is all they learn of events."""
    return Welcome(public_places(), events.count(system_actor(Channel.PAGE), EventFilter()))

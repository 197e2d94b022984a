"""Content of the home page and the landing page, read from several features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.cities.extension_points import MAP_TOTALS, PUBLIC_MARKERS
from portal.core.actor import Actor, Channel, system_actor
from portal.directory.queries import newest_in_city
from portal.events import queries as events
from portal.events.records import EventCard
from portal.profiles import queries as people
from portal.profiles.completion import Step, missing
from portal.profiles.first_steps import FirstSteps, first_steps
from portal.profiles.visibility import CityLabel, PersonCard

EVENTS_OF_MINE = 4
EVENTS_FURTHER = 4
NEWCOMERS = 4


@dataclass(frozen=True, slots=True)
class HomePage:
    """The content of a member's home page.

    ``own_events`` are the next events that they organise, go to or wait for; ``other_events`` are upcoming ones, in
    their ``city`` if ``is_near``, else anywhere. ``newcomers`` are the people of the city who joined last.
    ``on_map`` holds the numbers of people and of cities on the map, ``None`` in a portal without one. ``first_steps``
    are for somebody new; without them ``step`` suggests what to add to the profile, ``None`` if it is complete.
    """

    own_events: list[EventCard]
    other_events: list[EventCard]
    is_near: bool
    city: CityLabel | None
    newcomers: list[PersonCard]
    on_map: tuple[int, int] | None
    first_steps: FirstSteps | None
    step: Step | None


@dataclass(frozen=True, slots=True)
class LandingPage:
    """The content of the landing page, which identifies nobody.

    ``markers`` are the markers of the public map, ``None`` in a portal without one; ``upcoming_events`` is a number.
    """

    markers: Any
    upcoming_events: int


def home_page(actor: Actor) -> HomePage:
    """Return the content of the home page of the actor, who must be signed in.

    Without upcoming events in their city that they have not joined, ``other_events`` are from anywhere.
    """
    me = people.own(actor)
    near = _not_joined(events.upcoming_in_city(actor, me.city.id, EVENTS_FURTHER * 2)) if me.city else []
    steps = first_steps(actor, me)
    return HomePage(
        own_events=events.mine_upcoming(actor, EVENTS_OF_MINE),
        other_events=near or _not_joined(events.upcoming(actor, EVENTS_FURTHER * 2)),
        is_near=bool(near),
        city=me.city,
        newcomers=newest_in_city(actor, me.city.id, NEWCOMERS) if me.city else [],
        on_map=MAP_TOTALS.implementation(actor),
        first_steps=steps,
        step=None if steps else next(iter(missing(me)), None),
    )


def _not_joined(cards: list[EventCard]) -> list[EventCard]:
    """Return the first ``EVENTS_FURTHER`` events in which the viewer neither takes part nor waits for a place."""
    return [event for event in cards if event.own_attendance is None][:EVENTS_FURTHER]


def landing_page() -> LandingPage:
    """Return the content of the landing page: the markers of the public map, and the number of upcoming events."""
    return LandingPage(PUBLIC_MARKERS.implementation(), events.upcoming_count(system_actor(Channel.PAGE)))

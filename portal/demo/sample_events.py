"""The events of the demo data: past and upcoming, in person and online, full, nearly full, waiting for the office."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from portal.core.approval import Approval
from portal.demo import event_ideas
from portal.demo.cities import CityPool, DemoCity
from portal.demo.event_ideas import EventIdea
from portal.demo.ids import demo_id
from portal.demo.people import DemoPerson
from portal.events.models import Attendance, search_text

SEED = 2026
COVER_POOL_SIZE = 12
RUSSIAN_SPEAKING = frozenset({"RU", "BY", "KZ", "KG"})
FIRST_CITIES: tuple[str, ...] = (
    "Kazan",
    "Berlin",
    "Innopolis",
    "Moscow",
    "Almaty",
    "London",
    "Saint Petersburg",
    "New York City",
    "Dubai",
)
FIRST_CITIES += (
    "Belgrade",
    "Kazan",
    "Tokyo",
    "Moscow",
    "Amsterdam",
    "Innopolis",
    "San Francisco",
    "Tbilisi",
    "Istanbul",
)
FIRST_CITIES += ("Singapore", "Lisbon", "Yekaterinburg", "Yerevan", "Novosibirsk", "Barcelona")
CURRENCIES = {"RU": "RUB", "KZ": "KZT", "GB": "GBP", "US": "USD", "AE": "AED", "JP": "JPY", "TR": "TRY"}
EXCHANGE_RATES = {"RUB": 1, "KZT": 5, "TRY": 1, "JPY": 3}


class Scenario(StrEnum):
    """The situations that events of the demo data show, such as a full event or one that waits for review."""

    UPCOMING = "upcoming"
    PAST = "past"
    FULL = "full"
    LAST_PLACE = "last place"
    PENDING = "pending"
    DECLINED = "declined"
    CANCELLED = "cancelled"


FIRST_SCENARIOS: tuple[Scenario, ...] = (
    Scenario.FULL,
    Scenario.LAST_PLACE,
    Scenario.PENDING,
    Scenario.UPCOMING,
    Scenario.PENDING,
    Scenario.UPCOMING,
)
FIRST_SCENARIOS += (
    Scenario.FULL,
    Scenario.PENDING,
    Scenario.UPCOMING,
    Scenario.LAST_PLACE,
    Scenario.PENDING,
    Scenario.DECLINED,
    Scenario.UPCOMING,
)
FIRST_SCENARIOS += (Scenario.CANCELLED, Scenario.UPCOMING)
APPROVED_SCENARIOS = frozenset(
    {Scenario.UPCOMING, Scenario.PAST, Scenario.FULL, Scenario.LAST_PLACE, Scenario.CANCELLED}
)


@dataclass(frozen=True)
class SampleEvent:
    """An event of the demo data before it becomes rows; the first person who goes is its organiser.

    ``cover`` is the number of a cover in the pool, ``starts_local`` the start in the time zone of the city.
    """

    number: int
    scenario: Scenario
    idea: EventIdea
    city: DemoCity
    starts_local: datetime
    created_at: datetime
    capacity: int | None
    going: list[DemoPerson]
    waiting: list[DemoPerson] = field(default_factory=list)
    cover: int | None = None

    @cached_property
    def id(self) -> uuid.UUID:
        """The id of the event, always the same for its number."""
        return demo_id("event", self.number)

    @property
    def owner(self) -> DemoPerson:
        """The organiser of the event."""
        return self.going[0]

    @property
    def starts_at(self) -> datetime:
        """The start of the event with the time zone of its city."""
        return self.starts_local.replace(tzinfo=ZoneInfo(self.city.time_zone))


class PeopleByCity:
    """Listed people by city, from whom every event gets an organiser and participants, most of whom live there."""

    def __init__(self, people: list[DemoPerson]) -> None:
        self.listed = [person for person in people if person.is_listed]
        self._by_city: dict[int, list[DemoPerson]] = defaultdict(list)
        for person in self.listed:
            if person.city:
                self._by_city[person.city.city_id].append(person)

    def random_people(self, rng: Random, city: DemoCity, count: int) -> list[DemoPerson]:
        """Return ``count`` different listed people at random: as many as possible from the city, then others.

        Fewer are returned if there are not enough people.
        """
        nearby = self._by_city[city.city_id]
        people = rng.sample(nearby, min(count, len(nearby)))
        more = rng.sample(self.listed, min(2 * count, len(self.listed)))
        return list(dict.fromkeys([*people, *more]))[:count]


def sample_events(count: int, people: list[DemoPerson], cities: CityPool, today: datetime) -> Iterator[SampleEvent]:
    """Yield ``count`` events around ``today`` (midnight UTC), always the same for a day and people.

    The first three of ``people`` must be the first of ``known_people``, who take part in some of the first events.
    """
    rng = Random(SEED)  # noqa: S311 - demo data, not secrets
    people_by_city = PeopleByCity(people)
    known = {person.key: person for person in people[:3]}
    for number in range(1, count + 1):
        scenario = (
            FIRST_SCENARIOS[number - 1]
            if number <= len(FIRST_SCENARIOS)
            else rng.choice((Scenario.UPCOMING, Scenario.UPCOMING, Scenario.UPCOMING, Scenario.PAST, Scenario.PAST))
        )
        city = cities.named(FIRST_CITIES[number - 1]) if number <= len(FIRST_CITIES) else cities.random_city(rng)
        yield _sample_event(rng, number, scenario, city, people_by_city, known, today)


def _sample_event(
    rng: Random,
    number: int,
    scenario: Scenario,
    city: DemoCity,
    people_by_city: PeopleByCity,
    known: dict[str, DemoPerson],
    today: datetime,
) -> SampleEvent:
    ideas = event_ideas.RUSSIAN if city.country_code in RUSSIAN_SPEAKING and number % 3 else event_ideas.ENGLISH
    idea = ideas[(number * 7) % len(ideas)]
    if scenario in {Scenario.FULL, Scenario.LAST_PLACE} and idea.is_online:
        idea = ideas[0]
    capacity = idea.capacity if scenario is not Scenario.FULL else min(idea.capacity or 12, 14)
    if scenario is Scenario.LAST_PLACE:
        capacity = min(idea.capacity or 20, 20)
    going, waiting = _participants(rng, number, scenario, city, people_by_city, known, capacity)
    return SampleEvent(
        number=number,
        scenario=scenario,
        idea=idea,
        city=city,
        starts_local=_start(rng, scenario, idea, today),
        created_at=today - timedelta(days=_age_in_days(rng, scenario)),
        capacity=capacity,
        going=going,
        waiting=waiting,
        cover=rng.randrange(COVER_POOL_SIZE) if rng.random() < 0.45 else None,
    )


def _participants(
    rng: Random,
    number: int,
    scenario: Scenario,
    city: DemoCity,
    people_by_city: PeopleByCity,
    known: dict[str, DemoPerson],
    capacity: int | None,
) -> tuple[list[DemoPerson], list[DemoPerson]]:
    """Return who goes, the organiser first, and who is on the waiting list; known people are at the first events."""
    most = capacity or 60
    number_going = {
        Scenario.FULL: most,
        Scenario.LAST_PLACE: most - 1,
        Scenario.UPCOMING: rng.randrange(4, max(6, min(most - 2, 32))),
        Scenario.PAST: rng.randrange(8, max(10, min(most, 46))),
        Scenario.CANCELLED: 6,
    }.get(scenario, 1)
    candidates = people_by_city.random_people(rng, city, number_going + 6)
    alina, bob = known["alina"], known["bob"]
    people = [person for person in candidates if person not in (alina, bob)]
    if city.name == "Berlin" and number <= len(FIRST_CITIES):
        people.insert(0, bob)
    elif city.name == "Kazan" and number in {1, 11}:
        people.insert(0, alina)
    elif scenario is Scenario.UPCOMING and city.name in {"Moscow", "Innopolis"}:
        people.insert(1, alina)
    going, waiting = people[:number_going], people[number_going : number_going + 4] if scenario is Scenario.FULL else []
    return going, [*waiting, bob] if number == 1 else waiting


def _start(rng: Random, scenario: Scenario, idea: EventIdea, today: datetime) -> datetime:
    days = -rng.randrange(3, 400) if scenario is Scenario.PAST else rng.randrange(2, 75)
    if idea.weekday is not None:
        days += (idea.weekday - (today + timedelta(days=days)).weekday()) % 7
        days -= 7 if scenario is Scenario.PAST else 0
    return today.replace(tzinfo=None) + timedelta(days=days, hours=idea.hour, minutes=idea.minutes)


def _age_in_days(rng: Random, scenario: Scenario) -> float:
    """Return how many days ago the event was created: well before a past event, recently for a waiting one."""
    if scenario is Scenario.PENDING:
        return rng.uniform(0.2, 3)
    return rng.uniform(415, 440) if scenario is Scenario.PAST else rng.uniform(4, 20)


def event_row(event: SampleEvent) -> dict[str, Any]:
    """Return the values of the event's ``Event`` row, by column."""
    idea, city, scenario = event.idea, event.city, event.scenario
    decided_at = event.created_at + timedelta(days=1)
    approval = Approval.APPROVED if scenario in APPROVED_SCENARIOS else Approval(scenario.value)
    currency = CURRENCIES.get(city.country_code, "EUR")
    starts_at = event.starts_at
    is_russian = not idea.title.isascii()
    title = idea.title.format(city=city.name_ru if is_russian else city.name)
    is_decided = approval is not Approval.PENDING
    return {
        "id": event.id,
        "owner_id": event.owner.id,
        "title": title,
        "search": search_text(title, idea.place),
        "description": idea.description,
        "is_online": idea.is_online,
        "city_id": None if idea.is_online else city.city_id,
        "place": idea.place,
        "starts_local": event.starts_local,
        "time_zone": city.time_zone,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=idea.duration),
        "cost": _price(idea.cost, currency, is_russian=is_russian) * 100,
        "currency": currency,
        "capacity": event.capacity,
        "cover_id": None if event.cover is None else demo_id("cover", event.number),
        "approval": approval.value,
        "decided_at": decided_at if is_decided else None,
        "decided_by": demo_id("account", 3) if is_decided else None,
        "decision_note": "Tell us where you will meet, then we publish it." if approval is Approval.DECLINED else None,
        "cancelled_at": decided_at + timedelta(days=1) if scenario is Scenario.CANCELLED else None,
        "created_at": event.created_at,
        "updated_at": event.created_at,
    }


def _price(cost: int, currency: str, *, is_russian: bool) -> int:
    """Return the cost of an idea (in roubles for Russian ones, else in a hard currency) in units of ``currency``."""
    if is_russian:
        return cost if currency == "RUB" else cost * EXCHANGE_RATES.get(currency, 1)
    return cost * 100 if currency in EXCHANGE_RATES else cost


def participation_rows(event: SampleEvent) -> Iterator[dict[str, Any]]:
    """Yield the values, by column, of a ``Participation`` row for everybody who goes or waits.

    They joined one every two minutes after the event was created.
    """
    people = [*event.going, *event.waiting]
    for position, person in enumerate(people):
        state = Attendance.GOING if position < len(event.going) else Attendance.WAITING
        yield {
            "event_id": event.id,
            "account_id": person.id,
            "state": state.value,
            "joined_at": event.created_at + timedelta(minutes=2 * position),
        }

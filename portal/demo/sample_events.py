"""The events of the demo: past and coming, here and online, full, nearly full, waiting for the office."""

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
from portal.demo import programme
from portal.demo.ids import demo_id
from portal.demo.people import Person
from portal.demo.places import Home, World
from portal.demo.programme import Idea
from portal.events.models import Attendance

SEED = 2026
COVERS = 12
RUSSIAN_SPOKEN = frozenset({"RU", "BY", "KZ", "KG"})
HOSTS: tuple[str, ...] = (
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
HOSTS += ("Belgrade", "Kazan", "Tokyo", "Moscow", "Amsterdam", "Innopolis", "San Francisco", "Tbilisi", "Istanbul")
HOSTS += ("Singapore", "Lisbon", "Yekaterinburg", "Yerevan", "Novosibirsk", "Barcelona")
CURRENCIES = {"RU": "RUB", "KZ": "KZT", "GB": "GBP", "US": "USD", "AE": "AED", "JP": "JPY", "TR": "TRY"}
RATES = {"RUB": 1, "KZT": 5, "TRY": 1, "JPY": 3}


class Plot(StrEnum):
    """What there is to see at an event."""

    COMING = "coming"
    PAST = "past"
    FULL = "full"
    LAST_PLACE = "last place"
    PENDING = "pending"
    DECLINED = "declined"
    CANCELLED = "cancelled"


OPENING: tuple[Plot, ...] = (Plot.FULL, Plot.LAST_PLACE, Plot.PENDING, Plot.COMING, Plot.PENDING, Plot.COMING)
OPENING += (Plot.FULL, Plot.PENDING, Plot.COMING, Plot.LAST_PLACE, Plot.PENDING, Plot.DECLINED, Plot.COMING)
OPENING += (Plot.CANCELLED, Plot.COMING)
PUBLISHED = frozenset({Plot.COMING, Plot.PAST, Plot.FULL, Plot.LAST_PLACE, Plot.CANCELLED})


@dataclass(frozen=True)
class Gathering:
    """One event of the demo, before it becomes rows; the owner is the first who goes."""

    number: int
    plot: Plot
    idea: Idea
    home: Home
    starts_local: datetime
    created_at: datetime
    capacity: int | None
    going: list[Person]
    waiting: list[Person] = field(default_factory=list)
    cover: int | None = None

    @cached_property
    def id(self) -> uuid.UUID:
        return demo_id("event", self.number)

    @property
    def owner(self) -> Person:
        return self.going[0]

    @property
    def starts_at(self) -> datetime:
        return self.starts_local.replace(tzinfo=ZoneInfo(self.home.time_zone))


class Neighbours:
    """Listed people by city, to give every event organisers and guests who live there."""

    def __init__(self, people: list[Person]) -> None:
        self.everybody = [person for person in people if person.is_listed]
        self._by_city: dict[int, list[Person]] = defaultdict(list)
        for person in self.everybody:
            if person.home:
                self._by_city[person.home.city_id].append(person)

    def draw(self, dice: Random, home: Home, count: int) -> list[Person]:
        """Different people, mostly from the city."""
        near = self._by_city[home.city_id]
        guests = dice.sample(near, min(count, len(near)))
        more = dice.sample(self.everybody, min(2 * count, len(self.everybody)))
        return list(dict.fromkeys([*guests, *more]))[:count]


def everything(count: int, people: list[Person], world: World, today: datetime) -> Iterator[Gathering]:
    """``count`` events around ``today`` (midnight UTC); the same for the same day and people."""
    dice = Random(SEED)  # noqa: S311 - made-up events, not secrets
    neighbours = Neighbours(people)
    cast = {person.key: person for person in people[:3]}
    for number in range(1, count + 1):
        plot = (
            OPENING[number - 1]
            if number <= len(OPENING)
            else dice.choice((Plot.COMING, Plot.COMING, Plot.COMING, Plot.PAST, Plot.PAST))
        )
        home = world.named(HOSTS[number - 1]) if number <= len(HOSTS) else world.draw(dice)
        yield _gathering(dice, number, plot, home, neighbours, cast, today)


def _gathering(
    dice: Random, number: int, plot: Plot, home: Home, near: Neighbours, cast: dict[str, Person], today: datetime
) -> Gathering:
    ideas = programme.RUSSIAN if home.country_code in RUSSIAN_SPOKEN and number % 3 else programme.ENGLISH
    idea = ideas[(number * 7) % len(ideas)]
    if plot in {Plot.FULL, Plot.LAST_PLACE} and idea.online:
        idea = ideas[0]
    capacity = idea.capacity if plot is not Plot.FULL else min(idea.capacity or 12, 14)
    if plot is Plot.LAST_PLACE:
        capacity = min(idea.capacity or 20, 20)
    going, waiting = _guests(dice, number, plot, home, near, cast, capacity)
    return Gathering(
        number=number,
        plot=plot,
        idea=idea,
        home=home,
        starts_local=_start(dice, plot, idea, today),
        created_at=today - timedelta(days=_age(dice, plot)),
        capacity=capacity,
        going=going,
        waiting=waiting,
        cover=dice.randrange(COVERS) if dice.random() < 0.45 else None,
    )


def _guests(
    dice: Random, number: int, plot: Plot, home: Home, near: Neighbours, cast: dict[str, Person], capacity: int | None
) -> tuple[list[Person], list[Person]]:
    """Who goes (the owner first) and who waits; the cast is seen at the first events."""
    most = capacity or 60
    wanted = {
        Plot.FULL: most,
        Plot.LAST_PLACE: most - 1,
        Plot.COMING: dice.randrange(4, max(6, min(most - 2, 32))),
        Plot.PAST: dice.randrange(8, max(10, min(most, 46))),
        Plot.CANCELLED: 6,
    }.get(plot, 1)
    drawn = near.draw(dice, home, wanted + 6)
    alina, bob = cast["alina"], cast["bob"]
    guests = [person for person in drawn if person not in (alina, bob)]
    if home.name == "Berlin" and number <= len(HOSTS):
        guests.insert(0, bob)
    elif home.name == "Kazan" and number in {1, 11}:
        guests.insert(0, alina)
    elif plot is Plot.COMING and home.name in {"Moscow", "Innopolis"}:
        guests.insert(1, alina)
    going, waiting = guests[:wanted], guests[wanted : wanted + 4] if plot is Plot.FULL else []
    return going, [*waiting, bob] if number == 1 else waiting


def _start(dice: Random, plot: Plot, idea: Idea, today: datetime) -> datetime:
    days = -dice.randrange(3, 400) if plot is Plot.PAST else dice.randrange(2, 75)
    if idea.weekday is not None:
        days += (idea.weekday - (today + timedelta(days=days)).weekday()) % 7
        days -= 7 if plot is Plot.PAST else 0
    return today.replace(tzinfo=None) + timedelta(days=days, hours=idea.hour, minutes=idea.minutes)


def _age(dice: Random, plot: Plot) -> float:
    """Days since it was proposed: long enough before a past event, just now for what still waits."""
    if plot is Plot.PENDING:
        return dice.uniform(0.2, 3)
    return dice.uniform(415, 440) if plot is Plot.PAST else dice.uniform(4, 20)


def event_row(gathering: Gathering) -> dict[str, Any]:
    idea, home, plot = gathering.idea, gathering.home, gathering.plot
    decided_at = gathering.created_at + timedelta(days=1)
    approval = Approval.APPROVED if plot in PUBLISHED else Approval(plot.value)
    currency = CURRENCIES.get(home.country_code, "EUR")
    starts_at = gathering.starts_at
    russian = not idea.title.isascii()
    is_decided = approval is not Approval.PENDING
    return {
        "id": gathering.id,
        "owner_id": gathering.owner.id,
        "title": idea.title.format(city=home.name_ru if russian else home.name),
        "description": idea.description,
        "is_online": idea.online,
        "city_id": None if idea.online else home.city_id,
        "place": idea.place,
        "starts_local": gathering.starts_local,
        "time_zone": home.time_zone,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=idea.lasts),
        "cost": _price(idea.cost, currency, russian=russian) * 100,
        "currency": currency,
        "capacity": gathering.capacity,
        "cover_id": None if gathering.cover is None else demo_id("cover", gathering.number),
        "approval": approval.value,
        "decided_at": decided_at if is_decided else None,
        "decided_by": demo_id("account", 3) if is_decided else None,
        "decision_note": "Tell us where you will meet, then we publish it." if approval is Approval.DECLINED else None,
        "cancelled_at": decided_at + timedelta(days=1) if plot is Plot.CANCELLED else None,
        "created_at": gathering.created_at,
        "updated_at": gathering.created_at,
    }


def _price(cost: int, currency: str, *, russian: bool) -> int:
    """The idea's cost (roubles in Russian ones, else some hard currency) as a round number of ``currency``."""
    if russian:
        return cost if currency == "RUB" else cost * RATES.get(currency, 1)
    return cost * 100 if currency in RATES else cost


def participation_rows(gathering: Gathering) -> Iterator[dict[str, Any]]:
    """In the order in which they came: one every two minutes after the event was proposed."""
    everybody = [*gathering.going, *gathering.waiting]
    for position, person in enumerate(everybody):
        state = Attendance.GOING if position < len(gathering.going) else Attendance.WAITING
        yield {
            "event_id": gathering.id,
            "account_id": person.id,
            "state": state.value,
            "joined_at": gathering.created_at + timedelta(minutes=2 * position),
        }

"""The people of the demo: a cast with known roles, a few who wait or are banned, and as many others as wanted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from portal.accounts.models import Role, VerifiedBy
from portal.accounts.names import search_text, sort_name
from portal.demo import drawing, names, texts
from portal.demo.ids import demo_id
from portal.demo.names import Name
from portal.demo.places import Home, World
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience, Profile

SEED = 2014
FIRST_YEAR = 2014
AVATARS = 120
DOMAIN = "demo.example"
NEWCOMER = f"newcomer@{DOMAIN}"
"""An address on the allow list that nobody has registered yet: try the registration with it."""
AUDIENCES = {Audience.MEMBERS: 52, Audience.PUBLIC: 34, Audience.ALUMNI: 7, Audience.SAME_YEAR: 3, Audience.ME: 4}
"""How widely people of the demo show their city: a few more than real ones would, so that the map is full."""
HABITS: tuple[tuple[int, dict[str, Audience]], ...] = (
    (55, {}),
    (20, {"telegram": Audience.ALUMNI}),
    (12, {"telegram": Audience.MEMBERS, "events": Audience.MEMBERS, "work": Audience.MEMBERS}),
    (6, {"telegram": Audience.SAME_YEAR, "biography": Audience.SAME_YEAR}),
    (4, {"work": Audience.PUBLIC, "biography": Audience.PUBLIC, "email": Audience.ALUMNI}),
    (3, dict.fromkeys(("year", "work", "biography", "events"), Audience.ME)),
)
"""What else people choose, and how many in a hundred do; what a habit does not name stays as it is at first."""
FIRST_CHOICES: dict[str, Audience] = {
    name: Profile.__table__.c[field.key].default.arg for name, field in AUDIENCE_FIELDS.items() if name != "city"
}


@dataclass(frozen=True)
class Person:
    """Somebody of the demo; ``key`` is the local part of the address of a member of the cast."""

    number: int
    name: Name
    key: str
    role: Role
    home: Home | None
    year: int | None
    audience: Audience
    joined_at: datetime
    verified: bool = True
    ban_reason: str | None = None
    avatar: int | None = None
    biography: str | None = None
    work: str | None = None
    programme: str | None = None
    telegram_alias: str | None = None
    habit: Mapping[str, Audience] = field(default_factory=dict, compare=False)
    on_allow_list: bool = True

    @cached_property
    def id(self) -> uuid.UUID:
        return demo_id("account", self.number)

    @property
    def is_listed(self) -> bool:
        return self.verified and self.ban_reason is None and self.role is not Role.STAFF


def cast(world: World, today: datetime) -> list[Person]:
    """The six whom the sign-in page names, four more who wait for the office, and two more who are banned."""

    def person(number: int, first: str, last: str, city: str, year: int | None, days: float, **more: Any) -> Person:
        given: dict[str, Any] = {"role": Role.ALUMNI, "audience": Audience.MEMBERS, **more}
        name = Name(first, last, ("", ""), russian=not first.isascii(), woman=False)
        home = world.named(city) if city else None
        return Person(number, name, given.pop("key"), given.pop("role"), home, year, joined_at=ago(days), **given)

    def ago(days: float) -> datetime:
        return today - timedelta(days=days)

    biography = "I organise the Kazan meetups. Data by day, choir by night; always happy to meet visitors."
    waits: dict[str, Any] = {"verified": False, "audience": Audience.ME, "on_allow_list": False}
    sociable = {"telegram": Audience.MEMBERS, "events": Audience.MEMBERS, "work": Audience.PUBLIC}
    works = "Data scientist at Volga Systems"
    # fmt: off
    return [
        person(1, "Alina", "Galieva", "Kazan", 2019, 700, key="alina", avatar=6, biography=biography, work=works,
               programme=texts.PROGRAMMES[2], telegram_alias="demo_alina", habit=sociable),
        person(2, "Bob", "Carter", "Berlin", 2018, 650, key="bob", avatar=1, work="Backend engineer at Meridian Cloud",
               programme=texts.PROGRAMMES[1], telegram_alias="demo_bob", habit=sociable),
        person(3, "Mona", "Lindqvist", "Innopolis", 2016, 720, key="mona", avatar=12, programme=texts.PROGRAMMES[0]),
        person(4, "Adam", "Weber", "Innopolis", None, 730, key="adam", role=Role.STAFF, audience=Audience.ME),
        person(5, "Nina", "Petrova", "Saint Petersburg", 2021, 2.4, key="nina", telegram_alias="demo_nina", **waits),
        person(6, "Boris", "Volkov", "Moscow", 2017, 400, key="boris", ban_reason="Advertising in private messages."),
        person(7, "Peter", "Müller", "", None, 1.3, key="p.mueller", role=Role.ALUMNI_FRIEND, **waits),
        person(8, "Сергей", "Демидов", "", 2016, 0.4, key="s.demidov", **waits),
        person(9, "Joana", "Lima", "Porto", 2020, 0.1, key="joana", telegram_alias="demo_joana", **waits),
        person(10, "Камила", "Юсупова", "Naberezhnyye Chelny", 2024, 3.2, key="kamila", **waits),
        person(11, "Gleb", "Orlov", "Tomsk", 2015, 300, key="gleb", ban_reason="Pretended to be someone else."),
        person(12, "Vera", "Titova", "Samara", 2020, 260, key="vera", ban_reason="Rude to newcomers, twice warned."),
    ]
    # fmt: on


def everybody(count: int, world: World, today: datetime) -> Iterator[Person]:
    """The cast and then others up to ``count``; the same for the same day."""
    known = cast(world, today)
    yield from known
    dice = Random(SEED)  # noqa: S311 - made-up people, not secrets
    for number in range(len(known) + 1, count + 1):
        yield _somebody(dice, number, world, today)


def _somebody(dice: Random, number: int, world: World, today: datetime) -> Person:
    home = world.draw(dice)
    name = names.draw(dice, home.country_code)
    is_friend = dice.random() < 0.04
    audience = dice.choices(list(AUDIENCES), weights=list(AUDIENCES.values()))[0]
    first, last = name.latin
    return Person(
        number,
        name,
        f"{first}.{last}.{number}",
        Role.ALUMNI_FRIEND if is_friend else Role.ALUMNI,
        home if dice.random() < 0.95 else None,
        None if is_friend else _year(dice, today.year),
        audience,
        today - timedelta(days=dice.uniform(4, 1000)),
        avatar=_avatar(dice, is_woman=name.woman) if dice.random() < 0.45 else None,
        biography=texts.draw_biography(dice, russian=name.russian, is_woman=name.woman),
        work=texts.draw_work(dice, russian=name.russian),
        programme=None if is_friend else dice.choice(texts.PROGRAMMES),
        telegram_alias=f"demo_{first}_{number}"[:32] if dice.random() < 0.6 else None,
        on_allow_list=dice.random() < 0.8,
        habit=dice.choices([habit for _share, habit in HABITS], weights=[share for share, _habit in HABITS])[0],
    )


def _year(dice: Random, this_year: int) -> int:
    """Later classes are larger."""
    years = range(FIRST_YEAR, this_year + 1)
    return dice.choices(years, weights=[60 + 14 * (year - FIRST_YEAR) for year in years])[0]


def _avatar(dice: Random, *, is_woman: bool) -> int:
    while True:
        number = dice.randrange(AVATARS)
        if drawing.is_pattern(number) or drawing.has_long_hair(number) == is_woman:
            return number


def allowed_addresses(crowd: list[Person]) -> list[str]:
    """The allow list: most of those who registered, and some who have yet to, ``newcomer@`` above all."""
    still_to_come = [f"graduate.{number}@{DOMAIN}" for number in range(1, 41)]
    return [NEWCOMER, *still_to_come, *(address(person) for person in crowd if person.on_allow_list)]


def address(person: Person) -> str:
    return f"{person.key}@{DOMAIN}"


def account_row(person: Person, password_hash: str) -> dict[str, Any]:
    verified_at = person.joined_at + timedelta(hours=5) if person.verified else None
    by_office = person.verified and not person.on_allow_list
    return {
        "id": person.id,
        "email": address(person),
        "password_hash": password_hash,
        "role": person.role.value,
        "first_name": person.name.first,
        "last_name": person.name.last,
        "search": search_text(person.name.first, person.name.last),
        "sort_name": sort_name(person.name.first, person.name.last),
        "verification": (VerifiedBy.MAIL if person.on_allow_list else VerifiedBy.OFFICE).value,
        "verified_at": verified_at,
        "verified_by": demo_id("account", 4) if by_office else None,
        "banned_at": person.joined_at + timedelta(days=30) if person.ban_reason else None,
        "ban_reason": person.ban_reason,
        "locale": "ru" if person.name.russian else None,
        "time_zone": person.home.time_zone if person.home else None,
        "created_at": person.joined_at,
        "updated_at": person.joined_at,
    }


def profile_row(person: Person) -> dict[str, Any]:
    return {
        "account_id": person.id,
        "graduation_year": person.year,
        "class_year": person.year,
        "programme": person.programme,
        "biography": person.biography,
        "work": person.work,
        "telegram_alias": person.telegram_alias,
        "city_id": person.home.city_id if person.home else None,
        "city_audience": person.audience.value,
        **{f"{name}_audience": chosen.value for name, chosen in {**FIRST_CHOICES, **person.habit}.items()},
        "avatar_id": None if person.avatar is None else demo_id("avatar", person.number),
        "created_at": person.joined_at,
        "updated_at": person.joined_at,
    }

"""The people of the demo data: some known people, among them waiting and banned ones, and any number of others."""

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
from portal.demo.cities import CityPool, DemoCity
from portal.demo.ids import demo_id
from portal.demo.names import Name
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience, Profile

SEED = 2014
FIRST_YEAR = 2014
AVATAR_POOL_SIZE = 120
DOMAIN = "demo.example"
NEWCOMER_EMAIL = f"newcomer@{DOMAIN}"
"""An email on the allow list without an account, to try the registration with."""
CITY_AUDIENCES = {Audience.MEMBERS: 52, Audience.PUBLIC: 34, Audience.ALUMNI: 7, Audience.SAME_YEAR: 3, Audience.ME: 4}
"""The audiences of cities with their weights: more public than in reality, so that the map is full."""
AUDIENCE_PROFILES: tuple[tuple[int, dict[str, Audience]], ...] = (
    (55, {}),
    (20, {"telegram": Audience.ALUMNI}),
    (12, {"telegram": Audience.MEMBERS, "events": Audience.MEMBERS, "work": Audience.MEMBERS}),
    (6, {"telegram": Audience.SAME_YEAR, "biography": Audience.SAME_YEAR}),
    (4, {"work": Audience.PUBLIC, "biography": Audience.PUBLIC, "email": Audience.ALUMNI}),
    (3, dict.fromkeys(("year", "work", "biography", "events"), Audience.ME)),
)
"""The audiences of other fields, with the percentage of people who choose them; fields without one keep the default."""
DEFAULT_AUDIENCES: dict[str, Audience] = {
    name: Profile.__table__.c[field.key].default.arg for name, field in AUDIENCE_FIELDS.items() if name != "city"
}


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo data, before they become rows; ``key`` is the local part of the email.

    ``audience`` is that of the city, ``audiences`` are those of other fields, ``avatar`` is the number of a picture in
    the pool. A ``ban_reason`` means that the person is banned.
    """

    number: int
    name: Name
    key: str
    role: Role
    city: DemoCity | None
    year: int | None
    audience: Audience
    joined_at: datetime
    is_verified: bool = True
    ban_reason: str | None = None
    avatar: int | None = None
    biography: str | None = None
    work: str | None = None
    programme: str | None = None
    telegram_alias: str | None = None
    audiences: Mapping[str, Audience] = field(default_factory=dict, compare=False)
    on_allow_list: bool = True

    @cached_property
    def id(self) -> uuid.UUID:
        """The id of the person's account, always the same for their number."""
        return demo_id("account", self.number)

    @property
    def email(self) -> str:
        """The email of the person's account."""
        return f"{self.key}@{DOMAIN}"

    @property
    def is_listed(self) -> bool:
        """Whether the person appears in lists, on the map and at events: verified, not banned and not staff."""
        return self.is_verified and self.ban_reason is None and self.role is not Role.STAFF


def known_people(cities: CityPool, today: datetime) -> list[DemoPerson]:
    """Return the six whom the sign-in page names, four more who wait for the office, and two more who are banned.

    ``today`` is the day from which their times of joining are counted back. Raise ``StopIteration`` if a city of theirs
    is not in ``cities``.
    """

    def person(number: int, first: str, last: str, city: str, year: int | None, days: float, **more: Any) -> DemoPerson:
        given: dict[str, Any] = {"role": Role.ALUMNI, "audience": Audience.MEMBERS, **more}
        name = Name(first, last, ("", ""), is_russian=not first.isascii(), is_woman=False)
        home = cities.named(city) if city else None
        return DemoPerson(number, name, given.pop("key"), given.pop("role"), home, year, joined_at=ago(days), **given)

    def ago(days: float) -> datetime:
        return today - timedelta(days=days)

    biography = "I organise the Kazan meetups. Data by day, choir by night; always happy to meet visitors."
    waits: dict[str, Any] = {"is_verified": False, "audience": Audience.ME, "on_allow_list": False}
    sociable = {"telegram": Audience.MEMBERS, "events": Audience.MEMBERS, "work": Audience.PUBLIC}
    works = "Data scientist at Volga Systems"
    # fmt: off
    return [
        person(1, "Alina", "Galieva", "Kazan", 2019, 700, key="alina", avatar=6, biography=biography, work=works,
               programme=texts.PROGRAMMES[2], telegram_alias="demo_alina", audiences=sociable),
        person(2, "Bob", "Carter", "Berlin", 2018, 650, key="bob", avatar=1, work="Backend engineer at Meridian Cloud",
               programme=texts.PROGRAMMES[1], telegram_alias="demo_bob", audiences=sociable),
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


def all_people(count: int, cities: CityPool, today: datetime) -> Iterator[DemoPerson]:
    """Yield the known people and then random ones up to ``count`` in all, always the same for a day and cities."""
    known = known_people(cities, today)
    yield from known
    rng = Random(SEED)  # noqa: S311 - demo data, not secrets
    for number in range(len(known) + 1, count + 1):
        yield _random_person(rng, number, cities, today)


def _random_person(rng: Random, number: int, cities: CityPool, today: datetime) -> DemoPerson:
    city = cities.random_city(rng)
    name = names.random_name(rng, city.country_code)
    is_friend = rng.random() < 0.04
    audience = rng.choices(list(CITY_AUDIENCES), weights=list(CITY_AUDIENCES.values()))[0]
    first, last = name.latin
    return DemoPerson(
        number,
        name,
        f"{first}.{last}.{number}",
        Role.ALUMNI_FRIEND if is_friend else Role.ALUMNI,
        city if rng.random() < 0.95 else None,
        None if is_friend else _year(rng, today.year),
        audience,
        today - timedelta(days=rng.uniform(4, 1000)),
        avatar=_avatar(rng, is_woman=name.is_woman) if rng.random() < 0.45 else None,
        biography=texts.random_biography(rng, is_russian=name.is_russian, is_woman=name.is_woman),
        work=texts.random_work(rng, is_russian=name.is_russian),
        programme=None if is_friend else rng.choice(texts.PROGRAMMES),
        telegram_alias=f"demo_{first}_{number}"[:32] if rng.random() < 0.6 else None,
        on_allow_list=rng.random() < 0.8,
        audiences=rng.choices(
            [audiences for _share, audiences in AUDIENCE_PROFILES],
            weights=[share for share, _audiences in AUDIENCE_PROFILES],
        )[0],
    )


def _year(rng: Random, this_year: int) -> int:
    """Return a random graduation year up to ``this_year``; later classes are larger."""
    years = range(FIRST_YEAR, this_year + 1)
    return rng.choices(years, weights=[60 + 14 * (year - FIRST_YEAR) for year in years])[0]


def _avatar(rng: Random, *, is_woman: bool) -> int:
    while True:
        number = rng.randrange(AVATAR_POOL_SIZE)
        if drawing.is_pattern(number) or drawing.has_long_hair(number) == is_woman:
            return number


def allowed_emails(people: list[DemoPerson]) -> list[str]:
    """Return the emails for the allow list: of most of ``people``, and of 41 graduates who have not registered yet.

    ``NEWCOMER_EMAIL`` is the first of them.
    """
    without_account = [f"graduate.{number}@{DOMAIN}" for number in range(1, 41)]
    return [NEWCOMER_EMAIL, *without_account, *(person.email for person in people if person.on_allow_list)]


def account_row(person: DemoPerson, password_hash: str) -> dict[str, Any]:
    """Return the values of the person's ``Account`` row, by column."""
    verified_at = person.joined_at + timedelta(hours=5) if person.is_verified else None
    by_office = person.is_verified and not person.on_allow_list
    return {
        "id": person.id,
        "email": person.email,
        "password_hash": password_hash,
        "role": person.role.value,
        "first_name": person.name.first,
        "last_name": person.name.last,
        "search": search_text(person.name.first, person.name.last),
        "sort_name": sort_name(person.name.first, person.name.last),
        "sort_name_ru": sort_name(person.name.first, person.name.last, "ru"),
        "verification": (VerifiedBy.MAIL if person.on_allow_list else VerifiedBy.OFFICE).value,
        "email_confirmed_at": person.joined_at,
        "verified_at": verified_at,
        "verified_by": demo_id("account", 4) if by_office else None,
        "banned_at": person.joined_at + timedelta(days=30) if person.ban_reason else None,
        "ban_reason": person.ban_reason,
        "locale": "ru" if person.name.is_russian else None,
        "time_zone": person.city.time_zone if person.city else None,
        "created_at": person.joined_at,
        "updated_at": person.joined_at,
    }


def consent_row(person: DemoPerson) -> dict[str, Any]:
    """Return the values of the person's ``PrivacyConsent`` row, by column: the notice as of registering."""
    return {"account_id": person.id, "version": 1, "agreed_at": person.joined_at}


def profile_row(person: DemoPerson) -> dict[str, Any]:
    """Return the values of the person's ``Profile`` row, by column."""
    return {
        "account_id": person.id,
        "graduation_year": person.year,
        "class_year": person.year,
        "programme": person.programme,
        "biography": person.biography,
        "work": person.work,
        "telegram_alias": person.telegram_alias,
        "city_id": person.city.city_id if person.city else None,
        "city_audience": person.audience.value,
        **{f"{name}_audience": chosen.value for name, chosen in {**DEFAULT_AUDIENCES, **person.audiences}.items()},
        "avatar_id": None if person.avatar is None else demo_id("avatar", person.number),
        "created_at": person.joined_at,
        "updated_at": person.joined_at,
    }

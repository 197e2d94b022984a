"""Nothing reaches anybody whom its audience leaves out: every column, audience, kind of viewer and way to ask.

Each column of ``Account`` and ``Profile`` holds a random marker, which is looked for in the raw bytes of the answers.
"""

from __future__ import annotations

import itertools
import random
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import inspect, true

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.events.models import Event
from portal.extensions import db
from portal.permissions.catalogue import MODERATORS
from portal.profiles import office_access, visibility
from portal.profiles.fields import AUDIENCE_BY_COLUMN, AUDIENCE_FIELDS
from portal.profiles.models import Audience, Profile
from tests.factories import make_account, make_city, make_event, make_follow
from tests.profiles.people_endpoints import CHANNELS, SAYS_NO_ID, SHOWN, TOLD, Channel, other_channels
from tests.support.clients import Api, Client, Page

pytestmark = pytest.mark.slow

COLUMNS = sorted(str(column) for model in (Account, Profile) for column in inspect(model).column_attrs)
CLASS_YEAR = 2019

NO_ROOM_FOR_A_MARKER = {
    "an id, which is part of addresses": {"Account.id", "Profile.account_id", "Account.verified_by"},
    "one of a few words or numbers": {
        *(str(field.audience) for field in AUDIENCE_FIELDS.values()),
        "Account.role",
        "Account.verification",
        "Account.second_factor",
        "Account.locale",
        "Account.theme",
        "Account.time_zone",
        "Account.totp_step",
        "Profile.class_year",
    },
    "an instant": {
        "Account.verified_at",
        "Account.banned_at",
        "Account.banned_until",
        "Account.created_at",
        "Account.updated_at",
        "Profile.created_at",
        "Profile.updated_at",
    },
    "a picture, which every member may see": {"Profile.avatar_id"},
}
UNMARKED = set().union(*NO_ROOM_FOR_A_MARKER.values())
MARKED = [column for column in COLUMNS if column not in UNMARKED]

KINDS = ("herself", "same year", "another year", "friend", "staff", "office", "stranger")
MEMBERS = {"herself", "same year", "another year", "friend", "staff", "office"}
ADMITTED: dict[Audience | None, set[str]] = {
    None: set(),
    Audience.ME: {"herself"},
    Audience.SAME_YEAR: {"herself", "same year"},
    Audience.ALUMNI: {"herself", "same year", "another year", "office"},
    Audience.MEMBERS: MEMBERS,
    Audience.PUBLIC: {*MEMBERS, "stranger"},
}
"""Whom each audience includes; the office sits in lists as one of the alumni of another year."""

AS = {"same_year": "same year", "alumni": "another year", "friend": "friend", "public": "stranger"}
"""The kinds as whom people look at their own page, and whom each stands for."""


@dataclass(frozen=True)
class Subject:
    """Somebody to be looked at."""

    account: Account
    city_id: int
    audiences: dict[str, Audience]
    markers: dict[str, str]

    def audience(self, column: str) -> Audience | None:
        declared = AUDIENCE_BY_COLUMN[column]
        names = {str(field.audience): name for name, field in AUDIENCE_FIELDS.items()}
        return declared if isinstance(declared, Audience | None) else self.audiences[names[str(declared)]]

    def path(self, channel: Channel, event: Event, everybody: list[Subject]) -> str:
        return channel.path.format(
            id=self.account.id,
            city=self.city_id,
            city_name=self.markers["Profile.city_id"],
            event=event.id,
            host=event.owner_id,
            everybody="&".join(f"user_ids={one.account.id}" for one in everybody),
        )


def make_subject(number: int, year: int) -> Subject:
    """Fields and audiences are crossed, so that one field opened by another's audience is found."""
    every = list(Audience)
    audiences = {name: every[(number + place) % len(every)] for place, name in enumerate(AUDIENCE_FIELDS)}
    markers = {column: f"mark{secrets.token_hex(6)}" for column in MARKED}
    markers |= {"Profile.graduation_year": str(year), "Account.email": f"{markers['Account.email']}@demo.example"}
    city = make_city(markers["Profile.city_id"])
    values = {model: {} for model in ("Account", "Profile")}
    for column, marker in markers.items():
        model, _, key = column.partition(".")
        values[model][key] = marker
    chosen = {AUDIENCE_FIELDS[name].key: audience for name, audience in audiences.items()}
    profile = {**values["Profile"], **chosen, "graduation_year": year, "class_year": CLASS_YEAR, "city_id": city.id}
    return Subject(make_account(profile=profile, **values["Account"]), city.id, audiences, markers)


@pytest.fixture
def subjects(app: PortalFlask) -> list[Subject]:
    years = random.sample(range(1930, 1999), len(Audience))
    return [make_subject(number, year) for number, year in enumerate(years)]


@pytest.fixture
def event(subjects: list[Subject]) -> Event:
    host = make_account("host@demo.example")
    for one in subjects:
        make_follow(one.account, host)
        make_follow(host, one.account)
    return make_event(host, going=tuple(one.account for one in subjects))


def client_of(app: PortalFlask, kind: str, subject: Subject, channel: Channel) -> Client:
    client = (Api if channel.is_json else Page)(app)
    return client if kind == "stranger" else client.sign_in(viewer(kind, subject))


def viewer(kind: str, subject: Subject) -> Account:
    if kind == "herself":
        return subject.account
    year = {"same year": CLASS_YEAR, "another year": 2020, "office": 2020}.get(kind)
    role = {"friend": "alumni_friend", "staff": "staff"}.get(kind, "alumni")
    # Whoever changes their own year is still of the class that was confirmed.
    profile = {"graduation_year": CLASS_YEAR if role == "alumni" else None, "class_year": year}
    return make_account(role=role, profile=profile, groups=(MODERATORS,) if kind == "office" else ())


def asked(client: Client, path: str) -> str:
    return client.client.get(path, headers=getattr(client, "headers", {})).get_data(as_text=True)


def holds(answer: str, marker: str) -> bool:
    if marker.isdigit():  # no part of an id
        return re.search(rf"(?<![\w-]){marker}(?![\w-])", answer) is not None
    return marker in answer


def may_see(kind: str, channel: Channel, subject: Subject, audience: Audience | None) -> bool:
    """What the audiences promise."""
    if kind == "stranger" and not channel.for_strangers:
        return False
    if channel.is_office and kind != "office":
        return False
    if kind == "office" and channel.closely:
        return audience is not None
    if channel.by and not is_in_list(kind, channel, subject):
        return False
    return kind in ADMITTED[audience]


def is_in_list(kind: str, channel: Channel, subject: Subject) -> bool:
    """The office of the events knows who comes."""
    assert channel.by is not None
    return (kind == "office" and channel.by == "events") or kind in ADMITTED[subject.audiences[channel.by]]


def flaws(answer: str, kind: str, channel: Channel, subject: Subject) -> Iterator[str]:
    """Every cell of one answer about one person that is not as the audiences promise."""
    for column, marker in subject.markers.items():
        if channel.by == "city" and column == "Profile.city_id":
            continue  # the page of a city names it; who lives there is the question
        is_there, may_be = holds(answer, marker), may_see(kind, channel, subject, subject.audience(column))
        if is_there and not may_be:
            yield f"{channel.path} tells {kind} {column}, which is for {subject.audience(column)}"
        if may_be and not is_there and column in channel.shows:
            yield f"{channel.path} keeps {column} from {kind}, although it is for {subject.audience(column)}"
    if channel.by and channel.path not in SAYS_NO_ID:
        in_list = kind != "stranger" and is_in_list(kind, channel, subject)
        if (str(subject.account.id) in answer) is not in_list:
            yield f"{channel.path} has {kind} {'miss' if in_list else 'find'} somebody ({channel.by})"


def all_flaws(
    app: PortalFlask, kind: str, subjects: list[Subject], event: Event, channels: Iterable[Channel] = CHANNELS
) -> list[str]:
    found: list[str] = []
    shared: dict[bool, Client] = {}
    for channel in channels:
        answers: dict[str, str] = {}
        for subject in subjects:
            if kind == "herself" or channel.is_json not in shared:
                shared[channel.is_json] = client_of(app, kind, subject, channel)
                answers.clear()
            path = subject.path(channel, event, subjects)
            answers[path] = answers.get(path) or asked(shared[channel.is_json], path)
            found += flaws(answers[path], kind, channel, subject)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_gets_what_its_audience_keeps_from_them(
    app: PortalFlask, subjects: list[Subject], event: Event, kind: str
) -> None:
    if kind == "herself":  # the office's pages refuse her under her own name; elsewhere she finds herself
        channels = [channel for channel in CHANNELS if not channel.is_office]
    else:
        channels = [*CHANNELS, *other_channels(app)]
    assert all_flaws(app, kind, subjects, event, channels) == []


def unnoted(app: PortalFlask, subjects: list[Subject], event: Event, channel: Channel) -> list[str]:
    """People of whom the office was told what members are not, and who cannot read that it looked."""
    office = viewer("office", subjects[0])
    client = (Api if channel.is_json else Page)(app).sign_in(office)
    answers = [asked(client, subject.path(channel, event, subjects)) for subject in subjects]
    with app.app_context():
        notes = db.session.scalars(db.select(AuditEntry).where(AuditEntry.actor_id == office.id))
        noted = {one for note in notes for one in (note.target_id, *note.details.get("about", ()))}
    return [
        f"{channel.path} tells the office of {subject.account.id}"
        for subject, answer in zip(subjects, answers, strict=True)
        if any(is_beyond(subject, column) and holds(answer, marker) for column, marker in subject.markers.items())
        if str(subject.account.id) not in noted
    ]


def is_beyond(subject: Subject, column: str) -> bool:
    return "office" not in ADMITTED[subject.audience(column)]


def test_what_the_office_sees_beyond_members_is_noted_for_the_person(
    committed: PortalFlask, subjects: list[Subject], event: Event
) -> None:
    close = [channel for channel in (*CHANNELS, *other_channels(committed)) if channel.closely]
    assert [flaw for channel in close for flaw in unnoted(committed, subjects, event, channel)] == []


def test_a_look_that_is_not_noted_is_found(
    committed: PortalFlask, subjects: list[Subject], event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_access, "record_read", lambda *entry, **details: None)
    assert all(unnoted(committed, subjects, event, channel) for channel in CHANNELS if channel.closely)


@pytest.mark.parametrize("kind", AS)
def test_looking_at_oneself_as_others_do_shows_what_they_get(
    app: PortalFlask, subjects: list[Subject], kind: str
) -> None:
    found: list[str] = []
    for subject in subjects:
        page = Page(app).sign_in(subject.account)
        answer = page.get(f"/people/me?as={kind}").response.get_data(as_text=True)
        found += flaws(answer, AS[kind], Channel(f"as {kind}", SHOWN, for_strangers=True), subject)
    assert found == []


def test_the_matrix_is_large() -> None:
    asked_of_kinds = len(CHANNELS) * len(KINDS) + len(AS)
    pairs = set(itertools.product(AUDIENCE_FIELDS, Audience))
    assert {
        (name, list(Audience)[(number + place) % len(Audience)])
        for number in range(len(Audience))
        for place, name in enumerate(AUDIENCE_FIELDS)
    } == pairs
    assert asked_of_kinds * len(MARKED) * len(Audience) >= 400


def test_a_leak_is_found(
    app: PortalFlask, subjects: list[Subject], event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "admits", lambda audience, who: true())
    found = all_flaws(app, "friend", subjects, event, CHANNELS[:3])
    leaky = {column for column in TOLD if any(column in flaw for flaw in found)}
    assert leaky == TOLD


def undeclared(columns: Iterable[str]) -> list[str]:
    return [column for column in columns if column not in AUDIENCE_BY_COLUMN]


def test_every_column_has_an_audience_and_a_place_in_the_matrix() -> None:
    assert undeclared(COLUMNS) == []
    assert set(AUDIENCE_BY_COLUMN) == set(COLUMNS)
    assert set(COLUMNS) >= UNMARKED


def test_a_new_column_without_an_audience_is_found() -> None:
    assert undeclared([*COLUMNS, "Profile.shoe_size"]) == ["Profile.shoe_size"]

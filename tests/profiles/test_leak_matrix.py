"""Nothing reaches viewers whom its audience leaves out: every column, audience, kind of viewer and endpoint.

Each column of ``Account`` and ``Profile`` contains a random marker, which is searched in the raw bytes of responses.
"""

from __future__ import annotations

import itertools
import random
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import true

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.events.models import Event
from portal.extensions import db
from portal.permissions.catalogue import MODERATORS
from portal.profiles import office_access, queries, visibility
from portal.profiles.fields import AUDIENCE_BY_COLUMN, AUDIENCE_FIELDS
from portal.profiles.models import Audience
from tests.factories import change_profile, make_account, make_city, make_event, make_follow
from tests.profiles.markers import COLUMNS, MARKED, UNMARKED
from tests.profiles.people_endpoints import (
    BASIC_COLUMNS,
    PEOPLE_ENDPOINTS,
    SHOWN_COLUMNS,
    WITHOUT_IDS,
    PeopleEndpoint,
    other_endpoints,
)
from tests.support.clients import Api, Client, Page

pytestmark = pytest.mark.slow

CLASS_YEAR = 2019

KINDS = ("herself", "same year", "another year", "friend", "staff", "office", "visitor", "waiting")
OUTSIDERS = {"visitor", "waiting"}
"""Those who see only what is public: visitors, and people who wait for the office with a confirmed email."""
MEMBERS = {"herself", "same year", "another year", "friend", "staff", "office"}
ADMITTED: dict[Audience | None, set[str]] = {
    None: set(),
    Audience.ME: {"herself"},
    Audience.SAME_YEAR: {"herself", "same year"},
    Audience.ALUMNI: {"herself", "same year", "another year", "office"},
    Audience.MEMBERS: MEMBERS,
    Audience.PUBLIC: {*MEMBERS, *OUTSIDERS},
}
"""The kinds of viewers in each audience; in lists the office sees what alumni of another year see."""

AS = {"same_year": "same year", "alumni": "another year", "friend": "friend", "public": "visitor"}
"""The kinds of previews of the own profile, with the kind of viewer that each stands for."""


@dataclass(frozen=True)
class Subject:
    """A person whose profile is viewed, with the audiences of their fields and the markers in their columns."""

    account: Account
    city_id: int
    audiences: dict[str, Audience]
    markers: dict[str, str]

    def audience(self, column: str) -> Audience | None:
        declared = AUDIENCE_BY_COLUMN[column]
        names = {str(field.audience): name for name, field in AUDIENCE_FIELDS.items()}
        return declared if isinstance(declared, Audience | None) else self.audiences[names[str(declared)]]

    def path(self, endpoint: PeopleEndpoint, event: Event, everybody: list[Subject]) -> str:
        return endpoint.path.format(
            id=self.account.id,
            city=self.city_id,
            city_name=self.markers["Profile.city_id"],
            event=event.id,
            host=event.owner_id,
            everybody="&".join(f"user_ids={one.account.id}" for one in everybody),
        )


def make_subject(number: int, year: int) -> Subject:
    """Return a person whose fields have different audiences, so that a field shown by another's audience is found."""
    every = list(Audience)
    audiences = {name: every[(number + place) % len(every)] for place, name in enumerate(AUDIENCE_FIELDS)}
    markers = {column: f"mark{secrets.token_hex(6)}" for column in MARKED}
    markers |= {"Profile.links": f"https://{markers['Profile.links']}.example"}
    markers |= {"Profile.graduation_year": str(year), "Account.email": f"{markers['Account.email']}@demo.example"}
    city = make_city(markers["Profile.city_id"])
    values: dict[str, dict[str, Any]] = {model: {} for model in ("Account", "Profile")}
    for column, marker in markers.items():
        model, _, key = column.partition(".")
        values[model][key] = marker
    values["Profile"]["links"] = [{"label": "Elsewhere", "url": markers["Profile.links"]}]
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


def client_of(app: PortalFlask, kind: str, subject: Subject, endpoint: PeopleEndpoint) -> Client:
    client = (Api if endpoint.is_json else Page)(app)
    return client if kind == "visitor" else client.sign_in(viewer(kind, subject))


def viewer(kind: str, subject: Subject) -> Account:
    if kind == "herself":
        return subject.account
    year = {"same year": CLASS_YEAR, "waiting": CLASS_YEAR, "another year": 2020, "office": 2020}.get(kind)
    role = {"friend": "alumni_friend", "staff": "staff"}.get(kind, "alumni")
    # Whoever changes their own year is still of the class that was confirmed.
    profile = {"graduation_year": CLASS_YEAR if role == "alumni" else None, "class_year": year}
    groups = (MODERATORS,) if kind in {"office", "waiting"} else ()  # their rights rest as long as they wait
    return make_account(role=role, profile=profile, groups=groups, waiting=kind == "waiting")


def fetch(client: Client, path: str) -> str:
    return client.client.get(path, headers=getattr(client, "headers", {})).get_data(as_text=True)


def contains(answer: str, marker: str) -> bool:
    if marker.isdigit():  # no part of an id
        return re.search(rf"(?<![\w-]){marker}(?![\w-])", answer) is not None
    return marker in answer


def may_see(kind: str, endpoint: PeopleEndpoint, subject: Subject, audience: Audience | None) -> bool:
    """Return whether the audiences include the viewer."""
    if kind in OUTSIDERS and not endpoint.for_visitors:
        return False
    if endpoint.is_of_office and kind != "office":
        return False
    if kind == "office" and endpoint.as_staff_viewer:
        return audience is not None
    if endpoint.by and not is_in_list(kind, endpoint, subject):
        return False
    return kind in ADMITTED[audience]


def is_in_list(kind: str, endpoint: PeopleEndpoint, subject: Subject) -> bool:
    """Return whether the viewer may find the person in the list; the office sees all participants."""
    assert endpoint.by is not None
    return (kind == "office" and endpoint.by == "events") or kind in ADMITTED[subject.audiences[endpoint.by]]


def leaks(answer: str, kind: str, endpoint: PeopleEndpoint, subject: Subject) -> Iterator[str]:
    """Yield every column of one person that a response shows or hides against the audiences."""
    for column, marker in subject.markers.items():
        if endpoint.by == "city" and column == "Profile.city_id":
            continue  # the page of a city names it; who lives there is the question
        is_there, may_be = contains(answer, marker), may_see(kind, endpoint, subject, subject.audience(column))
        if is_there and not may_be:
            yield f"{endpoint.path} shows {kind} {column}, which is for {subject.audience(column)}"
        if may_be and not is_there and column in endpoint.shows:
            yield f"{endpoint.path} hides {column} from {kind}, although it is for {subject.audience(column)}"
    if endpoint.by and endpoint.path not in WITHOUT_IDS:
        in_list = kind not in OUTSIDERS and is_in_list(kind, endpoint, subject)
        if (str(subject.account.id) in answer) is not in_list:
            yield f"{endpoint.path} has {kind} {'miss' if in_list else 'find'} somebody ({endpoint.by})"


def all_leaks(
    app: PortalFlask,
    kind: str,
    subjects: list[Subject],
    event: Event,
    endpoints: Iterable[PeopleEndpoint] = PEOPLE_ENDPOINTS,
) -> list[str]:
    found: list[str] = []
    shared: dict[bool, Client] = {}
    for endpoint in endpoints:
        answers: dict[str, str] = {}
        for subject in subjects:
            if kind == "herself" or endpoint.is_json not in shared:
                shared[endpoint.is_json] = client_of(app, kind, subject, endpoint)
                answers.clear()
            path = subject.path(endpoint, event, subjects)
            answers[path] = answers.get(path) or fetch(shared[endpoint.is_json], path)
            found += leaks(answers[path], kind, endpoint, subject)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_response_holds_a_value_that_its_audience_hides(
    app: PortalFlask, subjects: list[Subject], event: Event, kind: str
) -> None:
    if kind == "herself":  # the office's pages refuse her under her own name; elsewhere she finds herself
        endpoints = [endpoint for endpoint in PEOPLE_ENDPOINTS if not endpoint.is_of_office]
    else:
        endpoints = [*PEOPLE_ENDPOINTS, *other_endpoints(app)]
    assert all_leaks(app, kind, subjects, event, endpoints) == []


def with_next_audiences(subject: Subject) -> Subject:
    """Let each field of a person have the next audience, and return the person with these."""
    every = list(Audience)
    audiences = {name: every[(every.index(one) + 1) % len(every)] for name, one in subject.audiences.items()}
    change_profile(subject.account, **{AUDIENCE_FIELDS[name].key: one.value for name, one in audiences.items()})
    return replace(subject, audiences=audiences)


def test_remembered_answers_hide_what_audiences_hide(
    committed: PortalFlask, subjects: list[Subject], event: Event, alina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All kinds of viewers ask, again when everything is remembered, after a change, and with a write before each."""
    kinds = [kind for kind in KINDS if kind != "herself"]
    viewers = {kind: viewer(kind, subjects[0]) for kind in kinds}
    monkeypatch.setattr(sys.modules[__name__], "viewer", lambda kind, _subject: viewers[kind])
    shown = [endpoint for endpoint in PEOPLE_ENDPOINTS if not endpoint.is_of_office]

    def found(endpoints: list[PeopleEndpoint]) -> list[str]:
        return [leak for kind in kinds for leak in all_leaks(committed, kind, subjects, event, endpoints)]

    assert found(shown) == []
    assert found(shown) == []
    subjects[:] = [with_next_audiences(subject) for subject in subjects]
    assert found(shown) == []
    for endpoint in shown:
        subjects[:] = [with_next_audiences(subject) for subject in subjects]
        change_profile(alina, work=endpoint.path[:100])
        assert found([endpoint]) == []


def unrecorded(app: PortalFlask, subjects: list[Subject], event: Event, endpoint: PeopleEndpoint) -> list[str]:
    """Return people of whom the office saw more than members without a record of it."""
    office = viewer("office", subjects[0])
    client = (Api if endpoint.is_json else Page)(app).sign_in(office)
    answers = [fetch(client, subject.path(endpoint, event, subjects)) for subject in subjects]
    with app.app_context():
        entries = db.session.scalars(db.select(AuditEntry).where(AuditEntry.actor_id == office.id))
        recorded = {one for entry in entries for one in (entry.target_id, *entry.details.get("about", ()))}
    return [
        f"{endpoint.path} shows the office {subject.account.id}"
        for subject, answer in zip(subjects, answers, strict=True)
        if any(is_beyond(subject, column) and contains(answer, marker) for column, marker in subject.markers.items())
        if str(subject.account.id) not in recorded
    ]


def is_beyond(subject: Subject, column: str) -> bool:
    return "office" not in ADMITTED[subject.audience(column)]


def test_what_the_office_sees_beyond_members_is_recorded(
    committed: PortalFlask, subjects: list[Subject], event: Event
) -> None:
    close = [endpoint for endpoint in (*PEOPLE_ENDPOINTS, *other_endpoints(committed)) if endpoint.as_staff_viewer]
    assert [leak for endpoint in close for leak in unrecorded(committed, subjects, event, endpoint)] == []


def test_missing_record_of_an_office_view_is_found(
    committed: PortalFlask, subjects: list[Subject], event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_access, "record_read", lambda *entry, **details: None)
    assert all(
        unrecorded(committed, subjects, event, endpoint) for endpoint in PEOPLE_ENDPOINTS if endpoint.as_staff_viewer
    )


@pytest.mark.parametrize("kind", AS)
def test_preview_shows_what_viewers_of_that_kind_get(app: PortalFlask, subjects: list[Subject], kind: str) -> None:
    found: list[str] = []
    for subject in subjects:
        page = Page(app).sign_in(subject.account)
        answer = page.get(f"/people/me?as={kind}").response.get_data(as_text=True)
        found += leaks(answer, AS[kind], PeopleEndpoint(f"as {kind}", SHOWN_COLUMNS, for_visitors=True), subject)
    assert found == []


def test_the_matrix_is_large() -> None:
    asked_of_kinds = len(PEOPLE_ENDPOINTS) * len(KINDS) + len(AS)
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
    monkeypatch.setattr(visibility, "_queries", {})  # none that leaks must be kept for other tests
    monkeypatch.setattr(queries, "_people", queries._people.__wrapped__)
    monkeypatch.setattr(visibility, "admits", lambda audience, who: true())
    found = all_leaks(app, "friend", subjects, event, PEOPLE_ENDPOINTS[:3])
    leaky = {column for column in BASIC_COLUMNS if any(column in leak for leak in found)}
    assert leaky == BASIC_COLUMNS


def undeclared(columns: Iterable[str]) -> list[str]:
    return [column for column in columns if column not in AUDIENCE_BY_COLUMN]


def test_every_column_has_an_audience_and_is_in_the_matrix() -> None:
    assert undeclared(COLUMNS) == []
    assert set(AUDIENCE_BY_COLUMN) == set(COLUMNS)
    assert set(COLUMNS) >= UNMARKED


def test_a_new_column_without_an_audience_is_found() -> None:
    assert undeclared([*COLUMNS, "Profile.shoe_size"]) == ["Profile.shoe_size"]

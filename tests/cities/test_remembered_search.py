"""The remembered search for cities: one answer for all, until a city changes."""

from __future__ import annotations

from sqlalchemy import update

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from tests.factories import make_city
from tests.support.clients import Api
from tests.support.statements import counting

PATH = "/api/v1/cities/search?q=kaz"


def names(api: Api) -> list[str]:
    return [city["city"] for city in api.get(PATH)["cities"]]


def test_a_second_caller_gets_the_cities_that_were_found(committed: PortalFlask, alina: Account, bob: Account) -> None:
    make_city()
    assert names(Api(committed).sign_in(alina)) == ["Kazan"]
    api = Api(committed).sign_in(bob)
    with counting(committed) as ran:
        assert names(api) == ["Kazan"]
    assert len(ran) == 1


def test_a_changed_city_is_found_on_the_next_request(committed: PortalFlask, alina: Account) -> None:
    kazan, api = make_city(), Api(committed).sign_in(alina)
    assert names(api) == ["Kazan"]
    make_city("Kazanka")
    assert set(names(api)) == {"Kazan", "Kazanka"}
    with committed.app_context(), unit_of_work():
        db.session.execute(update(City).where(City.id == kazan.id).values(lat=1.5))
    assert {city["lat"] for city in api.get(PATH)["cities"]} >= {1.5}

"""The map as JSON, as the existing clients use it."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.cities.models import City
from portal.profiles.models import Audience
from tests.factories import live_in
from tests.support.clients import Api


def test_map_counts_people_by_city(api: Api, alina: Account, bob: Account, kazan: City) -> None:
    for person in (alina, bob):
        live_in(person, kazan, Audience.MEMBERS)
    locations = api.sign_in(alina).get("/api/v1/profile/map")["locations"]
    assert locations == [{"country": "Russia", "city": "Kazan", "lat": kazan.lat, "lng": kazan.lng, "count": 2}]


def test_visitors_cannot_read_the_map(api: Api) -> None:
    api.get("/api/v1/profile/map", status=401)

"""Who sees in which city somebody lives: every audience, kind of viewer and endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.actor import Actor, Channel
from portal.directory import legacy_serializers as directory
from portal.permissions.catalogue import MODERATORS, Permission
from portal.profiles import queries
from portal.profiles.models import Audience
from tests.factories import live_in, make_account, make_city
from tests.support.clients import Api, Page
from tests.support.statements import counting

SECRET = "Quietburg"
KINDS = ("herself", "same year", "another year", "friend", "office")

SEES: dict[Audience, set[str]] = {
    Audience.ME: {"herself"},
    Audience.SAME_YEAR: {"herself", "same year"},
    Audience.ALUMNI: {"herself", "office", "same year", "another year"},
    Audience.MEMBERS: {"herself", "office", "same year", "another year", "friend"},
    Audience.PUBLIC: {"herself", "office", "same year", "another year", "friend"},
}

STAFF_VIEWER_SOURCES = {"profile", "page"}
"""Where the office sees everything; elsewhere it sees what alumni of another year see."""

ReadCity = Callable[[PortalFlask, Account, Account, City], str]


def by_api(path: str) -> ReadCity:
    def ask(app: PortalFlask, viewer: Account, ada: Account, city: City) -> str:
        return json.dumps(Api(app).sign_in(viewer).get(path.format(id=ada.id, city=city.id)))

    return ask


def by_page(path: str) -> ReadCity:
    def ask(app: PortalFlask, viewer: Account, ada: Account, city: City) -> str:
        shown = Page(app).sign_in(viewer).get(path.format(id=ada.id, city=city.id)).response
        return shown.get_data(as_text=True)

    return ask


def by_card(app: PortalFlask, viewer: Account, ada: Account, city: City) -> str:
    with app.app_context():
        actor = actor_of(viewer)
        return repr(queries.cards(replace(actor, class_year=queries.class_year_of(actor)), [ada.id]))


SOURCES: dict[str, ReadCity] = {
    "profile": by_api("/api/v1/profile/{id}"),
    "bulk": by_api("/api/v1/profile/?user_ids={id}"),
    "everybody": by_api("/api/v1/profile/all?limit=100"),
    "map": by_api("/api/v1/profile/map"),
    "page": by_page("/people/{id}"),
    "map data": by_page("/map/data.json"),
    "card": by_card,
}


def actor_of(account: Account) -> Actor:
    office = frozenset({str(Permission.PEOPLE_READ_ALL)}) if account.first_name == "office" else frozenset[str]()
    return Actor(Channel.PAGE, account_id=account.id, role=account.role, permissions=office)


@pytest.fixture
def city(app: PortalFlask) -> City:
    return make_city(SECRET, search=f"||{SECRET.lower()}|")


@pytest.fixture
def ada(app: PortalFlask) -> Account:
    return make_account(first_name="Ada", last_name="Hidden", profile={"graduation_year": 2019})


def viewer(kind: str, ada: Account) -> Account:
    if kind == "herself":
        return ada
    values: dict[str, dict[str, Any]] = {
        "same year": {"profile": {"graduation_year": 2019}},
        "another year": {"profile": {"graduation_year": 2020}},
        "friend": {"role": "alumni_friend", "profile": {"graduation_year": None}},
        "office": {"role": "staff", "profile": {"graduation_year": None}, "groups": (MODERATORS,)},
    }
    return make_account(first_name=kind, **values[kind])


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("audience", Audience)
def test_city_is_visible_to_its_audience_only(
    app: PortalFlask, ada: Account, city: City, audience: Audience, kind: str, source: str
) -> None:
    live_in(ada, city, audience)
    answer = SOURCES[source](app, viewer(kind, ada), ada, city)
    is_staff_viewer = kind == "office" and source in STAFF_VIEWER_SOURCES
    assert (SECRET in answer) is (is_staff_viewer or kind in SEES[audience])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("audience", Audience)
def test_people_of_a_city_are_those_whose_city_the_viewer_may_see(
    app: PortalFlask, ada: Account, city: City, audience: Audience, kind: str
) -> None:
    live_in(ada, city, audience)
    api = Api(app).sign_in(viewer(kind, ada))
    items = api.get(f"/api/v1/profile/all?location=Russia,%20{SECRET}")["items"]
    assert (str(ada.id) in {item["id"] for item in items}) is (kind in SEES[audience])


@pytest.mark.parametrize("audience", Audience)
def test_show_location_says_whether_the_viewer_is_in_the_audience(
    app: PortalFlask, ada: Account, city: City, audience: Audience
) -> None:
    live_in(ada, city, audience)
    for kind in KINDS:
        shared = audience != Audience.ME and kind in SEES[audience] | {"office"}
        profile = Api(app).sign_in(viewer(kind, ada)).get(f"/api/v1/profile/{ada.id}")
        assert profile["show_location"] is shared


def test_hidden_city_equals_no_city(app: PortalFlask, ada: Account, city: City, bob: Account) -> None:
    path = f"/api/v1/profile/{ada.id}"
    nowhere = Api(app).sign_in(bob).get(path)
    live_in(ada, city, Audience.ME)
    assert Api(app).sign_in(bob).get(path) == nowhere


def test_people_without_a_year_are_not_of_the_same_year(app: PortalFlask, city: City) -> None:
    ada, eve = (make_account(profile={"graduation_year": None}) for _ in range(2))
    live_in(ada, city, Audience.SAME_YEAR)
    assert Api(app).sign_in(eve).get(f"/api/v1/profile/{ada.id}")["location"] is None


@pytest.mark.parametrize("name", ["nina", "boris"])
@pytest.mark.needs_feature("alumni_map")
def test_inactive_accounts_are_in_no_response(
    app: PortalFlask, bob: Account, city: City, name: str, request: pytest.FixtureRequest
) -> None:
    hidden: Account = request.getfixturevalue(name)
    live_in(hidden, city, Audience.PUBLIC)
    api = Api(app).sign_in(bob)
    api.get(f"/api/v1/profile/{hidden.id}", status=404)
    for path in (f"?user_ids={hidden.id}", "all", f"all?location=Russia,%20{SECRET}", "map"):
        answer = json.dumps(api.get(f"/api/v1/profile/{path}"))
        assert str(hidden.id) not in answer
        assert SECRET not in answer


@pytest.mark.needs_feature("alumni_map")
def test_staff_have_a_page_but_are_not_listed(app: PortalFlask, bob: Account, adam: Account, city: City) -> None:
    live_in(adam, city, Audience.PUBLIC)
    api = Api(app).sign_in(bob)
    assert api.get(f"/api/v1/profile/{adam.id}")["location"] == f"Russia, {SECRET}"
    assert str(adam.id) not in json.dumps(api.get("/api/v1/profile/all?limit=100"))
    assert api.get("/api/v1/profile/map") == {"locations": []}


def test_visitors_see_nobody(app: PortalFlask, ada: Account, city: City) -> None:
    live_in(ada, city, Audience.PUBLIC)
    with app.app_context():
        stranger = Actor(Channel.PAGE)
        assert queries.cards(stranger, [ada.id]) == {}
        assert directory.page(stranger, city_id=city.id, search="").items == []


BUDGETS = {
    "/api/v1/profile/me": 2,
    "/api/v1/profile/{id}": 2,  # and one more for a staff viewer, whose view is audited
    "/api/v1/profile/{id}/avatar": 2,
    "/api/v1/profile/?user_ids={id}": 2,
    "/api/v1/profile/all": 3,
    f"/api/v1/profile/all?location=Russia,%20{SECRET}": 3,
    "/api/v1/profile/map": 3,
    "/people/{id}": 3,
    "/people/me": 3,
    "/people/me?as=same_year": 3,
    "/map/data.json": 3,
    "/settings/privacy": 5,
    "/settings/profile": 4,
}


@pytest.mark.parametrize("path", BUDGETS)
@pytest.mark.needs_feature("alumni_map")
def test_number_of_statements_does_not_grow_with_people(app: PortalFlask, ada: Account, city: City, path: str) -> None:
    for person in (ada, *(make_account() for _ in range(5))):
        live_in(person, city, Audience.ALUMNI)
    client = (Api if path.startswith("/api/") else Page)(app).sign_in(ada)
    with counting(app) as ran:
        client.get(path.format(id=ada.id))
    assert len(ran) <= BUDGETS[path], ran

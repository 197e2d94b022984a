"""The landing page for visitors, and the home page for members."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.cities.models import City
from portal.profiles.models import Audience
from tests.factories import change_profile, live_in, make_event
from tests.support.clients import Page
from tests.support.residents import Settle


@pytest.mark.needs_feature("alumni_map")
def test_landing_page_shows_real_numbers_and_one_action(page: Page, bob: Account, settle: Settle, kazan: City) -> None:
    settle(16, kazan)
    settle(12, kazan, Audience.ME)
    make_event(bob, city_id=kazan.id)
    shown = page.get("/")
    assert shown.texts(".stat") == ["30 people", "1 place on the map", "1 upcoming event"]
    assert shown.texts(".places li") == ["Kazan, Russia 15 people"]
    assert len(shown.soup.select("main .btn-primary")) == 1


@pytest.mark.needs_feature("alumni_map")
def test_the_landing_page_of_an_empty_portal_works(page: Page) -> None:
    assert page.get("/").texts(".stat")[0] == "0 people"


def test_landing_page_redirects_members_home(mine: Page) -> None:
    assert mine.get("/", status=303).location.endswith("/home")


def test_home_shows_what_is_next_and_what_is_near(mine: Page, alina: Account, bob: Account, kazan: City) -> None:
    live_in(alina, kazan)
    change_profile(alina, hides_first_steps=True)
    make_event(bob, title="Mine", city_id=kazan.id, going=(alina,))
    make_event(bob, title="Near", city_id=kazan.id)
    shown = mine.get("/home")
    assert shown.texts(".event-card-title") == ["Mine"]
    assert "Near you in Kazan" in shown.texts("h2")
    assert shown.texts(".section .row-title") == ["Near"]


def test_without_a_city_home_shows_events_from_anywhere(mine: Page, alina: Account, bob: Account, berlin: City) -> None:
    change_profile(alina, hides_first_steps=True)
    make_event(bob, title="Far", city_id=berlin.id)
    shown = mine.get("/home")
    assert shown.texts(".section .row-title") == ["Far"]
    assert "Upcoming events" in shown.texts("h2")


def test_home_names_newcomers_of_the_own_city(mine: Page, alina: Account, settle: Settle, kazan: City) -> None:
    live_in(alina, kazan)
    (newcomer,) = settle(1, kazan)
    assert mine.get("/home").texts(".home-side .row-title") == [newcomer.name]


def test_home_suggests_the_most_useful_missing_field(mine: Page, alina: Account, kazan: City) -> None:
    live_in(alina, kazan)
    change_profile(alina, hides_first_steps=True)
    assert mine.get("/home").texts(".home-side .btn") == ["Add my work"]


@pytest.mark.parametrize("path", ["/", "/home", "/map"])
@pytest.mark.needs_feature("alumni_map")
def test_pages_are_translated(page: Page, alina: Account, path: str) -> None:
    page.client.set_cookie("portal-locale", "ru")
    shown = (page if path == "/" else page.sign_in(alina)).get(path)
    assert shown.element("html")["lang"] == "ru"
    assert shown.texts("h1")[0] in {
        "Друзья из университета, где бы они ни жили",
        "Здравствуйте, Alina",
        "Кто где",
    }

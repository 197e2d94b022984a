"""The first steps that the home page shows to somebody new."""

from __future__ import annotations

import io

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.extensions import db
from portal.profiles.models import Audience, Profile
from tests.factories import change_profile, make_account, make_event, make_follow
from tests.files.pictures import encoded
from tests.support.clients import Page, PageResponse
from tests.support.residents import Settle

CITY = "/settings/city"


def profile(app: PortalFlask, account: Account) -> Profile:
    with app.app_context():
        return db.session.get_one(Profile, account.id)


def steps(shown: PageResponse) -> tuple[list[str], list[str]]:
    """Return the titles of the steps that are done and of those that are not."""
    done = [title.removeprefix("Done: ") for title in shown.texts(".step.is-done .step-title")]
    return done, shown.texts(".step:not(.is-done) .step-title")


@pytest.mark.needs_feature("follows")
def test_newcomer_is_welcomed_and_led_with_one_filled_button(mine: Page, bob: Account, berlin: City) -> None:
    make_event(bob, title="Dumplings", city_id=berlin.id)
    shown = mine.get("/home")
    assert shown.texts("h1") == ["Welcome, Alina"]
    assert steps(shown) == ([], ["Where do you live?", "Add a photo", "Find your classmates"])
    assert shown.texts("main .btn-primary") == ["Save my city"]
    assert (shown.texts("main .empty"), shown.texts(".event-card-title")) == ([], ["Dumplings"])
    assert len(shown.soup.select("form.join")) == 1


def test_city_asks_who_may_see_it_with_nothing_chosen_and_counts_them(mine: Page, app: PortalFlask) -> None:
    for role, year in (("alumni", 2019), ("alumni", 2019), ("alumni", 2012), ("alumni_friend", None)):
        make_account(role=role, profile={"graduation_year": year})
    make_account(banned=True)
    make_account(verified=False)
    shown = mine.get("/home")
    assert shown.soup.select("[name=city_audience][checked]") == []
    assert dict(zip(shown.texts(".choice-card label"), shown.texts(".choice-note"), strict=True)) == {
        "All alumni": "3 people; you are on their map",
        "Alumni of my year": "2 people, class of 2019",
        "Only me": "You see events near you; nobody sees you",
    }


@pytest.mark.needs_feature("follows")
def test_done_steps_shrink_and_the_last_one_ends_the_list(
    app: PortalFlask, mine: Page, alina: Account, bob: Account, kazan: City
) -> None:
    saved = mine.post(CITY, {"city_id": str(kazan.id), "city_audience": "alumni", "next": "/home"})
    assert saved.location == "/home"
    shown = mine.get("/home")
    assert steps(shown) == (["Kazan · seen by: All alumni"], ["Add a photo", "Find your classmates"])
    assert shown.texts("main .btn-primary") == ["Choose a photo"]
    form = {"first_name": "Alina", "last_name": "Demo", "city_id": str(kazan.id), "city_audience": "alumni"}
    mine.post("/settings/profile", {**form, "graduation_year": "2019", "avatar": (io.BytesIO(encoded()), "me.jpg")})
    shown = mine.get("/home")
    assert shown.texts("main .btn-primary") == ["See them"]
    make_follow(alina, bob)
    shown = mine.get("/home")
    assert (shown.soup.select(".first-steps"), shown.texts("h1")) == ([], ["Next for you"])


def test_hidden_steps_come_back_by_undo(mine: Page) -> None:
    assert mine.post("/settings/first-steps/hide").location == "/home"
    shown = mine.get("/home")
    assert shown.soup.select(".first-steps") == []
    undo = shown.element(".undo-bar form")["action"]
    mine.post(str(undo))
    assert mine.get("/home").soup.select(".first-steps")


@pytest.mark.needs_feature("follows")
def test_alumni_friend_and_staff_get_what_fits_them(page: Page, adam: Account) -> None:
    friend = make_account(role="alumni_friend", profile={"graduation_year": None})
    shown = page.sign_in(friend).get("/home")
    assert steps(shown)[1][2] == "Find people you know"
    assert shown.texts(".choice-card label") == ["Alumni and alumni friends", "Only me"]
    staff = make_account(role="staff")
    assert page.sign_in(staff).get("/home").soup.select(".first-steps") == []


@pytest.mark.needs_feature("follows")
def test_classmates_are_those_whose_year_the_newcomer_may_see(mine: Page, settle: Settle, kazan: City) -> None:
    make_account(first_name="Zed", last_name="Zulu", profile={"year_audience": Audience.ME})
    make_account(first_name="Old", last_name="Owl", profile={"graduation_year": 2001})
    make_account(first_name="Cora", last_name="Mate")
    assert mine.get("/home").texts(".step-list .avatar") == ["CM"]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"city_audience": "alumni"}, "Type the name of your city."),
        ({"city_id": "KAZAN"}, "Choose who may see your city."),
        ({"city_id": "KAZAN", "city_audience": "martians"}, "Choose who can see this."),
        ({"city_id": "77", "city_audience": "alumni"}, "Choose a city from the list."),
        ({"city_query": "Nowhereville", "city_audience": "alumni"}, "Nothing has been saved yet."),
        ({"city_id": "x", "city_audience": "me"}, "This must be a whole number."),
    ],
)
def test_city_without_an_answer_is_not_saved(
    app: PortalFlask, mine: Page, alina: Account, kazan: City, sent: dict[str, str], error: str
) -> None:
    values = {name: str(kazan.id) if value == "KAZAN" else value for name, value in sent.items()}
    shown = mine.post(CITY, values, status=422)
    assert error in " ".join(shown.texts("[role=alert] li"))
    assert profile(app, alina).city_id is None
    if sent.get("city_audience") == "alumni":
        assert shown.soup.select("[name=city_audience][value=alumni][checked]")


@pytest.mark.parametrize(
    ("audience", "message"),
    [
        ("me", "Kazan is saved. Only you see it, so nobody finds you on the map."),
        ("same_year", "Kazan is saved. Alumni of my year can see it: 1 person."),
        ("alumni", "Kazan is saved. All alumni can see it: 2 people."),
        ("members", "Kazan is saved. Alumni and alumni friends can see it: 3 people."),
        ("public", "Kazan is saved. Everyone can see it, signed in or not."),
    ],
)
@pytest.mark.parametrize("path", [CITY, "/settings/profile"])
def test_afterwards_it_is_said_who_sees_the_city(
    app: PortalFlask, mine: Page, alina: Account, kazan: City, audience: str, message: str, path: str
) -> None:
    make_account()
    make_account(profile={"graduation_year": 2001})
    make_account(role="alumni_friend", profile={"graduation_year": None})
    form = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019"}
    mine.post(path, {**form, "city_id": str(kazan.id), "city_audience": audience})
    assert message in " ".join(mine.get("/people/me").texts(".toast-note"))
    assert profile(app, alina).city_audience == audience


def test_profile_form_asks_too_and_keeps_an_earlier_choice(
    app: PortalFlask, mine: Page, alina: Account, kazan: City
) -> None:
    form = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_id": str(kazan.id)}
    assert mine.get("/settings/profile").soup.select("[name=city_audience][checked]") == []
    mine.post("/settings/profile", form, status=422)
    assert profile(app, alina).city_id is None
    change_profile(alina, city_audience=Audience.SAME_YEAR)
    assert mine.get("/settings/profile").element("[name=city_audience][checked]")["value"] == "same_year"


def test_home_of_somebody_without_a_city_offers_cities_without_scripts(mine: Page, kazan: City) -> None:
    shown = mine.post(CITY, {"city_query": "Kaz", "find": "1", "next": "/home"}, status=200)
    assert "Kazan, Russia" in shown.texts(".city-choices label")
    assert shown.element(".city-question [name=next]")["value"] == "/home"


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_next_leads_only_into_the_portal(mine: Page, kazan: City, target: str) -> None:
    saved = mine.post(CITY, {"city_id": str(kazan.id), "city_audience": "me", "next": target})
    assert saved.location == "/people/me"

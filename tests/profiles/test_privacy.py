"""Audiences of fields, previews of the own profile, and the record of what the office viewed."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.models import Audience, Profile
from tests.factories import make_account, make_sign_in
from tests.support.clients import Api, Page
from tests.support.statements import counting

PRIVACY = "/settings/privacy"
EDIT = "/settings/profile"
ALL_ME = {field.key: "me" for field in AUDIENCE_FIELDS.values()}


def audiences(app: PortalFlask, account: Account) -> dict[str, str]:
    with app.app_context():
        profile = db.session.get_one(Profile, account.id)
        return {name: getattr(profile, field.key) for name, field in AUDIENCE_FIELDS.items()}


def choose(app: PortalFlask, account: Account, **chosen: Any) -> None:
    Page(app).sign_in(account).post(PRIVACY, {**ALL_ME, **{f"{name}_audience": a for name, a in chosen.items()}})


def office_views(page: Page) -> list[str]:
    return page.get(PRIVACY).texts("#office-views .row-item")


def test_contact_fields_are_hidden_by_default(app: PortalFlask, alina: Account) -> None:
    chosen = audiences(app, alina)
    assert {name for name, audience in chosen.items() if audience == Audience.ME} == {"city", "telegram", "email"}
    assert set(chosen.values()) == {Audience.ME, Audience.ALUMNI}


def test_each_field_has_its_own_audience(app: PortalFlask, page: Page, alina: Account) -> None:
    sent = {field.key: field.offered[-1 - place % 3] for place, field in enumerate(AUDIENCE_FIELDS.values())}
    page.sign_in(alina).post(PRIVACY, sent)
    assert audiences(app, alina) == {name: sent[field.key] for name, field in AUDIENCE_FIELDS.items()}


@pytest.mark.parametrize(("key", "value"), [("city_audience", "nobody"), ("events_audience", "public")])
def test_audience_that_is_not_offered_is_refused(
    app: PortalFlask, page: Page, alina: Account, key: str, value: str
) -> None:
    before = audiences(app, alina)
    page.sign_in(alina).post(PRIVACY, {**ALL_ME, key: value}, status=422)
    assert audiences(app, alina) == before


def test_missing_field_of_the_form_stays_as_it_was(app: PortalFlask, page: Page, alina: Account) -> None:
    before = audiences(app, alina)
    page.sign_in(alina).post(PRIVACY, {"city_audience": "public"})
    assert audiences(app, alina) == {**before, "city": "public"}


def test_alumni_friends_are_not_offered_their_year(page: Page) -> None:
    friend = make_account(role="alumni_friend", profile={"graduation_year": None})
    shown = page.sign_in(friend).get(PRIVACY)
    assert "same_year" not in {option["value"] for option in shown.soup.select("option, [name$=_audience]")}


@pytest.mark.parametrize(
    ("given", "said", "links"),
    [(None, "no graduation year", [f"{EDIT}#graduation_year"]), (2019, "has to confirm your year", [])],
)
def test_graduates_without_a_class_year_learn_why(page: Page, given: int | None, said: str, links: list[str]) -> None:
    ada = make_account(profile={"graduation_year": given, "class_year": None})
    shown = page.sign_in(ada).get(PRIVACY)
    assert said in shown.text
    assert [link["href"] for link in shown.soup.select(".page-head-note a")] == links


@pytest.fixture
def ada(app: PortalFlask) -> Account:
    return make_account(first_name="Ada", profile={"work": "Compilers", "biography": "Quiet"})


def test_visitors_cannot_learn_who_has_an_account(page: Page, ada: Account) -> None:
    shown = page.get(f"/people/{ada.id}", status=303)
    nobody = page.get(f"/people/{make_sign_in(ada).id}", status=303)
    assert shown.location.replace(str(ada.id), "") == "/login?next=/people/"
    assert nobody.location.startswith("/login?next=/people/")


def test_visitors_get_the_name_and_exactly_what_is_public(app: PortalFlask, page: Page, ada: Account) -> None:
    choose(app, ada, work="public")
    shown = page.get(f"/people/{ada.id}")
    assert shown.texts("h1") == [ada.name]
    assert "Compilers" in shown.text
    for hidden in ("Quiet", "2019", ada.email, "/media/"):
        assert hidden not in shown.response.get_data(as_text=True)
    assert shown.response.headers["X-Robots-Tag"] == "noindex"
    assert shown.element("meta[name=robots]")["content"] == "noindex"


def test_empty_public_field_does_not_open_the_page(app: PortalFlask, page: Page, ada: Account) -> None:
    choose(app, ada, telegram="public", events="members")
    page.get(f"/people/{ada.id}", status=303)


@pytest.mark.parametrize("status", [{"verified": False}, {"banned": True}])
def test_inactive_accounts_are_hidden_from_visitors(page: Page, status: dict[str, Any]) -> None:
    gone = make_account(profile={"work": "Compilers", "work_audience": "public"}, **status)
    page.get(f"/people/{gone.id}", status=303)


def test_other_endpoints_stay_closed_to_visitors(app: PortalFlask, api: Api, ada: Account) -> None:
    choose(app, ada, work="public")
    api.get(f"/api/v1/profile/{ada.id}", status=401)


def test_preview_names_its_viewers_and_links_the_others(page: Page, alina: Account) -> None:
    shown = page.sign_in(alina).get("/people/me?as=friend")
    assert "This is what alumni friends see." in shown.text
    links = [link["href"] for link in shown.soup.select(".tabs a")]
    assert links == ["/people/me", *(f"/people/me?as={kind}" for kind in ("same_year", "alumni", "friend", "public"))]


def test_preview_for_visitors_is_empty_until_something_is_public(page: Page, alina: Account) -> None:
    shown = page.sign_in(alina).get("/people/me?as=public")
    assert shown.texts("h1") == ["Nothing is visible to everyone"]
    assert alina.name not in shown.text


def test_office_previews_like_everybody(page: Page, adam: Account) -> None:
    shown = page.sign_in(adam).get("/people/me?as=alumni")
    assert adam.email not in shown.response.get_data(as_text=True)


def test_unknown_kind_of_preview_shows_the_own_profile(page: Page, alina: Account) -> None:
    assert "Edit profile" in page.sign_in(alina).get("/people/me?as=office").text


def test_office_view_of_a_profile_is_shown_to_its_person(
    committed: PortalFlask, page: Page, alina: Account, bob: Account, mona: Account
) -> None:
    for path in ("/people/{id}", "/api/v1/profile/{id}", "/admin/people/{id}"):
        (Api if path.startswith("/api") else Page)(committed).sign_in(mona).get(path.format(id=alina.id))
    (seen,) = office_views(page.sign_in(alina))
    for part in ("Mona Demo", "Opened your whole profile", "3 times that day"):
        assert part in seen
    assert office_views(page.sign_in(bob)) == []


def test_office_list_is_recorded_for_everybody_in_it(
    committed: PortalFlask, page: Page, alina: Account, bob: Account, mona: Account
) -> None:
    Page(committed).sign_in(mona).get("/admin/people")
    Api(committed).sign_in(mona).get("/api/v1/admin/users")
    for person in (alina, bob):
        (seen,) = office_views(page.sign_in(person))
        assert "Saw you in a list" in seen
        assert "2 times that day" in seen
    assert office_views(page.sign_in(mona)) == []


@pytest.mark.needs_feature("alumni_map")
def test_nothing_is_recorded_where_the_office_sees_what_members_see(
    committed: PortalFlask, page: Page, alina: Account, bob: Account, mona: Account
) -> None:
    office = Api(committed).sign_in(mona)
    for path in ("all", f"?user_ids={alina.id}", f"{alina.id}/avatar", "map"):
        office.get(f"/api/v1/profile/{path}")
    Page(committed).sign_in(bob).get(f"/people/{alina.id}")
    Page(committed).sign_in(mona).get(f"/people/{mona.id}")
    assert office_views(page.sign_in(alina)) == office_views(page.sign_in(mona)) == []


@pytest.mark.parametrize("path", ["/people/{id}", "/api/v1/profile/{id}"])
def test_office_view_executes_at_most_four_statements(
    app: PortalFlask, alina: Account, mona: Account, path: str
) -> None:
    client = (Api if path.startswith("/api") else Page)(app).sign_in(mona)
    with counting(app) as ran:
        client.get(path.format(id=alina.id))
    assert len(ran) <= 4, ran


@pytest.fixture
def secretive(app: PortalFlask) -> Account:
    return make_account(profile={"work": "Compilers", "work_audience": "same_year", "graduation_year": 2019})


def test_changed_year_shows_nothing_until_the_office_confirms_it(
    app: PortalFlask, page: Page, secretive: Account, adam: Account
) -> None:
    curious = make_account(profile={"graduation_year": 2020})
    Api(app).sign_in(curious).put("/api/v1/profile/me", json={"graduation_year": "2019"})
    assert "Compilers" not in page.sign_in(curious).get(f"/people/{secretive.id}").text
    office = Page(app).sign_in(adam)
    assert "Confirm graduation year 2019" in office.get(f"/admin/people/{curious.id}").text
    office.post(f"/admin/people/{curious.id}/year/confirm", {"year": "2019"})
    assert "Compilers" in page.get(f"/people/{secretive.id}").text
    assert "Confirm graduation year" not in office.get(f"/admin/people/{curious.id}").text


@pytest.mark.parametrize("left_out", [False, True])
def test_office_confirms_only_the_year_that_it_saw(
    app: PortalFlask, page: Page, bob: Account, adam: Account, left_out: bool
) -> None:
    person = Api(app).sign_in(bob)
    person.put("/api/v1/profile/me", json={"graduation_year": "2017"})
    form = page.sign_in(adam).get(f"/admin/people/{bob.id}").element("form[action$='/year/confirm']")
    sent = {str(field["name"]): field["value"] for field in form.select("[name=year]")}
    person.put("/api/v1/profile/me", json={"graduation_year": "2016"})
    page.post(f"/admin/people/{bob.id}/year/confirm", {} if left_out else sent)
    assert "The year has changed in the meantime" in page.get(f"/admin/people/{bob.id}").response.get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Profile, bob.id).class_year == 2019


def test_confirming_an_unchanged_year_is_refused(page: Page, adam: Account, alina: Account) -> None:
    page.sign_in(adam).post(f"/admin/people/{alina.id}/year/confirm")
    assert "There is no year to confirm." in page.get(f"/admin/people/{alina.id}").response.get_data(as_text=True)


def test_own_year_cannot_be_confirmed(app: PortalFlask, page: Page, adam: Account) -> None:
    Api(app).sign_in(adam).put("/api/v1/profile/me", json={"graduation_year": "2020"})
    page.sign_in(adam).post(f"/admin/people/{adam.id}/year/confirm", status=403)


def test_registration_sets_the_class_year(app: PortalFlask, api: Api) -> None:
    person = {"first_name": "Anna", "last_name": "Orlova", "email": "anna@demo.example", "graduation_year": "2019"}
    api.post("/api/v1/auth/register", json={**person, "password": "correct horse battery"}, status=201)
    with app.app_context():
        assert db.session.scalars(db.select(Profile.class_year)).one() == 2019


def test_each_row_says_what_the_field_holds_and_who_sees_it(page: Page) -> None:
    ada = make_account("ada@demo.example", profile={"work": "Compilers", "work_audience": Audience.PUBLIC})
    shown = page.sign_in(ada).get(PRIVACY)
    values = dict(zip(shown.texts(".audience-row legend"), shown.texts(".audience-value"), strict=True))
    assert values == {
        "City": "Nothing yet",
        "Telegram": "Nothing yet",
        "Email address": "ada@demo.example",
        "Year and programme": "2019",
        "Work": "Compilers",
        "About you": "Nothing yet",
        "Links": "Nothing yet",
        "Events you are going to": "Your name among the participants",
    }
    assert shown.element("[data-field=work] :checked")["value"] == "public"
    assert shown.texts("[data-preview-field] bdi") == ["ada@demo.example", "2019", "Compilers"]


def test_it_is_said_that_visitors_get_the_name_where_it_is_decided(app: PortalFlask, page: Page) -> None:
    ada = make_account(profile={"work": "Compilers", "biography_audience": Audience.PUBLIC})
    assert page.sign_in(ada).get(PRIVACY).texts(".privacy-note")[0].startswith("Once anything is open to everyone")
    choose(app, ada, work="public")
    shown = page.get(PRIVACY).texts(".privacy-note")[0]
    assert shown.startswith("Open to everyone: Work. Anybody with the link to your profile sees this and your name")

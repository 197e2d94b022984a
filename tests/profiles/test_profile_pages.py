"""A person's page and the form behind it, in a browser without JavaScript."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.extensions import db
from portal.profiles.models import BIOGRAPHY_MAX, Audience, Profile
from tests.factories import live_in, make_account, make_city
from tests.files.pictures import encoded, with_place
from tests.support.clients import Page, PageResponse

EDIT = "/settings/profile"


@pytest.fixture
def kazan(app: PortalFlask) -> City:
    return make_city("Kazan", name_ru="Казань", search="||kazan|казань|")


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


def filled(**values: Any) -> dict[str, Any]:
    return {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me", **values}


def profile(app: PortalFlask, account: Account) -> Profile:
    with app.app_context():
        return db.session.get_one(Profile, account.id)


def chosen(shown: PageResponse) -> str | None:
    found = shown.soup.select_one("[name=city_id][checked]")
    return str(found["value"]) if found else None


def test_page_shows_the_fields_of_a_person(page: Page, bob: Account) -> None:
    values = {"work": "Compilers", "biography": "One\nTwo\n\nThree", "telegram_alias": "ada_l"}
    ada = make_account(first_name="Ada", profile={**values, "telegram_audience": Audience.ALUMNI})
    shown = page.sign_in(bob).get(f"/people/{ada.id}")
    assert shown.texts("h1") == [ada.name]
    assert "Class of 2019" in shown.text
    assert shown.texts(".prose p") == ["OneTwo", "Three"]
    assert [link["href"] for link in shown.soup.select("main a.btn")] == ["https://t.me/ada_l"]


def test_markup_in_a_biography_stays_text(page: Page, bob: Account) -> None:
    text = "<script>alert(1)</script>"
    ada = make_account(profile={"biography": text}, first_name="<b>Ada</b>")
    shown = page.sign_in(bob).get(f"/people/{ada.id}")
    assert shown.texts(".prose") == [text]
    assert shown.texts("h1") == [ada.name]


def test_own_page_links_the_form(mine: Page) -> None:
    assert "Edit profile" in mine.get("/people/me").texts("main .btn")


def test_own_page_suggests_what_is_missing(mine: Page, kazan: City) -> None:
    steps: dict[str, dict[str, Any]] = {
        "Choose my city": {"city_id": str(kazan.id)},
        "Add my work": {"work": "Engineer"},
        "Add a photo": {"avatar": (io.BytesIO(encoded()), "me.jpg")},
        "Write about me": {"biography": "Here"},
        "Add my programme": {"programme": "Robotics"},
    }
    form, given = mine.get(EDIT).soup, filled()
    for taken, values in enumerate(steps.values()):
        shown = mine.get("/people/me")
        assert shown.texts("#missing li") == list(steps)[taken:]
        places = [str(link["href"]).partition("#")[2] for link in shown.soup.select("#missing a")]
        assert all(form.select(f"#{place}") for place in places)
        given |= values
        mine.post(EDIT, given)
        given.pop("avatar", None)
    assert mine.get("/people/me").texts("#missing") == []


def test_alumni_friends_get_no_suggestion_about_graduation(page: Page, bob: Account) -> None:
    friend = make_account(role="alumni_friend", profile={"graduation_year": None, "work": "Here"})
    ada = make_account(profile={"graduation_year": None, "work": "Here"})
    rest = ["Choose my city", "Add a photo", "Write about me"]
    assert page.sign_in(friend).get("/people/me").texts("#missing li") == rest
    assert page.sign_in(ada).get("/people/me").texts("#missing li") == [
        *rest,
        "Add my graduation year",
        "Add my programme",
    ]
    assert page.sign_in(bob).get(f"/people/{ada.id}").texts("#missing") == []


def test_visitor_is_asked_to_sign_in(page: Page, bob: Account) -> None:
    for path in (f"/people/{bob.id}", "/people/me", EDIT, f"{EDIT}/cities?city_query=k"):
        assert "/login" in page.get(path, status=303).location


@pytest.mark.parametrize("name", ["nina", "boris"])
def test_only_the_office_sees_inactive_accounts(
    page: Page, alina: Account, adam: Account, name: str, request: pytest.FixtureRequest
) -> None:
    hidden = request.getfixturevalue(name)
    page.sign_in(alina).get(f"/people/{hidden.id}", status=404)
    page.sign_in(adam).get(f"/people/{hidden.id}")


def test_unknown_person_returns_404(mine: Page) -> None:
    mine.get(f"/people/{uuid.uuid4()}", status=404)
    mine.get("/people/somebody", status=404)


def test_the_form_saves_what_was_typed(app: PortalFlask, mine: Page, alina: Account, kazan: City) -> None:
    sent = filled(
        programme="Robotics",
        work=" Engineer  at a lab ",
        biography="One\r\nTwo",
        telegram_alias="@alina_d",
        city_id=str(kazan.id),
        city_audience="members",
    )
    assert mine.post(EDIT, sent).location == "/people/me"
    saved = profile(app, alina)
    assert (saved.programme, saved.work, saved.biography) == ("Robotics", "Engineer at a lab", "One\nTwo")
    assert (saved.telegram_alias, saved.city_id, saved.city_audience) == ("alina_d", kazan.id, Audience.MEMBERS)


def test_the_form_opens_with_what_was_saved(mine: Page, alina: Account, kazan: City) -> None:
    live_in(alina, kazan, Audience.SAME_YEAR)
    shown = mine.get(EDIT)
    assert chosen(shown) == str(kazan.id)
    assert shown.element("[name=city_audience][checked]")["value"] == "same_year"


def test_saving_the_form_unchanged_changes_nothing(app: PortalFlask, mine: Page, alina: Account, kazan: City) -> None:
    live_in(alina, kazan, Audience.ALUMNI)
    before = profile(app, alina).updated_at
    mine.post(EDIT, filled(city_id=str(kazan.id), city_audience="alumni"))
    assert profile(app, alina).updated_at == before


def test_stale_form_keeps_the_audience_of_the_city_unless_changed(
    app: PortalFlask, mine: Page, alina: Account, kazan: City
) -> None:
    live_in(alina, kazan, Audience.MEMBERS)
    (saved,) = mine.get(EDIT).soup.select("[name=city_audience_saved]")
    old = filled(city_id=str(kazan.id), city_audience="members", city_audience_saved=saved["value"])
    mine.post("/settings/privacy", {"city_audience": "me"})
    again = mine.post(EDIT, {**old, "first_name": ""}, status=422)
    assert again.soup.select("[name=city_audience_saved][value=members]")
    mine.post(EDIT, {**old, "work": "New work"})
    assert (profile(app, alina).work, profile(app, alina).city_audience) == ("New work", Audience.ME)
    mine.post(EDIT, {**old, "city_audience": "alumni"})
    assert profile(app, alina).city_audience == Audience.ALUMNI


@pytest.mark.parametrize("marked", ["saved", "none"])
def test_unambiguous_typed_city_is_saved(
    app: PortalFlask, mine: Page, alina: Account, kazan: City, marked: str
) -> None:
    kazanka = make_city("Kazanka", search="||kazanka|", population=100)
    live_in(alina, kazanka)
    city_id = str(kazanka.id) if marked == "saved" else ""
    photo = (io.BytesIO(encoded()), "me.jpg")
    mine.post(EDIT, filled(city_query="Kazan", city_id=city_id, work="New work", avatar=photo))
    saved = profile(app, alina)
    assert (saved.city_id, saved.work, saved.avatar_id is None) == (kazan.id, "New work", False)


def test_selected_city_stays_when_more_of_its_name_is_typed(
    app: PortalFlask, mine: Page, alina: Account, kazan: City
) -> None:
    kazanka = make_city("Kazanka", search="||kazanka|", population=100)
    mine.post(EDIT, filled(city_query="Kazan", city_searched="Kaz", city_id=str(kazanka.id)))
    assert profile(app, alina).city_id == kazanka.id


@pytest.mark.parametrize(
    ("language", "city", "sentence"),
    [
        ("en", "City", "Nothing has been saved yet. Choose the city from the list, or check the spelling."),
        ("ru", "Город", "Пока ничего не сохранено. Выберите город из списка или проверьте написание."),
    ],
)
def test_ambiguous_typed_city_is_listed_as_an_error(
    app: PortalFlask, mine: Page, alina: Account, kazan: City, language: str, city: str, sentence: str
) -> None:
    make_city("Kazanka", search="||kazanka|", population=100)
    sent = filled(city_query="каз", work="New work")
    shown = mine.post(EDIT, sent, status=422, headers={"Accept-Language": language})
    assert shown.texts("main [role=alert] li") == [f"{city}: {sentence}"]
    assert len(shown.texts(".city-choices label")) == 3
    assert (chosen(shown), shown.element("#work")["value"]) == (None, "New work")
    assert shown.element("#city_query")["value"] == "каз"
    assert profile(app, alina).work is None


def test_choices_end_with_the_saved_city(mine: Page, alina: Account, kazan: City) -> None:
    omsk = make_city("Omsk", search="||omsk|")
    fragment = mine.get(f"{EDIT}/cities?city_query=Kazan&city_saved={omsk.id}", headers={"HX-Request": "true"})
    assert fragment.texts("label") == ["Kazan, Russia", "Omsk, Russia", "No city"]
    assert chosen(fragment) == str(kazan.id)


def test_typing_more_keeps_the_selected_city(mine: Page, kazan: City) -> None:
    kazanka = make_city("Kazanka", search="||kazanka|", population=100)
    assert chosen(mine.get(f"{EDIT}/cities?city_query=kazan&city_id={kazanka.id}")) == str(kazanka.id)


def test_erasing_the_typed_name_restores_the_saved_city(mine: Page, kazan: City) -> None:
    omsk = make_city("Omsk", search="||omsk|")
    path = f"{EDIT}/cities?city_query=&city_id={kazan.id}&city_saved={omsk.id}"
    assert mine.get(path).texts("label") == ["Omsk, Russia", "No city"]


def test_no_city_stays_selected_after_an_error_elsewhere(mine: Page, kazan: City) -> None:
    shown = mine.post(EDIT, filled(city_query="kaz", city_searched="kaz", city_id="", first_name=""), status=422)
    assert chosen(shown) == ""


def test_searching_the_saved_city_saves_nothing(mine: Page) -> None:
    mine.post(EDIT, filled(city_query="kaz", city_searched="kaz", work="New work", find="1"), status=200)
    assert "New work" not in mine.get("/people/me").text


def test_unknown_typed_city_leaves_nothing_selected(mine: Page, kazan: City) -> None:
    fragment = mine.get(f"{EDIT}/cities?city_query=Xyzzyq&city_id={kazan.id}")
    assert (fragment.texts("label"), chosen(fragment)) == (["Kazan, Russia", "No city"], None)
    assert fragment.texts("[role=status]")


@pytest.mark.parametrize("typed", ["Казанбург", "Kazann", "Kazan, Atlantis", "Kazan, Turkey", "K", "Kaza"])
def test_similar_city_is_offered_but_not_selected(
    app: PortalFlask, mine: Page, alina: Account, kazan: City, typed: str
) -> None:
    omsk = make_city("Omsk", search="||omsk|")
    make_city("Kemerovo", search="||kemerovo|", population=100)
    live_in(alina, omsk)
    shown = mine.post(EDIT, filled(city_query=typed, city_id=str(omsk.id), work="Kept"), status=422)
    for _twice in range(2):
        assert chosen(shown) is None
        assert shown.texts("p.field-error#city_id") == [
            "Nothing has been saved yet. Choose the city from the list, or check the spelling."
        ]
        assert shown.element("#work")["value"] == "Kept"
        shown = mine.post(EDIT, filled(city_query=typed, city_searched=typed, work="Kept"), status=422)
    assert (profile(app, alina).city_id, profile(app, alina).work) == (omsk.id, None)
    mine.post(EDIT, filled(city_query=typed, city_searched=typed, city_id=str(kazan.id)))
    assert profile(app, alina).city_id == kazan.id


@pytest.mark.parametrize("typed", ["Казань", "qazan", "Kazan, Russia", "россия, казань", "KAZAN"])
def test_city_is_selected_when_one_of_its_names_was_typed(mine: Page, typed: str) -> None:
    kazan = make_city("Kazan", search="||kazan|qazan|")
    make_city("Kazanlak", search="||kazanlak|", population=100)
    assert chosen(mine.get(f"{EDIT}/cities?city_query={typed}")) == str(kazan.id)


def test_saved_city_is_not_selected_for_another_name(mine: Page, alina: Account, kazan: City) -> None:
    path = f"{EDIT}/cities?city_id={kazan.id}&city_saved={kazan.id}&city_query="
    assert [chosen(mine.get(path + typed)) for typed in ("Kazan", "Kaz", "Kazb")] == [str(kazan.id), None, None]


@pytest.mark.parametrize("query", ["city_query=a%0ab", "city_id=99999999999999", "city_id=x", ""])
def test_choices_for_bad_input_are_empty(mine: Page, query: str) -> None:
    assert mine.get(f"{EDIT}/cities?{query}").texts("label") == ["No city"]


def test_city_can_be_removed(app: PortalFlask, mine: Page, alina: Account, kazan: City) -> None:
    live_in(alina, kazan)
    mine.post(EDIT, filled(city_id=""))
    assert profile(app, alina).city_id is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("last_name", "x" * 61),
        ("first_name", "A\0"),
        ("graduation_year", "9999"),
        ("graduation_year", "last"),
        ("graduation_year", "٢٠١٩"),
        ("programme", "x" * 121),
        ("work", "x" * 121),
        ("biography", "x" * (BIOGRAPHY_MAX + 1)),
        ("telegram_alias", "a b"),
        ("city_id", "77"),
        ("city_id", "99999999999999999999"),
        ("city_audience", "friends"),
    ],
)
def test_unusable_value_is_refused_at_its_field_and_kept_in_the_form(
    app: PortalFlask, mine: Page, alina: Account, field: str, value: str
) -> None:
    shown = mine.post(
        EDIT, filled(work="Kept", **{field: value}) if field != "work" else filled(work=value), status=422
    )
    assert shown.texts(".field-error")
    assert shown.texts("[role=alert]")
    assert profile(app, alina).work is None


def test_a_biography_of_the_full_length_with_line_ends_fits(app: PortalFlask, mine: Page, alina: Account) -> None:
    text = "a\r\n" * (BIOGRAPHY_MAX // 2)
    mine.post(EDIT, filled(biography=text))
    assert profile(app, alina).biography == text.replace("\r\n", "\n").strip()


def test_photo_is_added_and_removed(app: PortalFlask, mine: Page, alina: Account) -> None:
    mine.post(EDIT, filled(avatar=(io.BytesIO(with_place()), "me.jpg")))
    assert profile(app, alina).avatar_id is not None
    assert mine.get("/people/me").soup.select_one("main img.avatar")
    mine.post(EDIT, filled(remove_avatar="y"))
    assert profile(app, alina).avatar_id is None


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg onload='alert(1)'/>", encoded()[:-200]])
def test_file_that_is_no_picture_is_refused_at_its_field(
    app: PortalFlask, mine: Page, alina: Account, data: bytes
) -> None:
    shown = mine.post(EDIT, filled(work="New", avatar=(io.BytesIO(data), "me.png")), status=422)
    assert shown.texts("#avatar-error") == ["We cannot read this picture. Choose a JPEG, PNG or WebP file."]
    assert profile(app, alina).work is None


def test_form_of_alumni_friends_has_no_year(page: Page) -> None:
    friend = make_account(role="alumni_friend", profile={"graduation_year": None})
    shown = page.sign_in(friend).get(EDIT)
    assert not shown.soup.select("[name=graduation_year], [value=same_year]")


def test_csrf_token_of_another_session_is_refused(page: Page, alina: Account) -> None:
    page.sign_in(alina).request("POST", EDIT, status=400, data=filled(csrf_token="another"))


def test_settings_lead_to_their_first_page(mine: Page) -> None:
    assert mine.get("/settings", status=303).location == EDIT

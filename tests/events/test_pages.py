"""The pages in a browser without JavaScript, and the fragments that htmx asks for."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events.models import Event
from tests.events.samples import picture
from tests.events.state import attendance
from tests.factories import make_account, make_city, make_event, row
from tests.support.clients import Page, PageResponse

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


def form_data(city: City | None = None, **values: Any) -> dict[str, Any]:
    """Return the form of an event in a city, as a browser sends it."""
    return {
        "id": str(uuid.uuid4()),
        "title": "Winter gathering",
        "description": "Soup and a quiz.",
        "city_id": str(city.id) if city else "",
        "place": "Library",
        "starts": "2031-12-06",
        "starts_time": "18:00",
        "ends_time": "22:00",
        "time_zone": "UTC",
        "currency": "RUB",
        **values,
    }


def error_of(shown: PageResponse, field: str) -> str:
    return " ".join(shown.texts(f"#{field}-error") or shown.texts(f"p.field-error#{field}"))


def titles(shown: PageResponse) -> list[str]:
    return shown.texts(".event-card-title")


def test_an_event_is_created_shown_edited_and_deleted(mine: Page, kazan: City) -> None:
    created = mine.post("/events/new", form_data(kazan, capacity="50", cost="500"))
    shown = mine.get(created.location)
    assert shown.texts("h1") == ["Winter gathering"]
    assert "Waiting for approval" in shown.text
    assert "18:00\u2060–\u206022:00" in shown.text
    assert "Kazan time" in shown.text
    assert "500 ₽" in shown.text
    mine.post(f"{created.location}/edit", form_data(kazan, title="Spring gathering"))
    assert mine.get(created.location).texts("h1") == ["Spring gathering"]
    mine.post(f"{created.location}/delete")
    mine.get(created.location, status=404)


def test_the_form_sent_twice_creates_one_event(mine: Page, kazan: City) -> None:
    form = form_data(kazan)
    assert mine.post("/events/new", form).location == mine.post("/events/new", form).location
    assert titles(mine.get("/events/mine")) == ["Winter gathering"]


def test_searching_the_city_again_creates_no_event(mine: Page, kazan: City) -> None:
    searched = form_data(kazan, city_query="Kazan", city_searched="Kazan", find="1")
    shown = mine.post("/events/new", searched, status=200)
    assert shown.texts(".field-error") == []
    assert titles(mine.get("/events/mine")) == []


def test_an_unchanged_form_changes_nothing(mine: Page, alina: Account, kazan: City) -> None:
    event = make_event(
        alina,
        city_id=kazan.id,
        description="Soup.\n\nA quiz.",
        cost=1250,
        capacity=9,
        starts_at=now().replace(microsecond=123456) + timedelta(days=7),
        ends_at=now().replace(microsecond=654321) + timedelta(days=8),
    )
    before = row(event)
    form = mine.get(f"/events/{event.id}/edit").soup.select_one("#event-form")
    sent = {name: value.replace("\n", "\r\n") for name, value in values_of(form).items()}
    mine.post(f"/events/{event.id}/edit", sent)
    assert row(event) == before


def test_capacity_cost_end_and_city_can_be_cleared(mine: Page, alina: Account, kazan: City) -> None:
    event = make_event(alina, city_id=kazan.id, capacity=9, cost=1250)
    sent = form_data(is_online="y", city_id="", capacity="", cost="", ends_time="")
    mine.post(f"/events/{event.id}/edit", sent)
    erased = row(event)
    assert [erased[name] for name in ("capacity", "cost", "ends_at", "city_id")] == [None, 0, None, None]


def values_of(form: Any) -> dict[str, str]:
    """Return the values that a browser sends for a form."""
    values = {field["name"]: field.get("value") or field.get_text().lstrip("\n") for field in form.select("[name]")}
    for choice in form.select("[type=radio], [type=checkbox], [type=file], [name=csrf_token], button[name]"):
        values.pop(choice["name"], None)
    for chosen in form.select("[checked]"):
        values[chosen["name"]] = chosen["value"]
    for menu in form.select("select"):
        values[menu["name"]] = menu.select_one("option[selected]")["value"]
    return values


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"description": " "}, "description"),
        ({"starts": "2031-02-30"}, "starts"),
        ({"starts": "tomorrow"}, "starts"),
        ({"starts": "2020-01-01"}, "starts"),
        ({"starts_time": "25:00"}, "starts_time"),
        ({"ends": "2031-12-05"}, "ends"),
        ({"ends": "2031-12-07", "ends_time": ""}, "ends"),
        ({"city_id": ""}, "city_id"),
        ({"city_id": "1"}, "city_id"),
        ({"city_id": "Kazan"}, "city_id"),
        ({"city_id": "9" * 30}, "city_id"),
        ({"capacity": "many"}, "capacity"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "9" * 30}, "capacity"),
        ({"cost": "-1"}, "cost"),
        ({"cost": "NaN"}, "cost"),
        ({"cost": "1e99"}, "cost"),
        ({"currency": "BTC"}, "currency"),
        ({"is_online": "y", "city_id": "", "time_zone": "Mars"}, "time_zone"),
        ({"title": "nul \x00"}, "title"),
        ({"title": "turned \u202e"}, "title"),
        ({"place": "turned \u202a"}, "place"),
    ],
)
def test_errors_appear_at_their_fields_and_input_is_kept(
    app: PortalFlask, mine: Page, kazan: City, values: dict[str, str], field: str
) -> None:
    shown = mine.post("/events/new", form_data(kazan, **values), status=422)
    assert error_of(shown, field), shown.texts(".field-error")
    assert shown.texts("#description") == [values.get("description", "Soup and a quiz.").strip()]
    assert titles(mine.get("/events/mine")) == []


@pytest.mark.parametrize(
    ("field", "value", "sentence", "russian"),
    [
        ("capacity", "many", "This must be a whole number.", "Здесь должно быть целое число."),
        ("capacity", "0", "This must be a number from 1 to 100000.", "Здесь должно быть число от 1 до 100000."),
        ("cost", "dear", "This must be a number.", "Здесь должно быть число."),
        ("currency", "BTC", "Choose one of the options.", "Выберите один из вариантов."),
        ("title", "x" * 121, "This is too long: at most 120 characters.", "Слишком длинно: не больше 120 символов."),
    ],
)
def test_each_mistake_has_one_translated_message(
    mine: Page, kazan: City, field: str, value: str, sentence: str, russian: str
) -> None:
    for language, expected in (("en", sentence), ("ru", russian)):
        sent = form_data(kazan, **{field: value})
        shown = mine.post("/events/new", sent, status=422, headers={"Accept-Language": language})
        assert error_of(shown, field) == expected


def test_an_end_before_the_start_is_on_the_next_day(mine: Page, kazan: City) -> None:
    created = mine.post("/events/new", form_data(kazan, starts_time="22:00", ends_time="02:00"))
    assert "Sat 6 Dec 2031, 22:00 – Sun 7 Dec 2031, 02:00" in mine.get(created.location).text


def test_a_cover_is_uploaded_and_shown(mine: Page, kazan: City) -> None:
    created = mine.post("/events/new", form_data(kazan, cover=(io.BytesIO(picture()), "cover.jpg")))
    assert mine.get(created.location).soup.select_one("img.cover") is not None


def test_a_file_that_is_no_picture_is_refused_at_its_field(mine: Page, kazan: City) -> None:
    shown = mine.post("/events/new", form_data(kazan, cover=(io.BytesIO(b"%PDF-1.4"), "cover.jpg")), status=422)
    assert error_of(shown, "cover")


@pytest.mark.parametrize("changed", [{"title": ""}, {"find": "1"}])
def test_the_cover_must_be_chosen_again_after_an_error(mine: Page, kazan: City, changed: dict[str, str]) -> None:
    sent = form_data(kazan, cover=(io.BytesIO(picture()), "cover.jpg"), **changed)
    shown = mine.post("/events/new", sent, status=422)
    assert error_of(shown, "cover") == "Choose the cover again; it was not saved."


def test_an_unambiguous_typed_city_is_accepted(mine: Page, kazan: City) -> None:
    created = mine.post("/events/new", form_data(city_query="каз"))
    assert "Kazan time" in mine.get(created.location).text
    mine.post(f"{created.location}/edit", form_data(city_query="Казань", title="Spring gathering"))
    assert mine.get(created.location).texts("h1") == ["Spring gathering"]


def test_an_unknown_city_is_not_replaced_by_a_similar_one(mine: Page, kazan: City) -> None:
    shown = mine.post("/events/new", form_data(city_query="Казанбург", city_id=""), status=422)
    assert shown.soup.select_one("[name=city_id][checked]") is None
    assert error_of(shown, "city_id").startswith("Nothing has been saved yet.")
    assert titles(mine.get("/events/mine")) == []
    mine.post("/events/new", form_data(city_query="Казанбург", is_online="y"))


def test_an_event_for_a_city_starts_with_that_city(mine: Page, kazan: City) -> None:
    shown = mine.get(f"/events/new?city={kazan.id}")
    assert shown.soup.select_one(f"#city-{kazan.id}[checked]") is not None


def test_tabs_separate_upcoming_past_joined_and_own_events(mine: Page, alina: Account, bob: Account) -> None:
    make_event(bob, title="Coming")
    make_event(bob, title="Over", starts_at=now() - timedelta(days=2))
    make_event(bob, title="Going on", starts_at=now() - timedelta(hours=2), ends_at=now() + timedelta(hours=1))
    make_event(bob, title="Cancelled", cancelled_at=now())
    make_event(bob, title="Waiting", approval=Approval.PENDING)
    make_event(alina, title="Mine", approval=Approval.PENDING)
    make_event(bob, title="Joined", going=(alina,), starts_at=now() + timedelta(days=9))
    assert titles(mine.get("/events")) == ["Going on", "Coming", "Joined"]
    assert titles(mine.get("/events?tab=past")) == ["Cancelled", "Over"]
    assert titles(mine.get("/events?tab=joined")) == ["Joined"]
    assert titles(mine.get("/events/mine")) == ["Mine"]


def test_filters_narrow_the_list_and_have_chips(mine: Page, bob: Account, kazan: City, innopolis: City) -> None:
    make_event(bob, title="Walk", city_id=kazan.id)
    make_event(bob, title="Talk", is_online=True)
    make_event(bob, title="Run", city_id=innopolis.id)
    shown = mine.get(f"/events?city={kazan.id}")
    assert titles(shown) == ["Walk"]
    assert shown.texts(".chip") == ["Kazan"]
    assert titles(mine.get("/events?where=online")) == ["Talk"]
    assert sorted(titles(mine.get("/events?where=there"))) == ["Run", "Walk"]
    assert titles(mine.get("/events?q=run")) == ["Run"]
    assert mine.get("/events?q=nothing").texts(".empty p") == ["No events match. Try fewer filters."]


@pytest.mark.parametrize(
    "query", ["city=Kazan", "city=-1", "city=99999999999999999999", "where=mars", "tab=none", "q=%25"]
)
def test_invalid_query_arguments_are_ignored(mine: Page, query: str) -> None:
    mine.get(f"/events?{query}")


def test_a_tampered_cursor_is_refused(mine: Page) -> None:
    mine.get("/events?until=nonsense", status=422)


def test_show_more_extends_the_list_under_a_url_of_its_own(mine: Page, bob: Account) -> None:
    for number in range(45):
        make_event(bob, title=f"Event {number}", starts_at=now() + timedelta(days=number + 1))
    url, lengths = "/events", []
    while url:
        shown = mine.get(url)
        lengths.append(len(titles(shown)))
        more = shown.soup.select_one(".pager a")
        url = str(more["href"]) if more else ""
    assert lengths == [20, 40, 45]
    assert titles(shown) == [f"Event {number}" for number in range(45)]


def test_a_fragment_is_the_list_alone(mine: Page, bob: Account) -> None:
    make_event(bob)
    shown = mine.get("/events", headers=HTMX)
    assert shown.soup.select_one("#events-list") is not None
    assert shown.soup.select_one("h1") is None


def test_joining_and_leaving_without_scripts(app: PortalFlask, mine: Page, alina: Account, bob: Account) -> None:
    event = make_event(bob)
    assert mine.post(f"/events/{event.id}/join").location == f"/events/{event.id}"
    shown = mine.get(f"/events/{event.id}")
    assert "You are going." in " ".join(shown.texts("#toasts"))
    assert "2 going" in shown.text
    mine.post(f"/events/{event.id}/leave")
    assert attendance(app, event) == {bob.id: "going"}


def test_with_scripts_only_the_control_is_swapped_and_leaving_can_be_undone(mine: Page, bob: Account) -> None:
    event = make_event(bob)
    joined = mine.post(f"/events/{event.id}/join", status=200, headers=HTMX)
    assert joined.element("#attendance")["data-announce"] == "You are going."
    left = mine.post(f"/events/{event.id}/leave", status=200, headers=HTMX)
    assert left.texts("#attend") == ["Undo"]


def test_joining_in_a_list_replaces_the_button_by_the_state(mine: Page, bob: Account) -> None:
    event = make_event(bob)
    shown = mine.post(f"/events/{event.id}/join?look=row", status=200, headers=HTMX)
    assert shown.texts(f"#join-{event.id}") == ["Going"]


def test_a_full_event_offers_its_waiting_list(mine: Page, bob: Account) -> None:
    event = make_event(bob, capacity=1)
    assert "Join the waiting list" in mine.get(f"/events/{event.id}").text
    mine.post(f"/events/{event.id}/join")
    assert "On the waiting list" in mine.get(f"/events/{event.id}").text


def test_an_event_shows_its_local_time_and_the_viewers(page: Page, bob: Account) -> None:
    viewer = make_account(time_zone="Europe/Berlin")
    tokyo = make_city("Tokyo", "Japan", time_zone="Asia/Tokyo")
    page.sign_in(viewer)
    created = page.post("/events/new", form_data(tokyo))
    shown = page.get(created.location)
    assert "18:00\u2060–\u206022:00 Tokyo time · 10:00 for you" in shown.text


def test_the_organiser_can_remove_people_from_the_list(page: Page, alina: Account, bob: Account) -> None:
    event = make_event(alina, capacity=1)
    page.sign_in(bob).post(f"/events/{event.id}/join")
    assert page.get(f"/events/{event.id}/people").texts(".row-title") == [alina.name]
    page.sign_in(alina)
    assert page.get(f"/events/{event.id}/people").texts(".row-title") == [alina.name, bob.name]
    page.post(f"/events/{event.id}/people/{bob.id}/remove")
    assert page.get(f"/events/{event.id}/people").texts(".row-title") == [alina.name]


def test_the_office_approves_and_declines_on_the_page(page: Page, alina: Account, mona: Account) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    page.sign_in(mona).post(f"/events/{event.id}/decline", {"note": "Say where."})
    assert "Say where." in page.sign_in(alina).get(f"/events/{event.id}").text
    page.sign_in(mona).post(f"/events/{event.id}/approve")
    assert row(event)["approval"] == Approval.APPROVED


def test_a_second_decision_is_a_conflict(page: Page, alina: Account, mona: Account) -> None:
    event = make_event(alina)
    page.sign_in(mona).post(f"/events/{event.id}/approve", status=409)


def test_a_cancelled_event_says_so_and_cannot_be_joined(page: Page, alina: Account, bob: Account) -> None:
    event = make_event(alina)
    page.sign_in(alina).post(f"/events/{event.id}/cancel")
    shown = page.sign_in(bob).get(f"/events/{event.id}")
    assert "This event is cancelled" in shown.text
    page.post(f"/events/{event.id}/join", status=409)


@pytest.mark.parametrize("path", ["", "/edit", "/people"])
def test_waiting_events_of_others_are_not_there(mine: Page, bob: Account, path: str) -> None:
    event = make_event(bob, approval=Approval.PENDING)
    mine.get(f"/events/{event.id}{path}", status=404)


def test_others_cannot_open_the_form_of_an_event(mine: Page, bob: Account) -> None:
    mine.get(f"/events/{make_event(bob).id}/edit", status=403)


def test_the_cover_of_a_waiting_event_is_for_its_owner_and_the_office(
    page: Page, alina: Account, bob: Account, mona: Account, kazan: City
) -> None:
    created = page.sign_in(alina).post("/events/new", form_data(kazan, cover=(io.BytesIO(picture()), "cover.jpg")))
    url = str(page.get(created.location).element("img.cover")["src"])
    page.get(url)
    page.sign_in(mona).get(url)
    page.sign_in(bob).get(url, status=404)


@pytest.mark.parametrize("path", ["/events", "/events/mine", "/events/new", "/events?tab=past"])
def test_the_pages_speak_russian(page: Page, path: str) -> None:
    page.sign_in(make_account(locale="ru"))
    assert page.get(path).texts("h1")[0] in {"Встречи", "Создать встречу"}


def test_very_long_names_stay_text(mine: Page, alina: Account) -> None:
    event: Event = make_event(alina, title="<b>" + "W" * 110)
    assert mine.get(f"/events/{event.id}").texts("h1") == ["<b>" + "W" * 110]

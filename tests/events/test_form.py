"""The form of an event in a browser without JavaScript."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from tests.events.pages import error_of, form_data, titles
from tests.events.samples import picture
from tests.factories import make_event, row
from tests.support.clients import Page


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
        ({"cost": "1,000"}, "cost"),
        ({"cost": "12.345"}, "cost"),
        ({"cost": "0.005"}, "cost"),
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
        (
            "cost",
            "0,005",
            "This currency has at most 2 digits after the point.",
            "У этой валюты не больше 2 цифр после запятой.",
        ),
        (
            "cost",
            "1.000",
            "“1.000” can mean two amounts. Write 1000, or at most two digits after the point.",
            "«1.000» можно понять двояко. Напишите 1000 или не больше двух цифр после запятой.",
        ),
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
    created = mine.post("/events/new", form_data(city_query="казань"))
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


def test_others_cannot_open_the_form_of_an_event(mine: Page, bob: Account) -> None:
    mine.get(f"/events/{make_event(bob).id}/edit", status=403)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1 000", 100_000),
        ("1\u00a0000,5", 100_050),
        ("123\u202f456", 12_345_600),
        ("1,000.50", 100_050),
        ("12,34", 1234),
    ],
)
def test_an_amount_is_stored_as_it_was_typed(mine: Page, alina: Account, kazan: City, typed: str, stored: int) -> None:
    event = make_event(alina, city_id=kazan.id)
    mine.post(f"/events/{event.id}/edit", form_data(kazan, cost=typed, capacity="1 000"))
    changed = row(event)
    assert (changed["cost"], changed["capacity"]) == (stored, 1000)

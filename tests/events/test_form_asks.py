"""What the form of an event asks instead of guessing: an end that is not after the start, and the currency."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from portal.events.models import Event
from portal.extensions import db
from tests.events.pages import error_of, form_data, titles
from tests.events.samples import body
from tests.factories import live_in, make_account, make_city, row
from tests.support.clients import Api, Page


def only_event(app: PortalFlask) -> Event:
    with app.app_context():
        event: Event = db.session.scalars(db.select(Event)).one()
        return event


@pytest.mark.parametrize(
    ("starts_time", "ends_time"),
    [("18:00", "17:00"), ("22:00", "02:00"), ("18:00", "18:00"), ("00:00", "00:00"), ("09:00", "08:59")],
)
def test_an_end_that_is_not_after_the_start_is_asked_about(
    app: PortalFlask, mine: Page, kazan: City, starts_time: str, ends_time: str
) -> None:
    sent = form_data(kazan, starts_time=starts_time, ends_time=ends_time)
    asked = mine.post("/events/new", sent, status=422)
    assert "Does it end the next day, Sun 7 Dec 2031?" in error_of(asked, "ends_time")
    assert titles(mine.get("/events/mine")) == []
    assert asked.element("#title")["value"] == "Winter gathering"
    assert asked.element("#ends_time")["value"] == ends_time
    box = asked.element("#ends_next_day")
    mine.post("/events/new", {**sent, str(box["name"]): str(box["value"])})
    stored = row(only_event(app))
    assert stored["ends_at"] > stored["starts_at"]
    assert stored["ends_at"].date().isoformat() in {"2031-12-06", "2031-12-07"}


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({"ends_time": "22:00"}, 4),
        ({"ends_time": "22:00", "ends_next_day": "y"}, 4),  # ticked before the time was corrected
        ({"ends_time": "17:00", "ends": "2031-12-07"}, 23),
        ({"ends_time": "17:00", "ends": "2031-12-07", "ends_next_day": "y"}, 23),
        ({"ends_time": "18:00", "ends": "2031-12-08"}, 48),
    ],
)
def test_nothing_is_asked_where_the_end_is_after_the_start(
    app: PortalFlask, mine: Page, kazan: City, values: dict[str, str], hours: int
) -> None:
    mine.post("/events/new", form_data(kazan, **values))
    stored = row(only_event(app))
    assert (stored["ends_at"] - stored["starts_at"]).total_seconds() == hours * 3600


def test_the_question_is_asked_in_russian_and_when_editing(page: Page, kazan: City) -> None:
    page.sign_in(make_account(locale="ru"))
    created = page.post("/events/new", form_data(kazan))
    asked = page.post(f"{created.location}/edit", form_data(kazan, ends_time="17:00"), status=422)
    question = "Это не позже начала. Встреча закончится на следующий день, вс, 7 декабря 2031?"
    assert error_of(asked, "ends_time") == question
    assert "Закончится на следующий день" in asked.text


def test_an_explicit_end_before_the_start_is_refused(mine: Page, kazan: City) -> None:
    sent = form_data(kazan, ends_time="17:00", ends="2031-12-06")
    assert error_of(mine.post("/events/new", sent, status=422), "ends").startswith("The event ends before it starts.")


PLACES: list[tuple[str, str, str, str]] = [
    ("Berlin", "Germany", "DE", "EUR"),
    ("Kazan", "Russia", "RU", "RUB"),
    ("London", "United Kingdom", "GB", "GBP"),
    ("Tokyo", "Japan", "JP", "JPY"),
    ("Warsaw", "Poland", "PL", "PLN"),
    ("Sofia", "Bulgaria", "BG", "EUR"),
    ("La Paz", "Bolivia", "BO", "BOB"),
]


@pytest.mark.parametrize(("name", "country", "code", "currency"), PLACES)
def test_a_cost_is_in_the_currency_of_the_city_unless_another_is_chosen(
    app: PortalFlask, mine: Page, name: str, country: str, code: str, currency: str
) -> None:
    city = make_city(name, country, country_code=code)
    mine.post("/events/new", form_data(city, cost="5", currency=""))
    assert row(only_event(app))["currency"] == currency
    mine.post(f"/events/{only_event(app).id}/edit", form_data(city, cost="5", currency="USD"))
    assert row(only_event(app))["currency"] == "USD"


@pytest.mark.parametrize(("name", "country", "code", "currency"), PLACES)
def test_clients_that_send_no_currency_get_that_of_the_city(
    app: PortalFlask, api: Api, alina: Account, name: str, country: str, code: str, currency: str
) -> None:
    make_city(name, country, country_code=code)
    api.sign_in(alina).post("/api/v1/events/", json=body(location=f"{country}, {name}", cost=10))
    event = only_event(app)
    assert row(event)["currency"] == currency
    assert api.get(f"/api/v1/events/{event.id}")["cost"] == 10


def test_an_online_event_costs_in_the_currency_of_the_organisers_city(
    app: PortalFlask, mine: Page, api: Api, alina: Account
) -> None:
    live_in(alina, make_city("Berlin", "Germany", country_code="DE"))
    mine.post("/events/new", form_data(is_online="y", cost="5.50", currency=""))
    assert (row(only_event(app))["currency"], row(only_event(app))["cost"]) == ("EUR", 550)
    created = api.sign_in(alina).post("/api/v1/events/", json=body(location="Link", is_online=True))
    with app.app_context():
        assert db.session.get_one(Event, created["id"]).currency == "EUR"


@pytest.mark.parametrize(
    ("code", "typed", "minor", "shown"),
    [
        ("JP", "500", 500, "500 JPY"),
        ("KW", "1.250", None, ""),
        ("KW", "1.25", 1250, "1.250 KWD"),
        ("JP", "0.5", None, ""),
    ],
)
def test_an_amount_has_the_digits_of_the_citys_currency(
    app: PortalFlask, mine: Page, code: str, typed: str, minor: int | None, shown: str
) -> None:
    city = make_city("Somewhere", "Land", country_code=code)
    sent = form_data(city, cost=typed, currency="")
    if minor is None:
        refused = mine.post("/events/new", sent, status=422)
        assert error_of(refused, "cost")
        assert refused.element("#cost")["value"] == typed
        return
    created = mine.post("/events/new", sent)
    assert row(only_event(app))["cost"] == minor
    assert shown in mine.get(created.location).text.replace("\u00a0", " ")


def test_a_new_event_begins_in_the_organisers_city(mine: Page, alina: Account, kazan: City, innopolis: City) -> None:
    live_in(alina, kazan)
    assert mine.get("/events/new").soup.select_one(f"#city-{kazan.id}[checked]") is not None
    elsewhere = mine.get(f"/events/new?city={innopolis.id}")
    assert elsewhere.soup.select_one(f"#city-{innopolis.id}[checked]") is not None


def test_creating_an_event_takes_at_most_nine_fields_and_clicks(
    app: PortalFlask, mine: Page, alina: Account, kazan: City
) -> None:
    live_in(alina, kazan)
    opened = mine.get("/events").element(".page-head a")
    form = mine.get(str(opened["href"])).element("#event-form")
    untouched: dict[str, Any] = {
        str(field["name"]): str(field.get("value", ""))
        for field in form.select("input[name]:not([type=checkbox]):not([type=file]):not([name=csrf_token])")
        if field.get("type") != "radio" or field.has_attr("checked")
    }
    for menu in form.select("select"):
        chosen = menu.select_one("option[selected]") or menu.select_one("option")
        assert chosen is not None
        untouched[str(menu["name"])] = str(chosen["value"])
    typed = {
        "title": "Walk",
        "description": "Along the river.",
        "starts": f"{now().year + 1}-06-01",
        "starts_time": "18:00",
        "ends_time": "20:00",
        "place": "The bridge",
    }
    created = mine.post(str(form["action"]), {**untouched, **typed})
    assert created.location == f"/events/{only_event(app).id}"
    assert len(typed) + len(["open the form", "send it"]) <= 9

"""The list of events and the page of one in a browser without JavaScript, and the fragments that htmx asks for."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events.models import Event
from tests.events.pages import form_data, titles
from tests.events.samples import picture
from tests.events.state import attendance
from tests.factories import make_account, make_city, make_event, row
from tests.support.clients import Page

HTMX = {"HX-Request": "true"}


def test_tabs_separate_upcoming_past_joined_and_own_events(mine: Page, alina: Account, bob: Account) -> None:
    make_event(bob, title="Coming")
    make_event(bob, title="Over", starts_at=now() - timedelta(days=2))
    make_event(bob, title="Going on", starts_at=now() - timedelta(hours=2), ends_at=now() + timedelta(hours=1))
    make_event(bob, title="Cancelled", cancelled_at=now())
    make_event(bob, title="Waiting", approval=Approval.PENDING)
    make_event(alina, title="Mine", approval=Approval.PENDING)
    make_event(bob, title="Joined", going=(alina,), starts_at=now() + timedelta(days=9))
    assert titles(mine.get("/events")) == ["Going on", "Coming", "Cancelled", "Joined"]
    assert titles(mine.get("/events?tab=past")) == ["Over"]
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

"""Joining and leaving on every page that shows events: all that speaks of them follows, and each act can be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import Tag

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from portal.events import services
from portal.events.models import Event
from tests.events.conftest import Act, actor_of
from tests.events.state import attendance
from tests.factories import live_in, make_account, make_event, update
from tests.support.clients import Page, PageResponse

PLAIN: dict[str, str] = {}
SCRIPTED = {"HX-Request": "true", "HX-Request-Type": "full"}
"""The headers of a form that htmx sends to replace a part of the page by that of the page that follows."""

CITY_PANEL = pytest.param("/map/cities/{city}", marks=pytest.mark.needs_feature("alumni_map"))
PAGES = ["/home", "/events", "/events?q=walk", CITY_PANEL, "/events/{event}"]


@pytest.fixture
def walk(bob: Account, kazan: City) -> Event:
    """Bob's walk in Kazan, with twenty places."""
    return make_event(bob, title="Walk", city_id=kazan.id, capacity=20)


@pytest.fixture
def resident(page: Page, alina: Account, kazan: City) -> Page:
    live_in(alina, kazan)
    return page.sign_in(alina)


def send(page: Page, form: Tag, headers: dict[str, str] = PLAIN) -> PageResponse:
    """Send a form as the browser does, and return the page to which it leads."""
    fields = {
        str(field["name"]): str(field.get("value", "")) for field in form.select("input[name]:not([name=csrf_token])")
    }
    location = page.post(str(form["action"]), fields, headers=headers).location
    return page.get(location, headers=headers)


def form_to(shown: PageResponse, event: Event, action: str) -> Tag:
    return shown.element(f'main form[action="/events/{event.id}/{action}"]')


def undo(page: Page, shown: PageResponse, headers: dict[str, str] = PLAIN) -> PageResponse:
    return send(page, shown.element("[data-undo] form"), headers)


@pytest.mark.parametrize("headers", [PLAIN, SCRIPTED])
@pytest.mark.parametrize("path", PAGES)
def test_all_of_a_page_follows_when_the_viewer_joins_and_when_they_undo_it(
    app: PortalFlask, resident: Page, alina: Account, walk: Event, kazan: City, path: str, headers: dict[str, str]
) -> None:
    path = path.format(city=kazan.id, event=walk.id)
    before = resident.get(path)
    assert "1 going, 19 places left" in before.text
    form = form_to(before, walk, "join")
    assert before.soup.select_one(str(form["hx-target"])) is not None
    joined = send(resident, form, headers)
    assert joined.texts(".undo-text") == ["You are going."]
    assert "2 going, 18 places left" in joined.text
    assert joined.soup.select_one(f'main form[action="/events/{walk.id}/join"]') is None
    assert "Going" in joined.texts(".pill")
    undone = undo(resident, joined, headers)
    assert undone.texts(".undo-text") == ["You are no longer going."]
    assert undone.text == before.text
    assert alina.id not in attendance(app, walk)
    assert undo(resident, undone, headers).text == joined.text


def test_the_home_page_moves_what_is_joined_to_the_plans(resident: Page, walk: Event) -> None:
    before = resident.get("/home")
    assert "Next for you" not in before.texts("#home-events h2")
    joined = send(resident, form_to(before, walk, "join"))
    assert joined.texts("#home-events h2") == ["Next for you"]
    assert joined.texts(".event-card-title") == ["Walk"]


@pytest.mark.parametrize("path", PAGES)
def test_a_full_event_has_a_waiting_list_everywhere(
    app: PortalFlask, resident: Page, alina: Account, walk: Event, kazan: City, path: str
) -> None:
    update(walk, capacity=1)
    before = resident.get(path.format(city=kazan.id, event=walk.id))
    assert "1 going, no places left" in before.text
    joined = send(resident, form_to(before, walk, "join"))
    assert joined.texts(".undo-text") == ["You are on the waiting list."]
    assert "On the waiting list" in joined.texts(".pill")
    assert attendance(app, walk)[alina.id] == "waiting"
    undone = undo(resident, joined)
    assert undone.texts(".undo-text") == ["You have left the waiting list."]
    assert alina.id not in attendance(app, walk)


def test_undoing_gives_back_the_former_place_in_the_waiting_list(
    app: PortalFlask, act: Act, clock: Any, resident: Page, alina: Account, bob: Account, walk: Event
) -> None:
    update(walk, capacity=1)
    act(alina, services.join, walk.id)
    clock.move(minutes=5)
    later = make_account()
    act(later, services.join, walk.id)
    left = send(resident, form_to(resident.get(f"/events/{walk.id}"), walk, "leave"))
    clock.move(minutes=5)
    undo(resident, left)
    act(bob, services.leave, walk.id)
    assert attendance(app, walk) == {alina.id: "going", later.id: "waiting"}


def test_a_place_that_has_passed_on_is_not_taken_back_but_waited_for_first(
    app: PortalFlask, act: Act, resident: Page, alina: Account, bob: Account, walk: Event
) -> None:
    update(walk, capacity=2)
    act(alina, services.join, walk.id)
    second, third = make_account(), make_account()
    act(second, services.join, walk.id)
    act(third, services.join, walk.id)
    left = send(resident, form_to(resident.get(f"/events/{walk.id}"), walk, "leave"))
    assert left.texts(".undo-text") == [
        "You are no longer going. Your place went to the first person on the waiting list."
    ]
    undone = undo(resident, left)
    assert undone.texts(".undo-text") == ["You are on the waiting list."]
    act(bob, services.leave, walk.id)
    assert attendance(app, walk) == {second.id: "going", alina.id: "going", third.id: "waiting"}


def other_person(alina: Account, bob: Account, event: Event, since: Any) -> str:
    return services.claim(actor_of(bob), event.id, since)


def other_event(alina: Account, bob: Account, event: Event, since: Any) -> str:
    return services.claim(actor_of(alina), make_event(bob).id, since)


def changed(alina: Account, bob: Account, event: Event, since: Any) -> str:
    return "2" + services.claim(actor_of(alina), event.id, since)[1:].replace("T", "T0", 1)


def nonsense(alina: Account, bob: Account, event: Event, since: Any) -> str:
    return "|é|\U0001f600"


@pytest.mark.parametrize("made_by", [other_person, other_event, changed, nonsense])
def test_a_claim_of_somebody_else_or_made_up_counts_nothing(
    app: PortalFlask, act: Act, alina: Account, bob: Account, made_by: Callable[..., str]
) -> None:
    event = make_event(bob)
    with app.app_context():
        claim = made_by(alina, bob, event, now() - timedelta(days=9))
    assert act(alina, services.join, event.id, claim=claim).since > now() - timedelta(minutes=1)


def test_a_claim_ends_after_a_while(app: PortalFlask, act: Act, clock: Any, alina: Account, bob: Account) -> None:
    event = make_event(bob)
    with app.app_context():
        since = now() - timedelta(days=9)
        claim = services.claim(actor_of(alina), event.id, since)
    clock.move(minutes=59)
    assert act(alina, services.join, event.id, claim=claim).since == since
    act(alina, services.leave, event.id)
    clock.move(minutes=1)
    assert act(alina, services.join, event.id, claim=claim).since > now() - timedelta(minutes=1)


def test_a_second_click_joins_once_and_still_offers_undo(
    app: PortalFlask, resident: Page, clock: Any, alina: Account, walk: Event
) -> None:
    form = form_to(resident.get("/home"), walk, "join")
    send(resident, form)
    assert send(resident, form).texts(".undo-text") == ["You are going."]
    clock.move(minutes=2)
    stale = send(resident, form)
    assert stale.texts("#toasts") == ["You are going."]
    assert stale.soup.select("[data-undo]") == []
    assert alina.id in attendance(app, walk)


def test_a_second_click_on_leaving_changes_nothing(resident: Page, act: Act, alina: Account, walk: Event) -> None:
    act(alina, services.join, walk.id)
    form = form_to(resident.get(f"/events/{walk.id}"), walk, "leave")
    send(resident, form)
    assert send(resident, form).texts("#toasts") == ["You are not going."]


@pytest.mark.parametrize("path", PAGES[:4])
def test_with_scripts_a_refusal_is_a_message_over_the_page_as_it_is_now(
    resident: Page, walk: Event, kazan: City, path: str
) -> None:
    form = form_to(resident.get(path.format(city=kazan.id, event=walk.id)), walk, "join")
    update(walk, cancelled_at=now())
    shown = send(resident, form, SCRIPTED)
    assert shown.texts("#toasts") == ["You cannot join this event: it is over, cancelled or not approved yet."]
    assert shown.soup.select(f'form[action="/events/{walk.id}/join"]') == []


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "", "/\\elsewhere.example"])
def test_joining_leads_to_no_other_site(resident: Page, walk: Event, target: str) -> None:
    assert resident.post(f"/events/{walk.id}/join", {"next": target}).location == f"/events/{walk.id}"


def test_the_bar_speaks_russian(page: Page, walk: Event) -> None:
    shown = page.sign_in(make_account(locale="ru")).get(f"/events/{walk.id}")
    assert "1 участник, осталось 19 мест" in shown.text
    assert send(page, form_to(shown, walk, "join")).texts(".undo-text") == ["Вы идёте."]

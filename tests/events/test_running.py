"""When an event is coming, running or over: in lists, on the home page and in cities, to join and to cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.events import services
from portal.events.models import OPEN_END, Event
from portal.extensions import db
from tests.events.conftest import Act
from tests.events.pages import titles
from tests.events.state import notices_of
from tests.factories import live_in, make_account, make_event
from tests.support.clients import Api, Page

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

COMING, RUNNING, OVER = "coming", "running", "over"
SITUATIONS: list[tuple[timedelta, timedelta | None, str]] = [
    (MINUTE, None, COMING),
    (-MINUTE, None, RUNNING),
    (-OPEN_END + MINUTE, None, RUNNING),
    (-OPEN_END, None, OVER),
    (-OPEN_END - MINUTE, None, OVER),
    (-MINUTE, MINUTE, RUNNING),
    (-5 * HOUR, MINUTE, RUNNING),
    (-30 * 24 * HOUR, HOUR, RUNNING),
    (-HOUR, -MINUTE, OVER),
    (-2 * HOUR, timedelta(0), OVER),
    (-HOUR, -HOUR, RUNNING),  # an end at the very start is none
    (-4 * HOUR, -4 * HOUR, OVER),
]
"""Start and end from now, and what the event is then."""

Make = Callable[[timedelta, timedelta | None], Event]


@pytest.fixture
def make(bob: Account, kazan: City) -> Make:
    def do(starts: timedelta, ends: timedelta | None) -> Event:
        moment = now()
        ends_at = None if ends is None else moment + ends
        return make_event(bob, title="Walk", city_id=kazan.id, starts_at=moment + starts, ends_at=ends_at)

    return do


@pytest.mark.parametrize(("starts", "ends", "state"), SITUATIONS)
@pytest.mark.needs_feature("alumni_map")
def test_lists_pages_and_counts_agree_on_what_is_over(
    page: Page, alina: Account, kazan: City, make: Make, starts: timedelta, ends: timedelta | None, state: str
) -> None:
    event = make(starts, ends)
    live_in(alina, kazan)
    page.sign_in(alina)
    expected = [] if state == OVER else ["Walk"]
    upcoming = page.get("/events")
    assert titles(upcoming) == expected
    assert ("On now" in upcoming.text) is (state == RUNNING)
    assert titles(page.get("/events?tab=past")) == ([] if expected else ["Walk"])
    home = page.get("/home")
    assert [title for title in home.texts(".row-title, .event-card-title") if title == "Walk"] == expected
    assert ("On now" in home.text) is (state == RUNNING)
    panel = page.get(f"/map/cities/{kazan.id}")
    assert ("1 upcoming event" in panel.text) is bool(expected)
    assert ("On now" in panel.text) is (state == RUNNING)
    assert bool(page.get(f"/events/{event.id}").soup.select("#attend")) is bool(expected)


@pytest.mark.parametrize(("starts", "ends", "state"), SITUATIONS)
def test_the_row_and_the_statement_agree(
    app: PortalFlask, make: Make, starts: timedelta, ends: timedelta | None, state: str
) -> None:
    event = make(starts, ends)
    with app.app_context():
        stored, over_at = db.session.execute(db.select(Event, Event.over_at)).one()
        assert stored.over_at == over_at
    assert event.is_over(now()) is (state == OVER)


@pytest.mark.parametrize(("starts", "ends", "state"), SITUATIONS)
def test_clients_join_until_the_event_is_over(
    api: Api, alina: Account, make: Make, starts: timedelta, ends: timedelta | None, state: str
) -> None:
    event = make(starts, ends)
    api.sign_in(alina).post(f"/api/v1/events/{event.id}/participants", status=400 if state == OVER else 200)


@pytest.mark.parametrize(("starts", "ends", "state"), SITUATIONS)
def test_participants_learn_that_a_running_event_is_cancelled(
    app: PortalFlask,
    act: Act,
    make: Make,
    alina: Account,
    bob: Account,
    starts: timedelta,
    ends: timedelta | None,
    state: str,
) -> None:
    event = make(starts, ends)
    if state == OVER:
        with pytest.raises(Conflict):
            act(bob, services.cancel, event.id)
        return
    act(alina, services.join, event.id)
    act(bob, services.cancel, event.id)
    assert notices_of(app, alina) == ["events.cancelled"]


def test_running_events_come_first_and_pages_neither_repeat_nor_skip(page: Page, alina: Account, bob: Account) -> None:
    moment = now()
    running = [make_event(bob, title=f"R{n}", starts_at=moment - n * MINUTE).title for n in range(25, 0, -1)]
    coming = [make_event(bob, title=f"C{n}", starts_at=moment + n * HOUR).title for n in range(1, 20)]
    url, shown = "/events", None
    page.sign_in(alina)
    while url:
        shown = page.get(url)
        more = shown.soup.select_one(".pager a")
        url = str(more["href"]) if more else ""
    assert shown is not None
    assert titles(shown) == running + coming


@pytest.mark.parametrize("path", ["/events?tab=joined", "/events/mine"])
def test_lists_of_coming_and_past_events_begin_with_the_next(page: Page, path: str) -> None:
    me, other = make_account(), make_account()
    owner: Account = me if path == "/events/mine" else other
    moment = now()
    days = [*range(-40, -1, 3), 0, *range(2, 40, 3)]
    for number in days:
        going = (me,) if owner is other else ()
        make_event(owner, going=going, title=f"{number}", starts_at=moment + number * 24 * HOUR)
    expected = [f"{n}" for n in days if n >= 0] + [f"{n}" for n in reversed(days) if n < 0]
    shown = page.sign_in(me).get(path)
    assert titles(shown) == expected[:20]
    more: Any = shown.soup.select_one(".pager a")
    assert titles(page.get(more["href"])) == expected


@pytest.mark.needs_feature("alumni_map")
def test_a_cancelled_event_stays_among_the_coming_ones_until_its_date(
    page: Page, clock: Any, alina: Account, bob: Account, kazan: City
) -> None:
    make_event(bob, title="Off", cancelled_at=now(), city_id=kazan.id, starts_at=now() + HOUR)
    page.sign_in(alina)
    assert titles(page.get("/events")) == ["Off"]
    assert "upcoming event" not in page.get(f"/map/cities/{kazan.id}").text
    assert "Off" not in page.get("/home").text
    clock.move(hours=5)
    assert titles(page.get("/events")) == []
    assert titles(page.get("/events?tab=past")) == ["Off"]


@pytest.mark.parametrize(
    ("values", "is_plan"),
    [
        ({}, True),
        ({"approval": Approval.PENDING}, True),
        ({"approval": Approval.DECLINED}, False),
        ({"cancelled_at": datetime.fromisoformat("2026-01-01T00:00+00:00")}, False),
    ],
)
def test_an_event_that_will_not_take_place_is_no_plan(
    page: Page, alina: Account, values: dict[str, Any], is_plan: bool
) -> None:
    event = make_event(alina, title="My walk", **values)
    page.sign_in(alina)
    assert ("My walk" in page.get("/home").text) is is_plan
    assert bool(page.get(f"/events/{event.id}").soup.select(".attendance-bar")) is is_plan


def test_the_number_on_the_landing_page_is_of_events_that_take_place(page: Page, bob: Account) -> None:
    make_event(bob)
    make_event(bob, starts_at=now() - HOUR)
    make_event(bob, cancelled_at=now())
    make_event(bob, approval=Approval.PENDING)
    make_event(bob, starts_at=now() - 4 * HOUR)
    assert page.get("/").texts(".stat-value")[-1] == "2"

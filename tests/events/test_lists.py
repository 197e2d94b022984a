"""What the lists of events and of participants say about themselves: months, order, number, what is left out; paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events import services
from portal.events.models import Event
from portal.profiles.models import Audience
from tests.events.conftest import Act
from tests.events.pages import error_of
from tests.factories import make_account, make_event, row, update
from tests.support.clients import Page


def make_at(owner: Account, starts: datetime, **values: Any) -> Event:
    return make_event(owner, starts_at=starts, starts_local=starts.replace(tzinfo=None), **values)


def test_a_list_is_divided_by_months_with_the_year_where_it_is_another(page: Page, bob: Account) -> None:
    year = now().year
    viewer = make_account(time_zone="UTC")
    for starts in (datetime(year + 1, 3, 31, 23, tzinfo=UTC), datetime(year + 1, 4, 1, 0, tzinfo=UTC)):
        make_at(bob, starts)
        make_at(bob, starts + timedelta(minutes=1))
    make_at(bob, datetime(year + 2, 4, 1, tzinfo=UTC))
    shown = page.sign_in(viewer).get("/events")
    assert shown.texts("h2.month") == [f"March {year + 1}", f"April {year + 1}", f"April {year + 2}"]
    assert [len(part.select("li")) for part in shown.soup.select("#events-list .cards")] == [2, 2, 1]


def test_past_months_are_named_so_in_lists_of_both(page: Page, bob: Account) -> None:
    year = now().year
    viewer = make_account(locale="ru")
    make_at(bob, datetime(year + 1, 3, 1, tzinfo=UTC), going=(viewer,))
    make_at(bob, datetime(year - 1, 3, 1, tzinfo=UTC), going=(viewer,))
    page.sign_in(viewer)
    assert page.get("/events?tab=joined").texts("h2.month") == [f"Март {year + 1}", f"Прошедшие: Март {year - 1}"]
    assert page.get("/events?tab=past").texts("h2.month") == [f"Март {year - 1}"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/events", "2 events, the next first; cancelled ones stay until their date"),
        ("/events?tab=past", "1 event, the latest first"),
        ("/events?tab=joined", "1 event, the next first, then past ones"),
        (
            "/events/mine",
            "1 event, the next first, then past ones; what waits or was declined only you and the office can see",
        ),
    ],
)
def test_each_list_says_how_many_in_which_order_and_what_is_special(
    page: Page, alina: Account, bob: Account, path: str, sentence: str
) -> None:
    make_event(bob, going=(alina,))
    make_event(bob, cancelled_at=now())
    make_event(bob, starts_at=now() - timedelta(days=9))
    make_event(alina, approval=Approval.PENDING)
    shown = page.sign_in(alina).get(path)
    assert shown.texts(".list-count") == [sentence]


def test_an_empty_list_says_nothing_about_its_order(page: Page, alina: Account) -> None:
    assert page.sign_in(alina).get("/events").texts(".list-count") == ["0 events"]


def hidden() -> Account:
    return make_account(profile={"events_audience": Audience.ME})


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (0, "In the order of joining."),
        (1, "In the order of joining. 1 keeps their name private."),
        (3, "In the order of joining. 3 keep their names private."),
    ],
)
def test_the_participants_say_who_is_left_out(page: Page, bob: Account, number: int, sentence: str) -> None:
    going = (make_account(), *(hidden() for _ in range(number)))
    event = make_event(bob, going=going, capacity=30)
    page.sign_in(make_account())
    shown = page.get(f"/events/{event.id}/people")
    assert shown.texts(".list-count") == [sentence]
    assert f"{2 + number} going, {28 - number} places left" in shown.text
    details = page.get(f"/events/{event.id}")
    private = [text for text in details.texts(".event-people > .row-note") if "private" in text]
    assert len(private) == (1 if number else 0)


def test_the_page_of_an_event_says_how_many_more_go(page: Page, bob: Account) -> None:
    event = make_event(bob, going=(*(make_account() for _ in range(9)), hidden()))
    shown = page.sign_in(make_account()).get(f"/events/{event.id}")
    assert len(shown.soup.select(".face")) == 6
    assert shown.texts(".event-people > .row-note") == ["and 4 more; 1 keeps their name private"]


def test_the_organiser_is_named_whether_they_go_or_not(page: Page, act: Act, alina: Account, bob: Account) -> None:
    event = make_event(bob, going=(alina,))
    page.sign_in(alina)
    assert "by Bob Demo" in page.get(f"/events/{event.id}").texts(".event-by")
    act(bob, services.leave, event.id)
    assert page.get(f"/events/{event.id}").texts(".event-by") == ["by Bob Demo"]


def test_the_list_for_paper_holds_everybody(page: Page, act: Act, alina: Account) -> None:
    people = tuple(make_account() for _ in range(44))
    event = make_event(alina, going=people)
    update(event, capacity=45)
    waiting = [make_account() for _ in range(3)]
    for person in waiting:
        act(person, services.join, event.id)
    shown = page.sign_in(alina).get(f"/events/{event.id}/people/print")
    names = [person.name for person in (alina, *people, *waiting)]
    assert sorted(shown.texts(".print-list td:nth-child(2)")) == sorted(names)
    assert shown.texts(".print-list:last-of-type td:nth-child(2)") == [person.name for person in waiting]
    assert "45 going, no places left." in shown.text
    assert shown.soup.select_one("[data-prints]") is not None


def test_the_list_for_paper_is_for_the_organiser_and_the_office(
    page: Page, alina: Account, bob: Account, mona: Account
) -> None:
    event = make_event(alina, going=(bob,))
    page.sign_in(mona).get(f"/events/{event.id}/people/print")
    page.sign_in(bob).get(f"/events/{event.id}/people/print", status=403)
    update(event, approval=Approval.PENDING)
    page.get(f"/events/{event.id}/people/print", status=404)


@pytest.mark.parametrize(
    ("profile", "shown_to_organiser"),
    [({"graduation_year": 2003, "year_audience": Audience.ME}, False), ({"graduation_year": 2003}, True)],
)
def test_the_list_for_paper_shows_of_each_what_they_show_the_organiser(
    page: Page, alina: Account, profile: dict[str, Any], shown_to_organiser: bool
) -> None:
    event = make_event(alina, going=(make_account(profile=profile),))
    shown = page.sign_in(alina).get(f"/events/{event.id}/people/print")
    assert ("2003" in shown.texts(".print-list td:nth-child(3)")) is shown_to_organiser


@pytest.mark.parametrize("note", ["", "  ", "x" * 501])
def test_the_office_declines_with_a_reason_only(page: Page, alina: Account, mona: Account, note: str) -> None:
    event = make_event(alina, approval=Approval.PENDING)
    shown = page.sign_in(mona).post(f"/events/{event.id}/decline", {"note": note}, status=422)
    assert error_of(shown, "note")
    assert shown.texts("#note") == [note.strip()]
    assert row(event)["approval"] == Approval.PENDING


@pytest.mark.parametrize(
    ("note", "sentence"),
    [("Say where.", "Say where."), (None, "The alumni office gave no reason. You can write to it and ask.")],
)
def test_the_organiser_reads_why_an_event_was_declined(
    app: PortalFlask, page: Page, alina: Account, note: str | None, sentence: str
) -> None:
    event = make_event(alina, approval=Approval.DECLINED, decision_note=note)
    assert sentence in page.sign_in(alina).get(f"/events/{event.id}").text

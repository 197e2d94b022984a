"""What the page about one person shows around the decisions: what happened, messages, what is open, and Undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.permissions.catalogue import ADMINISTRATORS
from tests.admin.trail import actions
from tests.factories import make_account, make_event, make_sign_in
from tests.support.clients import Page

DECISIONS: list[Any] = [
    ("verify", {"verified": False}, {}),
    ("unverify", {}, {}),
    ("ban", {}, {"reason": "Advertising."}),
    ("unban", {"banned": True}, {}),
    ("warn", {}, {"text": "No advertising."}),
]


def lines(office: Page, person: Account, query: str = "") -> list[str]:
    """Return what the timeline says, the newest first."""
    return office.get(f"/admin/people/{person.id}{query}").texts(".timeline-entry > div")


def undo_url(office: Page, person: Account, act: str, data: dict[str, str]) -> str:
    """Decide about a person and return the URL to which the undo bar posts."""
    answer = office.post(f"/admin/people/{person.id}/{act}", data)
    return str(office.get(answer.location).element(".undo-bar form")["action"])


@pytest.mark.parametrize(("act", "values", "data"), DECISIONS)
def test_a_decision_is_undone_from_the_bar(
    app: PortalFlask, office: Page, act: str, values: dict[str, Any], data: dict[str, str]
) -> None:
    person = make_account(**values)
    before = office.get(f"/admin/people/{person.id}").texts("#facts .pill")
    answer = office.post(undo_url(office, person, act, data))
    assert answer.location == f"/admin/people/{person.id}"
    shown = office.get(answer.location)
    assert shown.texts("#toasts") == ["Undone. No email goes out."]
    assert shown.texts("#facts .pill") == before
    assert actions(app, person)[-1] == "accounts.undo_decision"


@pytest.mark.parametrize(("act", "values", "data"), DECISIONS)
def test_a_colleague_and_a_late_click_are_answered_in_words(
    app: PortalFlask, office: Page, clock: Any, act: str, values: dict[str, Any], data: dict[str, str]
) -> None:
    person = make_account(**values)
    url = undo_url(office, person, act, data)
    colleague = Page(app).sign_in(make_account(groups=(ADMINISTRATORS,)))
    back = {"next": f"/admin/people/{person.id}"}
    assert "Only the colleague" in colleague.get(colleague.post(url, back).location).texts("#toasts")[0]
    clock.move(seconds=10)
    answer = office.post(url, back)
    assert answer.location == f"/admin/people/{person.id}"
    assert "too late" in office.get(answer.location).texts("#toasts")[0]
    assert len(actions(app, person)) == 1


def test_accepting_in_another_role_offers_no_undo(office: Page, nina: Account) -> None:
    answer = office.post(f"/admin/people/{nina.id}/verify", {"role": "alumni_friend"})
    assert not office.get(answer.location).soup.select(".undo-bar")


@pytest.mark.needs_feature("follows")
def test_the_acts_of_the_person_and_of_the_office_stand_in_one_list(
    app: PortalFlask, office: Page, alina: Account, bob: Account
) -> None:
    event = make_event(bob, title="Choir <i>")
    member = Page(app).sign_in(alina)
    member.post(f"/events/{event.id}/join")
    member.post(f"/people/{bob.id}/follow")
    office.post(f"/admin/people/{alina.id}/warn", {"text": "Mind."})
    assert lines(office, alina) == [
        "Adam Demo: Warning sent",
        "Followed · Bob Demo",
        "Joined an event · Choir <i>",
    ]
    assert lines(office, alina, "?by=office") == ["Adam Demo: Warning sent"]


def test_views_and_sign_ins_are_left_out(app: PortalFlask, office: Page, alina: Account) -> None:
    office.get("/admin/people")
    office.get(f"/admin/people/{alina.id}")
    make_sign_in(alina)
    shown = office.get(f"/admin/people/{alina.id}")
    assert shown.texts("#timeline .empty") == ["Nothing has happened yet."]
    assert "Sign-ins and visits to pages are left out." in shown.texts("#timeline")[0]


def test_an_undone_decision_says_what_was_undone(office: Page, alina: Account) -> None:
    office.post(undo_url(office, alina, "ban", {"reason": "Advertising."}))
    assert lines(office, alina) == ["Adam Demo: Decision undone Banned", "Adam Demo: Banned Advertising."]


def test_entries_stand_under_today_and_under_their_month(office: Page, alina: Account, clock: Any) -> None:
    then = now()
    clock.set(then - timedelta(days=400))
    office.post(f"/admin/people/{alina.id}/warn", {"text": "Long ago."})
    clock.set(then)
    office.post(f"/admin/people/{alina.id}/warn", {"text": "Today."})
    headings = office.get(f"/admin/people/{alina.id}").texts("#timeline h3")
    assert headings == ["Today", f"{then - timedelta(days=400):%B %Y}"]


def test_more_of_the_list_is_shown_on_request(office: Page, alina: Account) -> None:
    for number in range(23):
        office.post(f"/admin/people/{alina.id}/warn", {"text": f"Number {number}."})
    shown = office.get(f"/admin/people/{alina.id}")
    assert len(shown.soup.select(".timeline-entry")) == 20
    more = str(shown.element("#timeline .pager a")["href"])
    assert len(office.get(more).soup.select(".timeline-entry")) == 23
    fragment = office.get(more, headers={"HX-Request": "true"})
    assert len(fragment.soup.select("#timeline-list .timeline-entry")) == 23
    assert not fragment.soup.select("header")


def test_the_last_messages_show_what_became_of_them(office: Page, alina: Account) -> None:
    assert "No messages yet." in office.get(f"/admin/people/{alina.id}").text
    office.post(undo_url(office, alina, "ban", {"reason": "Advertising."}))
    office.post(f"/admin/people/{alina.id}/warn", {"text": "Mind."})
    rows = office.get(f"/admin/people/{alina.id}").texts("#messages .row-item")
    assert [row.rpartition(" ")[2] for row in rows] == ["Waiting", "Withdrawn"]
    assert rows[0].startswith("A warning from the alumni office Email")


def test_whoever_may_not_read_the_trail_sees_neither_it_nor_messages(page: Page, mona: Account, alina: Account) -> None:
    shown = page.sign_in(mona).get(f"/admin/people/{alina.id}")
    assert not shown.soup.select("#timeline, #messages, #care, #sign-in")
    assert "Only the alumni office sees this page." in shown.text
    assert "Alina can see that you opened it." in shown.text


@pytest.mark.parametrize(("waiting", "said"), [(False, "not confirmed yet"), (True, "confirmed")])
def test_the_strip_says_whether_the_email_is_confirmed(office: Page, waiting: bool, said: str) -> None:
    person = make_account(verified=False, waiting=waiting)
    assert office.get(f"/admin/people/{person.id}").texts("#facts dd")[-1].startswith(said)


def test_dangerous_acts_stand_last_and_open_dialogs(office: Page, alina: Account) -> None:
    shown = office.get(f"/admin/people/{alina.id}")
    assert shown.texts("#care .btn") == ["Change…", "Withdraw…", "Ban…"]
    assert shown.soup.select(".office-columns section")[-1]["id"] == "care"
    opened = {str(button["data-opens"]) for button in shown.soup.select("#care [data-opens]")}
    assert opened <= {str(dialog["id"]) for dialog in shown.soup.select("dialog")}

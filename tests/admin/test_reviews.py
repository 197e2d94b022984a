"""The queue of registrations and the queue of events, by plain forms and as htmx uses them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import REASON_MAX, Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.permissions.catalogue import ADMINISTRATORS
from tests.admin.people import waiting_person
from tests.admin.trail import actions
from tests.factories import make_account, make_event
from tests.support.clients import Page, PageResponse

FRAGMENT = {"HX-Request": "true"}
ACTS = ["accept", "ask", "decline"]


@pytest.fixture
def three() -> list[Account]:
    """Create three people, the longest waiting first."""
    names = ("Anna", "Boris", "Clara")
    return [
        waiting_person(first_name=name, last_name="Queue", created_at=now() - timedelta(days=3 - number))
        for number, name in enumerate(names)
    ]


def chosen(shown: PageResponse) -> list[str]:
    return shown.texts(".queue-detail h2")


def decide(office: Page, person: Account, act: str, note: str = "Because.") -> PageResponse:
    """Decide about a person and return the page that follows."""
    return office.get(office.post(f"/admin/verification/{person.id}/{act}", {"note": note}).location)


def undo_url(shown: PageResponse) -> str:
    return str(shown.element(".undo-bar form")["action"])


def test_the_longest_waiting_person_is_first_and_chosen(office: Page) -> None:
    waiting_person(first_name="Late", created_at=now())
    waiting_person(first_name="Early", last_name="Bird", created_at=now() - timedelta(days=2))
    shown = office.get("/admin/verification")
    assert shown.texts(".queue-list .row-title")[0] == "Early Bird"
    assert shown.texts(".queue-detail h2") == ["Early Bird"]


def test_the_chosen_person_is_shown_in_detail(office: Page) -> None:
    make_account("old@demo.example", first_name="Kamilla", last_name="Demova")
    person = waiting_person(first_name="Kamila", last_name="Demova")
    shown = office.get(f"/admin/verification?person={person.id}")
    assert "Not on it" in shown.text
    assert "Kamilla Demova, 2019 has an account with another email" in shown.text


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"first_name": "Камила", "last_name": "Демова"}, "has an account with another email"),
        ({"first_name": "Demova", "last_name": "Kamila"}, "has an account with another email"),
        ({"first_name": "Camilla", "last_name": "Smith", "email": "k.demova@other.example"}, "has an account"),
        ({"first_name": "KAMILLA", "last_name": "DEMOVA", "waiting": True}, "is waiting too, with another email"),
        ({"first_name": "Kamila", "last_name": "Demova", "banned": True}, "is banned, with another email"),
        ({"first_name": "Marat", "last_name": "Demova"}, None),
        ({"first_name": "Kamila", "last_name": "Ivanova"}, None),
    ],
)
def test_who_may_have_registered_before_is_named(office: Page, other: dict[str, Any], said: str | None) -> None:
    make_account(**other)
    person = waiting_person(first_name="Kamila", last_name="Demova", email="k.demova@demo.example")
    shown = office.get(f"/admin/verification?person={person.id}").texts(".queue-detail .facts")[0]
    assert ("Similar people" in shown) is (said is not None)
    assert said is None or said in shown


def test_htmx_gets_the_queue_fragment(office: Page, nina: Account) -> None:
    shown = office.get(f"/admin/verification?person={nina.id}", headers={"HX-Request": "true"})
    assert shown.texts("#queue .queue-who h2") == ["Nina Demo"]
    assert not shown.soup.select("header")


@pytest.mark.parametrize("person", ["nonsense", "0197a000-0000-7000-8000-000000000000"])
def test_an_unknown_person_shows_the_first_of_the_queue(office: Page, nina: Account, person: str) -> None:
    assert office.get(f"/admin/verification?person={person}").texts(".queue-detail h2") == ["Nina Demo"]


def test_accepting_verifies_the_person_with_a_message(office: Page, nina: Account) -> None:
    answer = office.post(f"/admin/verification/{nina.id}/accept")
    shown = office.get(answer.location)
    assert "Nina Demo can sign in now" in shown.texts("#toasts")[0]
    assert "Nobody is waiting" in shown.text


def test_accepting_twice_shows_the_undo_bar_again(office: Page, nina: Account) -> None:
    office.post(f"/admin/verification/{nina.id}/accept")
    answer = office.post(f"/admin/verification/{nina.id}/accept")
    assert office.get(answer.location).soup.select(".undo-bar")


def test_accepting_an_unknown_person_returns_404(office: Page) -> None:
    office.post(f"/admin/verification/{uuid.uuid4()}/accept", status=404)


def test_unconfirmed_people_of_the_allow_list_are_counted_separately(office: Page) -> None:
    make_account(verified=False, verification="mail")
    assert "1 more person is on the allow list" in office.get("/admin/verification").text


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("number", "following"), [(0, "Boris Queue"), (1, "Clara Queue"), (2, "Anna Queue")])
def test_the_next_person_in_order_is_chosen_after_each_act(
    office: Page, three: list[Account], act: str, number: int, following: str
) -> None:
    shown = decide(office, three[number], act)
    assert chosen(shown) == [following]
    assert shown.soup.select(".queue-detail h2[data-focus][tabindex='-1']")


@pytest.mark.parametrize("act", ACTS)
def test_htmx_gets_the_next_person_and_the_undo_bar_in_one_fragment(
    office: Page, three: list[Account], act: str
) -> None:
    url = f"/admin/verification/{three[0].id}/{act}"
    shown = office.post(url, {"note": "Because."}, headers=FRAGMENT, status=200)
    assert chosen(shown) == ["Boris Queue"]
    assert shown.response.headers["HX-Replace-Url"] == f"/admin/verification?person={three[1].id}"
    assert shown.soup.select("[hx-swap-oob] .undo-bar form[hx-target='#queue']")


@pytest.mark.parametrize("act", ACTS)
def test_undo_brings_the_person_back_into_view(
    app: PortalFlask, office: Page, three: list[Account], clock: Any, act: str
) -> None:
    shown = decide(office, three[1], act)
    assert "The email goes out in 10 s." in shown.texts(".undo-bar")[0]
    shown = office.get(office.post(undo_url(shown)).location)
    assert chosen(shown) == ["Boris Queue"]
    assert shown.texts(".queue-list .row-title") == ["Anna Queue", "Boris Queue", "Clara Queue"]
    assert actions(app, three[1])[-1] == "accounts.undo_decision"


@pytest.mark.parametrize("act", ACTS)
def test_a_second_click_decides_about_nobody_else(
    app: PortalFlask, office: Page, three: list[Account], act: str
) -> None:
    first, second = (decide(office, three[0], act) for _time in range(2))
    assert undo_url(first) == undo_url(second)
    assert [len(actions(app, person)) for person in three] == [1, 0, 0]


@pytest.mark.parametrize(
    ("moved", "said"),
    [({"seconds": 10}, "too late to undo"), ({"days": 3}, "nothing to undo")],
)
def test_undo_that_comes_too_late_says_so(
    app: PortalFlask, office: Page, three: list[Account], clock: Any, moved: dict[str, float], said: str
) -> None:
    url = undo_url(decide(office, three[0], "accept"))
    clock.move(**moved)
    if "days" in moved:
        from portal.undo.jobs import purge

        with app.app_context():
            assert purge(now()) == 1
    assert said in office.get(office.post(url).location).texts("#toasts")[0]
    assert actions(app, three[0]) == ["accounts.verify"]


def test_undo_pressed_twice_says_so(office: Page, three: list[Account]) -> None:
    url = undo_url(decide(office, three[0], "accept"))
    office.get(office.post(url).location)
    assert "already been undone" in office.get(office.post(url).location).texts("#toasts")[0]


def test_the_decision_before_can_be_undone_next(
    app: PortalFlask, office: Page, three: list[Account], clock: Any
) -> None:
    decide(office, three[0], "accept")
    clock.move(seconds=4)
    shown = decide(office, three[1], "decline")
    shown = office.get(office.post(undo_url(shown)).location)
    assert "The email goes out in 6 s." in shown.texts(".undo-bar")[0]
    shown = office.get(office.post(undo_url(shown)).location)
    assert chosen(shown) == ["Anna Queue"]
    assert not shown.soup.select(".undo-bar")
    assert [actions(app, person)[-1] for person in three[:2]] == ["accounts.undo_decision"] * 2


def test_undo_by_a_colleague_says_so(app: PortalFlask, office: Page, three: list[Account]) -> None:
    url = undo_url(decide(office, three[0], "accept"))
    colleague = Page(app).sign_in(make_account(groups=(ADMINISTRATORS,)))
    assert "Only the colleague who decided this" in colleague.get(colleague.post(url).location).texts("#toasts")[0]
    assert actions(app, three[0]) == ["accounts.verify"]


@pytest.mark.parametrize("act", ["ask", "decline"])
@pytest.mark.parametrize("note", ["", "  ", "\u200b"])
def test_what_needs_a_text_is_asked_for_beside_the_field(
    app: PortalFlask, office: Page, three: list[Account], act: str, note: str
) -> None:
    shown = office.post(f"/admin/verification/{three[1].id}/{act}", {"note": note}, status=422)
    assert chosen(shown) == ["Boris Queue"]
    assert shown.soup.select("#note[aria-invalid=true][aria-describedby*=note-error][data-focus]")
    assert shown.response.headers["HX-Push-Url"] == "false"
    assert actions(app, three[1]) == []


@pytest.mark.parametrize("act", ACTS)
def test_a_note_that_is_too_long_is_kept(office: Page, three: list[Account], act: str) -> None:
    long = "x" * (REASON_MAX + 1)
    shown = office.post(f"/admin/verification/{three[0].id}/{act}", {"note": long}, status=422)
    assert shown.element("#note").get_text().strip() == long


@pytest.mark.parametrize("act", ACTS)
def test_a_decision_after_a_colleague_says_so_and_goes_on(
    app: PortalFlask, office: Page, three: list[Account], act: str
) -> None:
    colleague = Page(app).sign_in(make_account(groups=(ADMINISTRATORS,)))
    decide(colleague, three[0], "accept")
    shown = decide(office, three[0], act)
    assert "Anna Queue has been accepted already." in shown.texts("#toasts")[0]
    assert chosen(shown) == ["Boris Queue"]
    assert actions(app, three[0]) == ["accounts.verify"]


def test_who_was_asked_comes_last_and_is_not_counted(office: Page, three: list[Account]) -> None:
    shown = decide(office, three[0], "ask", "Which faculty?")
    assert shown.texts(".queue-list .row-title") == ["Boris Queue", "Clara Queue", "Anna Queue"]
    assert shown.texts(".queue-list .queue-state") == ["Waiting for an answer"]
    assert shown.texts(".office-nav .count") == ["waiting: 2"]
    shown = office.get(f"/admin/verification?person={three[0].id}")
    assert "Which faculty?" in shown.texts(".queue-detail .facts")[0]
    assert not shown.soup.select("[data-key=m]")


def test_an_answer_brings_the_person_back_to_their_place(app: PortalFlask, office: Page, three: list[Account]) -> None:
    from portal.accounts.status import questions, registrations
    from portal.core.actor import Actor, Channel
    from portal.core.db.unit_of_work import unit_of_work

    decide(office, three[0], "ask", "Which faculty?")
    with app.app_context(), unit_of_work():
        question = questions.open_question(three[0].id)
        assert question is not None
        registrations.answer(Actor(Channel.PAGE, account_id=three[0].id), question.id, "Mathematics <b>.")
    shown = office.get("/admin/verification")
    assert chosen(shown) == ["Anna Queue"]
    assert "Mathematics <b>." in shown.text
    assert shown.texts(".queue-list .queue-state") == ["Answered"]


def test_each_act_and_step_has_its_key(office: Page, three: list[Account]) -> None:
    shown = office.get(f"/admin/verification?person={three[1].id}")
    keys = {str(element["data-key"]): element for element in shown.soup.select("[data-key]")}
    assert set(keys) == set("amdjk")
    assert all(element["aria-keyshortcuts"] == key for key, element in keys.items())
    assert str(three[2].id) in keys["j"]["href"]
    assert str(three[0].id) in keys["k"]["href"]


def test_the_steps_go_round_and_are_left_out_for_one_person(office: Page, three: list[Account]) -> None:
    shown = office.get(f"/admin/verification?person={three[0].id}")
    assert str(three[2].id) in shown.element("[data-key=k]")["href"]
    for person in three[1:]:
        decide(office, person, "accept")
    assert not office.get("/admin/verification").soup.select("[data-key=j], [data-key=k]")


def test_an_event_is_approved_from_the_queue(office: Page, alina: Account) -> None:
    event = make_event(alina, title="Choir", approval="pending")
    assert office.get("/admin/events").texts("main .row-title") == ["Choir"]
    answer = office.post(f"/admin/events/{event.id}/approve")
    shown = office.get(answer.location)
    assert "“Choir” is approved; all members can see it." in shown.texts("#toasts")[0]
    assert "No events are waiting for review" in shown.text


def test_an_event_is_declined_with_a_reason(office: Page, alina: Account) -> None:
    event = make_event(alina, approval="pending")
    office.post(f"/admin/events/{event.id}/decline", {"note": "Tell us where."})
    assert "Tell us where." in office.get(f"/events/{event.id}").text


def test_a_reason_that_is_too_long_is_refused_beside_its_field(office: Page, alina: Account) -> None:
    event = make_event(alina, approval="pending")
    shown = office.post(f"/admin/events/{event.id}/decline", {"note": "x" * 501}, status=422)
    assert shown.soup.select("#note[aria-describedby~=note-error]")


def test_a_second_decision_shows_the_conflict(office: Page, alina: Account) -> None:
    event = make_event(alina)
    answer = office.post(f"/admin/events/{event.id}/approve")
    assert "already been decided" in office.get(answer.location).texts("#toasts")[0]


@pytest.mark.parametrize("note", ["", "   "])
def test_an_event_is_not_declined_without_a_reason(office: Page, alina: Account, note: str) -> None:
    event = make_event(alina, approval="pending")
    shown = office.post(f"/admin/events/{event.id}/decline", {"note": note}, status=422)
    assert "Give a reason" in shown.texts("#note-error")[0]


def test_what_is_approved_can_be_read_in_its_row(office: Page, alina: Account) -> None:
    make_event(alina, approval="pending", description="We sing.\n\nBring <water>.")
    make_event(alina, approval="pending", description="long " * 100)
    shown = office.get("/admin/events")
    assert "We sing. Bring <water>." in shown.texts(".decision-text")[0]
    assert shown.texts(".decision .row-note a")[-1] == "Read all"


@pytest.mark.parametrize("act", ["approve", "decline"])
def test_a_decision_about_an_event_is_undone_from_the_bar(office: Page, alina: Account, act: str) -> None:
    event = make_event(alina, title="Choir", approval="pending")
    url = f"/admin/events/{event.id}/{act}"
    shown = office.get(office.post(url, {"note": "Where?"}).location)
    assert shown.texts("main .row-title") == []
    shown = office.get(office.post(undo_url(shown), {"next": "/admin/events"}).location)
    assert shown.texts("main .row-title") == ["Choir"]


def test_a_moderator_undoes_an_event_only(
    app: PortalFlask, page: Page, mona: Account, office: Page, three: list[Account]
) -> None:
    url = undo_url(decide(office, three[0], "accept"))
    Page(app).sign_in(mona).post(url, status=403)

"""A question of the office on the page of somebody who waits, and the answer."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.accounts.status import registrations
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.db.unit_of_work import unit_of_work
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.factories import make_account
from tests.support.clients import Page

QUESTION = "Which programme was it?\nAnd <b>where</b>?"


@pytest.fixture
def hers(app: PortalFlask, wanda: Account) -> Page:
    return Page(app).sign_in(wanda)


def act(app: PortalFlask, official: Account, decision: str, person: Account, text: str = "") -> None:
    actor = Actor(Channel.PAGE, account_id=official.id, permissions=frozenset({"people:verify", "people:ban"}))
    with app.app_context(), unit_of_work():
        getattr(registrations, decision)(actor, person.id, text)


def test_a_question_is_answered_from_the_page_of_the_waiting(
    app: PortalFlask, hers: Page, wanda: Account, adam: Account
) -> None:
    assert "question" not in hers.get("/waiting").text.lower()
    act(app, adam, "ask", wanda, QUESTION)
    assert hers.get("/waiting").soup.select_one('main a.btn-primary[href="/waiting/answer"]')
    page = hers.get(payload_of(app, wanda.email, "accounts.asked")["url"])
    assert "And <b>where</b>?" in page.text
    for blank in ("", "  \n ", "\u200b", "\ufeff \u2060"):
        assert hers.post("/waiting/answer", {"answer": blank}, status=422).texts("#answer-error") != []
    kept = hers.post("/waiting/answer", {"answer": "x" * 1001}, status=422)
    assert kept.element("#answer").get_text().strip() == "x" * 1001
    assert hers.post("/waiting/answer", {"answer": "y" * 1000}).location == "/waiting"
    shown = hers.get("/waiting")
    assert "You have answered the office" in shown.text
    assert not shown.soup.select('a[href="/waiting/answer"]')
    assert hers.post("/waiting/answer", {"answer": "Again"}).location == "/waiting"
    assert [kind for kind, _payload in sent_messages(app, adam.email)] == ["accounts.answered"]


@pytest.mark.parametrize("decision", ["accept", "decline"])
def test_an_answer_after_the_decision_is_refused(
    app: PortalFlask, hers: Page, wanda: Account, adam: Account, decision: str
) -> None:
    act(app, adam, "ask", wanda, QUESTION)
    act(app, adam, decision, wanda, "Because.")
    answer = hers.client.post("/waiting/answer", data={**hers.csrf(), "answer": "Late"})
    assert answer.status_code in {303, 400, 401}
    assert not [kind for kind, _payload in sent_messages(app, adam.email) if kind == "accounts.answered"]


def test_nobody_else_sees_the_question(app: PortalFlask, wanda: Account, adam: Account) -> None:
    act(app, adam, "ask", wanda, QUESTION)
    other = Page(app).sign_in(make_account("other@demo.example", waiting=True))
    assert other.get("/waiting/answer", status=303).location == "/waiting"
    assert Page(app).get("/waiting/answer", status=303).location == "/login?next=/waiting/answer"

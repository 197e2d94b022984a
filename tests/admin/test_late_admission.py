"""People who registered before their email came onto the allow list: they get a link, or the office sees them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account, VerifiedBy
from portal.accounts.settings import LINK_AFTER_IMPORT
from portal.application import PortalFlask
from portal.core.clock import now
from portal.extensions import db
from tests.accounts.people import set_switch
from tests.accounts.sent_messages import link_token, sent_messages
from tests.admin.people import waiting_person
from tests.factories import make_account
from tests.support.clients import Page, PageResponse
from tests.support.statements import counting

EMAIL = "kamila@demo.example"


def put_on_list(office: Page, *emails: str) -> PageResponse:
    data = "\n".join(emails).encode()
    return office.post("/admin/allow-list", {"file": (io.BytesIO(data), "a.csv")}, status=200)


def kinds(app: PortalFlask, email: str = EMAIL) -> list[str]:
    return [kind for kind, _payload in sent_messages(app, email)]


@pytest.mark.parametrize("typed", [EMAIL, "Kamila@DEMO.example", "<mailto:kamila@demo.example>"])
def test_who_waits_gets_in_by_the_link_that_the_import_sends(app: PortalFlask, office: Page, typed: str) -> None:
    person = waiting_person(EMAIL)
    assert "1 person who waited was sent a link" in put_on_list(office, typed).text
    assert kinds(app) == ["accounts.verify_address"]
    Page(app).post("/verify", {"token": link_token(app, EMAIL)})
    with app.app_context():
        assert db.session.get_one(Account, person.id).is_verified


def test_nobody_gets_in_without_confirming_the_email(app: PortalFlask, office: Page) -> None:
    person = waiting_person(EMAIL)
    put_on_list(office, EMAIL)
    with app.app_context():
        assert not db.session.get_one(Account, person.id).is_verified


def test_the_office_sees_who_waits_if_it_has_chosen_so(app: PortalFlask, office: Page) -> None:
    set_switch(app, LINK_AFTER_IMPORT, on=False)
    waiting_person(EMAIL)
    shown = put_on_list(office, EMAIL)
    assert "1 of these people waits for you" in shown.text
    assert shown.soup.select_one(".notice a[href='/admin/verification']")
    assert kinds(app) == []
    assert "On it" in office.get("/admin/verification").texts(".queue-detail .pill")


def test_importing_again_sends_no_second_link(app: PortalFlask, office: Page) -> None:
    waiting_person(EMAIL)
    put_on_list(office, EMAIL)
    assert "link" not in put_on_list(office, EMAIL).texts(".notice-title")[0]
    assert kinds(app) == ["accounts.verify_address"]


OTHERS: dict[str, dict[str, Any]] = {
    "banned": {"banned": True},
    "somebody else": {"email": "kamilla@demo.example"},
    "already sent a link": {"verification": VerifiedBy.MAIL},
    "verified": {"verified": True},
}


@pytest.mark.parametrize("values", OTHERS.values(), ids=OTHERS)
def test_others_get_nothing(app: PortalFlask, office: Page, values: dict[str, Any]) -> None:
    defaults = {"email": EMAIL, "verified": False, "verification": VerifiedBy.OFFICE}
    person = make_account(**{**defaults, **values})
    put_on_list(office, EMAIL)
    assert kinds(app, person.email) == []


def test_a_ban_that_has_ended_does_not_count(app: PortalFlask, office: Page) -> None:
    waiting_person(EMAIL, banned_at=now() - timedelta(days=2), banned_until=now() - timedelta(days=1))
    put_on_list(office, EMAIL)
    assert kinds(app) == ["accounts.verify_address"]


def test_whose_verification_was_withdrawn_is_not_let_in_by_an_import(app: PortalFlask, office: Page) -> None:
    person = make_account(EMAIL)
    other = waiting_person("other@demo.example")
    office.post(f"/admin/people/{person.id}/unverify", {})
    put_on_list(office, EMAIL, other.email)
    assert kinds(app) == ["accounts.unverified"]
    assert kinds(app, other.email) == ["accounts.verify_address"]


def test_who_has_confirmed_the_email_is_let_in_at_once(app: PortalFlask, office: Page) -> None:
    person = make_account(EMAIL, waiting=True)
    page = Page(app).sign_in(person)
    page.get("/people", status=403)
    assert "1 person who waited is in now" in put_on_list(office, EMAIL).text
    assert kinds(app) == ["accounts.verified"]
    page.get("/people")


def test_any_number_of_people_is_let_in_by_the_same_statements(app: PortalFlask, office: Page) -> None:
    put_on_list(office, "first@demo.example")
    sent = []
    for number in (2, 20):
        people = [make_account(waiting=True) for _ in range(number)]
        with counting(app) as ran:
            put_on_list(office, *(person.email for person in people))
        sent.append(len(ran))
        assert all(kinds(app, person.email) == ["accounts.verified"] for person in people)
    assert sent[0] == sent[1]

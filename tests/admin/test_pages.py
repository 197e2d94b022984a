"""The pages of the alumni office."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.clock import now
from portal.extensions import db
from portal.outbox.models import OutboxMessage
from portal.permissions.catalogue import ADMINISTRATORS
from tests.admin.people import waiting_person
from tests.factories import make_account, make_event, save
from tests.support.clients import Page, PageResponse


def test_the_overview_shows_what_waits_and_how_many_there_are(office: Page, alina: Account, nina: Account) -> None:
    make_event(alina, approval="pending")
    shown = office.get("/admin")
    assert shown.texts("main h2") == ["People to verify", "Events to review"]
    assert shown.texts(".section-head a") == ["All 1", "All 1"]
    assert shown.texts(".stat-value")[0] == "1"


def test_the_overview_shows_a_moderator_events_only(page: Page, mona: Account, alina: Account, nina: Account) -> None:
    make_event(alina, approval="pending")
    assert page.sign_in(mona).get("/admin").texts("main h2") == ["Events to review"]


def test_the_overview_counts_undelivered_messages(office: Page) -> None:
    make_message("given_up")
    assert "1 message could not be delivered" in office.get("/admin").text


@pytest.mark.parametrize(("days", "late"), [(2, 0), (3, 0), (4, 1)])
def test_the_overview_begins_with_what_waits_and_warns_of_long_waits(
    office: Page, alina: Account, clock: Any, days: int, late: int
) -> None:
    waiting_person(created_at=now() - timedelta(days=days))
    make_event(alina, approval="pending")
    shown = office.get("/admin")
    assert shown.texts(".waits .row-title") == ["1 People to verify", "1 Events to review"]
    assert len(shown.soup.select(".waits .is-late")) == late


def test_the_overview_says_when_nothing_waits(office: Page) -> None:
    assert "Nothing is waiting for you" in office.get("/admin").text


def upload(office: Page, name: str, data: bytes, status: int = 200) -> PageResponse:
    return office.post("/admin/allow-list", {"file": (io.BytesIO(data), name)}, status=status)


def test_an_uploaded_file_is_imported_with_a_summary(office: Page) -> None:
    shown = upload(office, "class.csv", b"email\nanna@demo.example\nno address\n")
    assert "1 address added, 1 left out (row 3)." in shown.text
    assert shown.texts(".page-head-note") == ["1 address"]
    assert "row 3: no address" in shown.texts(".notice li")


def test_the_file_is_chosen_in_our_own_words(office: Page) -> None:
    shown = office.get("/admin/allow-list")
    assert shown.texts("[data-file-drop] .btn") == ["Choose a file or drop it here"]
    assert shown.soup.select("[data-file-drop] input[type=file][accept='.xlsx,.csv']")


def test_an_imported_email_is_shown_as_on_the_allow_list(office: Page, page: Page) -> None:
    upload(office, "class.csv", b"anna@demo.example")
    waiting_person(email="anna@demo.example")
    assert "On it" in office.get("/admin/verification").texts(".queue-detail .pill")


@pytest.mark.parametrize(("name", "data"), [("class.pdf", b"%PDF"), ("class.xlsx", b"no zip"), ("class.csv", b"x")])
def test_an_unusable_file_is_refused_beside_its_field(office: Page, name: str, data: bytes) -> None:
    assert upload(office, name, data, status=422).soup.select("#file-error")


def test_a_missing_file_is_refused(office: Page) -> None:
    assert "Choose a file." in office.post("/admin/allow-list", status=422).text


def test_a_file_that_is_too_large_is_refused(office: Page) -> None:
    largest = 10 * 1024 * 1024
    office.request("POST", "/admin/allow-list", status=413, data=bytes(largest + 1))
    office.request("POST", "/admin/allow-list", status=400, data=bytes(largest))  # read, and found to lack the token


def test_a_changed_setting_is_stored(office: Page) -> None:
    office.post("/admin/settings", {"auto_approve": "y"})
    assert office.get("/admin/settings").soup.select("#auto_approve[checked]")
    office.post("/admin/settings")
    assert not office.get("/admin/settings").soup.select("#auto_approve[checked]")


def test_unchanged_settings_are_not_audited(app: PortalFlask, office: Page, adam: Account) -> None:
    unchanged = {"friends_any_address": "y", "link_after_import": "y"}
    office.post("/admin/settings", unchanged)
    office.post("/admin/settings", {**unchanged, "auto_approve": "y"})
    with app.app_context():
        assert setting_changes() == ["events.auto_approve"]


def setting_changes() -> list[str | None]:
    return list(db.session.scalars(select(AuditEntry.target_id).where(AuditEntry.action == "settings.change")))


def test_alumni_friends_can_be_limited_to_university_emails(office: Page) -> None:
    office.post("/admin/settings", {})
    assert not office.get("/admin/settings").soup.select("#friends_any_address[checked]")


def test_a_second_factor_cannot_be_required_without_having_one(office: Page) -> None:
    shown = office.post("/admin/settings", {"staff_second_factor": "y", "auto_approve": "y"}, status=422)
    assert shown.texts("#staff_second_factor-error") == ["Set up two-step verification for your own account first."]
    assert not office.get("/admin/settings").soup.select("#auto_approve[checked]")


def test_a_required_second_factor_applies_to_the_next_request(app: PortalFlask, page: Page, mona: Account) -> None:
    head = make_account(role="staff", second_factor="mail", groups=(ADMINISTRATORS,))
    moderator = Page(app).sign_in(mona)
    moderator.get("/admin")
    page.sign_in(head).post("/admin/settings", {"staff_second_factor": "y"})
    page.get("/admin/settings")
    assert moderator.get("/admin", status=303).location == "/settings/security"


def make_message(state: str, **values: Any) -> OutboxMessage:
    defaults: dict[str, Any] = {
        "kind": "accounts.verified",
        "channel": "mail",
        "recipient": "anna@demo.example",
        "payload": {},
    }
    return save(OutboxMessage(state=state, key=str(uuid.uuid4()), **{**defaults, **values}))


def test_an_undelivered_message_is_shown_with_its_error(office: Page) -> None:
    make_message("given_up", last_error="550 No such mailbox", attempts=8)
    shown = office.get("/admin/outbox?state=given_up")
    assert "550 No such mailbox" in shown.text
    assert "8 attempts" in shown.text
    assert "Email · to anna@demo.example" in shown.text
    assert "Not delivered 1" in shown.texts(".tab[aria-current]")


def test_a_withdrawn_message_is_shown_with_its_channel(office: Page) -> None:
    make_message("withdrawn", channel="telegram", recipient="4242")
    shown = office.get("/admin/outbox?state=withdrawn")
    assert "Telegram · to 4242" in shown.text
    assert "Withdrawn 1" in shown.texts(".tab[aria-current]")


@pytest.mark.parametrize("state", ["waiting", "sent", "given_up", "uncertain", "withdrawn", "nonsense"])
def test_every_state_of_the_outbox_has_a_message_when_empty(office: Page, state: str) -> None:
    assert office.get(f"/admin/outbox?state={state}").soup.select("#messages .empty")


def test_the_outbox_is_paged(office: Page) -> None:
    for _number in range(25):
        make_message("sent")
    shown = office.get("/admin/outbox?state=sent")
    more = str(shown.element(".pager a")["href"])
    assert len(shown.texts(".message")) + len(office.get(more).texts(".message")) == 25


def test_the_menu_shows_a_moderator_permitted_pages_only(page: Page, mona: Account) -> None:
    menu = page.sign_in(mona).get("/admin").texts(".office-nav a")
    assert menu == ["Overview", "People", "Events"]


def test_the_queue_is_translated(page: Page, adam: Account, nina: Account) -> None:
    page.sign_in(adam).client.set_cookie("portal-locale", "ru")
    shown = page.get("/admin/verification", headers={"Accept-Language": "ru"})
    assert "Ждёт решения: 1" in shown.text

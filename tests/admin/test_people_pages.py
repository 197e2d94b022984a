"""The alumni office's page of one person, and its decisions about people."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.services import status_changes
from portal.core.clock import now
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.admin.pages import names
from tests.admin.trail import actions
from tests.conftest import Clock
from tests.factories import make_account, make_sign_in
from tests.support.clients import Api, Page
from tests.support.statements import counting

ACTIONS_OF_ADMINISTRATORS = (
    "unverify",
    "role",
    "ban",
    "unban",
    "warn",
    "groups/moderators/appoint",
    "sign-ins/end",
    "second-factor/remove",
)

Clients = tuple[Page, Api]


@pytest.fixture
def clients(app: PortalFlask, alina: Account) -> Clients:
    """Return Alina's browser and her API client, both signed in."""
    return Page(app).sign_in(alina), Api(app).sign_in(alina)


def are_signed_out(clients: Clients) -> bool:
    """Return whether the next request of both clients is refused."""
    browser, client = clients
    page = browser.client.get("/home")
    answer = client.client.get("/api/v1/profile/me", headers=client.headers)
    assert (page.status_code, answer.status_code) in {(303, 401), (302, 401), (200, 200)}
    return bool(answer.status_code == 401)


def act(office: Page, person: Account, path: str, data: dict[str, Any] | None = None, **options: Any) -> str:
    """Do something about a person and return the message that the office sees."""
    answer = office.post(f"/admin/people/{person.id}/{path}", data, **options)
    shown = office.get(answer.location)
    return (shown.texts(".undo-text > span:first-child") or shown.texts("#toasts"))[0]


def test_a_person_is_shown_with_private_fields(office: Page, alina: Account) -> None:
    make_sign_in(alina)
    shown = office.get(f"/admin/people/{alina.id}")
    assert shown.texts("h1") == ["Alina Demo"]
    assert "alina@demo.example" in shown.text
    assert shown.texts(".office-facts .pill") == ["Active"]
    assert "Not signed in anywhere" not in shown.text


@pytest.mark.parametrize("path", ["", "/unverify", "/ban", "/warn", "/sign-ins/end", "/groups/moderators/appoint"])
def test_an_unknown_person_returns_404(office: Page, path: str) -> None:
    url = f"/admin/people/{uuid.uuid4()}{path}"
    if path:
        office.post(url, {"text": "Mind."}, status=404)
    else:
        office.get(url, status=404)


def test_a_waiting_person_can_be_accepted_in_either_role(app: PortalFlask, office: Page, nina: Account) -> None:
    assert office.get(f"/admin/people/{nina.id}").texts("main .actions .btn")[:2] == [
        "Accept",
        "Accept as an alumni friend",
    ]
    assert act(office, nina, "verify", {"role": "alumni_friend"}) == "Nina Demo can sign in now. We have emailed them."
    assert "Alumni friend" in office.get(f"/admin/people/{nina.id}").texts(".office-facts dd")
    assert [kind for kind, _payload in sent_messages(app, nina.email)] == ["accounts.verified"]
    assert act(office, nina, "verify") == "User already verified"


def test_a_verification_can_be_withdrawn(app: PortalFlask, office: Page, alina: Account, clients: Clients) -> None:
    assert not are_signed_out(clients)
    assert act(office, alina, "unverify") == "Alina Demo has to be verified again."
    assert are_signed_out(clients)
    assert sent_messages(app, alina.email)[0][0] == "accounts.unverified"
    assert actions(app, alina) == ["accounts.unverify"]
    assert act(office, alina, "unverify") == "User is not verified"


def test_a_changed_role_is_notified(app: PortalFlask, office: Page, alina: Account, clients: Clients) -> None:
    message = act(office, alina, "role", {"role": "alumni_friend"})
    assert message == "Alina Demo is now an alumni friend; we have emailed them."
    assert clients[1].get("/api/v1/profile/me")["graduation_year"] is None
    assert sent_messages(app, alina.email)[0][0] == "accounts.role_changed"
    assert actions(app, alina) == ["accounts.change_role"]
    assert act(office, alina, "role", {"role": "alumni"}) == "Alina Demo is now a graduate; we have emailed them."


def test_changing_the_role_does_not_verify_again(
    app: PortalFlask, office: Page, alina: Account, clients: Clients
) -> None:
    act(office, alina, "unverify")
    assert act(office, alina, "role", {"role": "alumni_friend"}) == "User is not verified"
    assert are_signed_out(clients)


def test_an_unknown_role_is_refused(office: Page, alina: Account) -> None:
    office.post(f"/admin/people/{alina.id}/role", {"role": "staff"}, status=422)


def test_a_ban_ends_page_and_api_access_until_it_is_lifted(
    app: PortalFlask, office: Page, alina: Account, clients: Clients
) -> None:
    assert not are_signed_out(clients)
    message = act(office, alina, "ban", {"reason": "<b>Advertising</b>"})
    assert message == "Alina Demo is banned."
    assert are_signed_out(clients)
    shown = office.get(f"/admin/people/{alina.id}")
    assert "<b>Advertising</b>" in shown.text
    assert not shown.soup.select("main b")
    assert shown.texts("main .actions .btn") == ["Lift the ban"]
    assert act(office, alina, "ban") == "User is already banned"
    assert act(office, alina, "unban") == "Alina Demo is no longer banned."
    assert act(office, alina, "unban") == "User is not banned"
    assert [kind for kind, _payload in sent_messages(app, alina.email)] == ["accounts.banned", "accounts.unbanned"]
    assert actions(app, alina) == ["accounts.ban", "accounts.unban"]


@pytest.mark.parametrize("zone", ["Asia/Vladivostok", "America/New_York", ""])
def test_a_ban_ends_on_the_same_day_in_every_time_zone(
    app: PortalFlask, office: Page, alina: Account, clock: Clock, zone: str
) -> None:
    if zone:
        office.client.set_cookie("portal-time-zone", zone)
    end = now() + timedelta(days=2)
    act(office, alina, "ban", {"until": f"{end:%Y-%m-%d}"})
    message = office.get(f"/admin/people/{alina.id}").text
    assert f"until {end:%a} {end.day} {end:%b}" in message
    assert str(end.day) in payload_of(app, alina.email, "accounts.banned")["until"]
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    clock.set(midnight - timedelta(seconds=1))
    assert "Banned" in office.get(f"/admin/people/{alina.id}").texts(".office-facts .pill")
    clock.set(midnight)
    assert "Active" in office.get(f"/admin/people/{alina.id}").texts(".office-facts .pill")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"until": "2020-01-01"}, "until"),
        ({"until": "9999-12-31"}, "until"),
        ({"until": "0001-01-01"}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_an_invalid_ban_is_refused_beside_its_field(office: Page, alina: Account, data: Any, field: str) -> None:
    shown = office.post(f"/admin/people/{alina.id}/ban", {"reason": "Advertising", **data}, status=422)
    assert shown.soup.select(f"#{field}[aria-describedby~={field}-error]")
    assert shown.element("#reason").text.strip() == data.get("reason", "Advertising")
    assert shown.texts(".office-facts .pill") == ["Active"]


def test_a_reason_of_the_largest_length_is_accepted(office: Page, alina: Account) -> None:
    assert act(office, alina, "ban", {"reason": "x\r\n" * 250}) == "Alina Demo is banned."


def test_a_warning_is_shown_until_it_is_read(app: PortalFlask, office: Page, alina: Account, clients: Clients) -> None:
    assert "The warning stays on the portal" in act(office, alina, "warn", {"text": "<i>No</i> advertising."})
    shown = office.get(f"/admin/people/{alina.id}")
    assert shown.texts(".office-quote")[0] == "<i>No</i> advertising."
    assert "Not read yet" in shown.texts(".row-state")
    (kind, payload), *_rest = sent_messages(app, alina.email)
    assert (kind, payload["text"]) == ("accounts.warned", "<i>No</i> advertising.")
    warning = clients[1].get("/api/v1/account/warnings")[0]
    clients[1].post(f"/api/v1/account/warnings/{warning['id']}/read")
    assert "Read" in office.get(f"/admin/people/{alina.id}").texts(".row-state")
    assert actions(app, alina) == ["accounts.warn", "accounts.read_warning"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_an_invalid_warning_is_refused(office: Page, alina: Account, text: str) -> None:
    shown = office.post(f"/admin/people/{alina.id}/warn", {"text": text}, status=422)
    assert shown.soup.select("#text[aria-describedby~=text-error]")


def test_appointing_and_dismissing_take_effect_at_once(
    app: PortalFlask, office: Page, alina: Account, clients: Clients
) -> None:
    assert act(office, alina, "groups/moderators/appoint") == "Alina Demo has new rights: Moderator."
    clients[0].get("/admin")
    assert "Moderator" in office.get(f"/admin/people/{alina.id}").texts(".office-facts dd")
    message = act(office, alina, "groups/moderators/dismiss")
    assert message == "Alina Demo no longer has these rights: Moderator."
    clients[0].get("/admin", status=403)
    assert actions(app, alina) == ["accounts.appoint", "accounts.dismiss"]


def test_an_unknown_group_returns_404(office: Page, alina: Account) -> None:
    office.post(f"/admin/people/{alina.id}/groups/nobility/appoint", status=404)
    office.post(f"/admin/people/{alina.id}/groups/nobility/dismiss", status=404)


@pytest.mark.parametrize("path", ["groups/administrators/dismiss", "unverify"])
def test_the_last_administrator_cannot_be_removed(office: Page, adam: Account, path: str) -> None:
    assert act(office, adam, path) == "This is the last administrator. Appoint another one first."


def test_ones_own_page_offers_no_actions(office: Page, adam: Account) -> None:
    shown = office.get(f"/admin/people/{adam.id}")
    assert "This is your own account" in shown.text
    assert not shown.soup.select("main form, main dialog")
    assert act(office, adam, "ban") == "You cannot do this to your own account."


def test_one_session_or_all_can_be_ended(app: PortalFlask, office: Page, alina: Account, clients: Clients) -> None:
    ended = make_sign_in(alina)
    assert act(office, alina, f"sign-ins/{ended.id}/end") == "That device is signed out."
    assert not are_signed_out(clients)
    assert act(office, alina, "sign-ins/end") == "Signed out on 2 devices."
    assert are_signed_out(clients)
    assert actions(app, alina) == ["accounts.end_sign_in", "accounts.end_sign_ins"]
    assert "Not signed in anywhere" in office.get(f"/admin/people/{alina.id}").text


def test_another_persons_session_returns_404(office: Page, alina: Account, bob: Account) -> None:
    office.post(f"/admin/people/{alina.id}/sign-ins/{make_sign_in(bob).id}/end", status=404)


def test_a_lost_second_factor_can_be_removed(app: PortalFlask, office: Page, page: Page) -> None:
    olga = make_account("olga@demo.example", second_factor="mail", first_name="Olga", last_name="Demo")
    clients = Page(app).sign_in(olga), Api(app).sign_in(olga)
    assert "Code by email" in office.get(f"/admin/people/{olga.id}").text
    assert "Two-step verification is off" in act(office, olga, "second-factor/remove")
    assert are_signed_out(clients)
    assert [kind for kind, _payload in sent_messages(app, olga.email)] == ["accounts.second_factor_changed"]
    assert actions(app, olga) == ["accounts.remove_second_factor"]
    assert act(office, olga, "second-factor/remove") == "This account does not use two-step verification."


def test_the_history_shows_who_did_what(office: Page, alina: Account) -> None:
    act(office, alina, "ban", {"reason": "Advertising"})
    act(office, alina, "unban")
    act(office, alina, "groups/administrators/appoint")
    lines = office.get(f"/admin/people/{alina.id}").texts(".timeline-entry > div")
    assert lines == [
        "Adam Demo: Rights given Administrator",
        "Adam Demo: Ban lifted",
        "Adam Demo: Banned Advertising",
    ]


def test_every_decision_of_the_office_is_in_the_history(app: PortalFlask) -> None:
    acts = {"ban", "unban", "verify", "unverify", "change_role", "warn", "appoint", "dismiss", "end_sign_ins"}
    with app.app_context():
        assert {f"accounts.{act}" for act in acts} <= status_changes()


def test_a_moderator_can_read_but_not_act(page: Page, mona: Account, alina: Account) -> None:
    moderator = page.sign_in(mona)
    assert "Alina Demo" in names(moderator.get("/admin/people"))
    make_sign_in(alina)
    shown = moderator.get(f"/admin/people/{alina.id}")
    assert not shown.soup.select("main form, main dialog")
    for path in (*ACTIONS_OF_ADMINISTRATORS, "verify", "groups/moderators/dismiss", f"sign-ins/{uuid.uuid4()}/end"):
        moderator.post(f"/admin/people/{alina.id}/{path}", status=403)


def test_a_registration_is_declined_with_a_reason(app: PortalFlask, office: Page, nina: Account) -> None:
    shown = office.get("/admin/verification")
    assert shown.soup.select_one(f'.queue-detail a[href="/admin/people/{nina.id}"]')
    answer = office.post(f"/admin/verification/{nina.id}/decline", {"note": "We do not know you."})
    assert "Nina Demo is declined." in office.get(answer.location).texts("#toasts")[0]
    assert sent_messages(app, nina.email)[0][1]["reason"] == "We do not know you."
    assert names(office.get("/admin/people?standing=banned")) == {"Nina Demo"}


def test_the_statements_of_a_person_do_not_grow_with_their_history(
    app: PortalFlask, office: Page, alina: Account
) -> None:
    for number in range(4):
        make_sign_in(alina)
        office.post(f"/admin/people/{alina.id}/warn", {"text": f"Mind {number}."})
    office.post(f"/admin/people/{alina.id}/groups/{MODERATORS}/appoint")
    office.post(f"/admin/people/{alina.id}/groups/{ADMINISTRATORS}/appoint")
    with counting(app) as ran:
        office.client.get(f"/admin/people/{alina.id}")
    assert 0 < len(ran) <= 12, ran

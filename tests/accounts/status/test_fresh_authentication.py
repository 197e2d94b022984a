"""Acts by which a stolen session could take the portal over: they need a recent authentication, and are announced."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.authentication import second_factor
from portal.accounts.models import Account
from portal.accounts.security_notices import OfficeChange
from portal.accounts.self_service import email_change
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.accounts.status import administrator, groups
from portal.admin.settings import services as office_settings
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel, system_actor
from portal.core.clock import now
from portal.core.errors import Forbidden, ReauthenticationNeeded
from portal.extensions import db
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS, Permission
from portal.permissions.models import Membership
from portal.settings import registry
from tests.accounts.people import PASSWORD, change, decide, make_person
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.factories import make_account
from tests.support.clients import Api, Page

STALE = timedelta(minutes=10, seconds=1)
ADD_ADMIN = {"email": "eve@demo.example", "password": "seven quiet green lanterns"}


def acting(account: Account, *, ago: timedelta = timedelta(0), permissions: Any = Permission) -> Actor:
    return Actor(Channel.PAGE, account_id=account.id, permissions=frozenset(permissions), authenticated_at=now() - ago)


ACTS = {
    "appoint": lambda actor, person: groups.appoint(actor, person.id, ADMINISTRATORS),
    "appoint moderator": lambda actor, person: groups.appoint(actor, person.id, MODERATORS),
    "dismiss": lambda actor, person: groups.dismiss(actor, person.id, MODERATORS),
    "create": lambda actor, _person: administrator.create(actor, *ADD_ADMIN.values()),
    "second factor": lambda actor, person: second_factor.remove(actor, person.id),
    "settings": lambda actor, _person: office_settings.change_settings(actor, {STAFF_SECOND_FACTOR: True}),
}
OWN_ACTS = {
    "choose": lambda actor: second_factor.choose(actor, "mail"),
    "begin": second_factor.begin_authenticator,
    "confirm": lambda actor: second_factor.confirm_authenticator(actor, "123456"),
    "renew": second_factor.renew_recovery_codes,
    "email": lambda actor: email_change.request_change(actor, "moved@demo.example"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_old_authentication_is_refused_and_a_recent_one_accepted(app: PortalFlask, adam: Account, act: Any) -> None:
    change(app, adam, second_factor="mail")
    person = make_account("mona@demo.example", groups=(MODERATORS,), second_factor="mail")
    with pytest.raises(ReauthenticationNeeded):
        decide(app, act, acting(adam, ago=STALE), person)
    assert sent_messages(app, adam.email) == []
    decide(app, act, acting(adam, ago=STALE - timedelta(seconds=2)), person)


@pytest.mark.parametrize("act", OWN_ACTS.values(), ids=OWN_ACTS)
def test_ones_own_factors_need_a_recent_authentication_too(app: PortalFlask, alina: Account, act: Any) -> None:
    with pytest.raises(ReauthenticationNeeded):
        decide(app, act, acting(alina, ago=STALE, permissions=()))


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nobody_without_the_permission_can_do_it(app: PortalFlask, mona: Account, bob: Account, act: Any) -> None:
    change(app, mona, second_factor="mail")
    with pytest.raises(Forbidden, match="not_permitted"):
        decide(app, act, acting(mona, permissions=(Permission.PEOPLE_READ_ALL, Permission.EVENTS_MODERATE)), bob)


def members(app: PortalFlask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Membership.account_id)).all())


def test_legacy_add_admin_works_after_signing_in_and_says_later_what_to_do(
    app: PortalFlask, api: Api, clock: Any
) -> None:
    make_person(app, groups=(ADMINISTRATORS,))
    body = {"email": "person@demo.example", "password": PASSWORD}
    token = api.post("/api/v1/auth/login", json=body)["access_token"]
    api.headers = {"Authorization": f"Bearer {token}"}
    api.post("/api/v1/auth/add-admin", json=ADD_ADMIN, status=201)
    clock.move(minutes=11)
    refused = api.post("/api/v1/auth/add-admin", json={**ADD_ADMIN, "email": "ivo@demo.example"}, status=403)
    assert (refused["code"], "sign in again" in refused["detail"]) == ("prove_again", True)
    api.post("/api/v1/account/proof", json={"password": PASSWORD})
    api.post("/api/v1/auth/add-admin", json={**ADD_ADMIN, "email": "ivo@demo.example"}, status=201)
    assert members(app) == 3


def test_legacy_toggle_of_event_review_needs_no_fresh_authentication(api: Api, adam: Account, clock: Any) -> None:
    api.sign_in(adam)
    clock.move(minutes=50)
    assert api.post("/api/v1/admin/settings/events/toggle-auto-approve")["auto_approve"] is True


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/api/v1/admin/users/{}/groups/administrators", 200),
        ("DELETE", "/api/v1/admin/users/{}/groups/moderators", 200),
        ("DELETE", "/api/v1/admin/users/{}/second-factor", 200),
    ],
)
def test_json_endpoints_of_rights_need_a_recent_authentication(
    api: Api, adam: Account, clock: Any, method: str, path: str, status: int
) -> None:
    person = make_account("mona@demo.example", groups=(MODERATORS,), second_factor="mail")
    api.sign_in(adam)
    clock.move(minutes=11)
    assert api.call(method, path.format(person.id), status=403)["code"] == "prove_again"
    api.sign_in(adam)
    api.call(method, path.format(person.id), status=status)


@pytest.mark.parametrize("path", ["groups/administrators/appoint", "groups/moderators/dismiss", "second-factor/remove"])
def test_a_button_of_rights_leads_to_reauthentication_and_back(
    app: PortalFlask, page: Page, adam: Account, clock: Any, path: str
) -> None:
    person = make_account("mona@demo.example", groups=(MODERATORS,), second_factor="mail")
    shown = f"/admin/people/{person.id}"
    page.sign_in(adam)
    clock.move(minutes=11)
    before = members(app)
    headers = {"Referer": f"http://localhost{shown}"}
    answer = page.post(f"{shown}/{path}", headers=headers)
    assert answer.location == f"/settings/security/proof?next={shown}"
    assert members(app) == before


def test_settings_keep_what_was_entered_over_reauthentication(app: PortalFlask, page: Page, clock: Any) -> None:
    page.sign_in(make_person(app, groups=(ADMINISTRATORS,), second_factor="mail"))
    clock.move(minutes=11)
    kept = page.post("/admin/settings", {"staff_second_factor": "y"}, status=401)
    fields = {str(field["name"]): str(field["value"]) for field in kept.soup.select("main form input[type=hidden]")}
    assert fields["staff_second_factor"] == "y"
    page.post("/settings/security/proof", {"password": PASSWORD})
    shown = page.post("/admin/settings", {"staff_second_factor": "y"})
    assert shown.location == "/admin/settings"
    with app.app_context():
        assert registry.get(STAFF_SECOND_FACTOR) is True


def reported_changes(app: PortalFlask, email: str) -> list[tuple[str, str]]:
    return [
        (payload["change"], payload["person"])
        for kind, payload in sent_messages(app, email)
        if kind == "accounts.office_changed"
    ]


EXPECTED = {
    "appoint": [(OfficeChange.ADMINISTRATOR_ADDED, "Pia Demo (pia@demo.example)")],
    "appoint moderator": [],
    "dismiss": [(OfficeChange.MODERATOR_REMOVED, "Pia Demo (pia@demo.example)")],
    "create": [(OfficeChange.ADMINISTRATOR_ADDED, "Portal Administrator (eve@demo.example)")],
    "second factor": [(OfficeChange.SECOND_FACTOR_REMOVED, "Pia Demo (pia@demo.example)")],
    "settings": [(OfficeChange.SECOND_FACTOR_DEMANDED, "")],
}


@pytest.mark.parametrize("name", ACTS)
def test_every_administrator_is_notified_once_and_the_person_by_their_own_email(
    app: PortalFlask, adam: Account, mona: Account, name: str
) -> None:
    change(app, adam, second_factor="mail")
    other = make_account("vera@demo.example", locale="ru", groups=(ADMINISTRATORS,))
    gone = make_account("gone@demo.example", banned=True, groups=(ADMINISTRATORS,))
    pia = make_account(
        "pia@demo.example", first_name="Pia", last_name="Demo", groups=(MODERATORS,), second_factor="mail"
    )
    decide(app, ACTS[name], acting(adam), pia)
    for administrator_ in (adam, other):
        assert reported_changes(app, administrator_.email) == EXPECTED[name]
    for stranger in (gone, mona, pia):
        assert reported_changes(app, stranger.email) == []


def test_the_server_needs_no_authentication_and_is_named_as_the_author(app: PortalFlask, adam: Account) -> None:
    decide(app, administrator.create, system_actor(), *ADD_ADMIN.values())
    assert payload_of(app, adam.email, "accounts.office_changed")["by"] == ""

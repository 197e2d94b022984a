"""Refusals at sign-in and in one's own account: each leaves one audit entry about the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.clock import now
from portal.extensions import db
from tests.accounts.people import (
    EMAIL,
    PASSWORD,
    REGISTRATION,
    add_authenticator,
    add_to_allow_list,
    change,
    login,
    make_person,
    signed_in,
)
from tests.accounts.sent_messages import payload_of
from tests.support.clients import Api, Page

NEW_PASSWORD = "seven quiet green lanterns"


@dataclass(frozen=True, slots=True)
class Case:
    """One refusal: who and what it needs, and the same request with correct input."""

    app: PortalFlask
    api: Api
    page: Page
    person: Account

    def code(self) -> str:
        return str(payload_of(self.app, EMAIL, "accounts.code")["code"])


def trail(app: PortalFlask) -> list[tuple[str, str | None, dict[str, object]]]:
    with app.app_context():
        rows = db.session.execute(
            select(AuditEntry.action, AuditEntry.target_id, AuditEntry.details).order_by(AuditEntry.id)
        )
        return [(action, target, details) for action, target, details in rows]


def wrong_password(case: Case) -> None:
    login(case.api, "wrong", status=401)


def wrong_password_of_the_page(case: Case) -> None:
    case.page.post("/login", {"email": EMAIL, "password": "wrong"}, status=422)


def banned(case: Case) -> None:
    change(case.app, case.person, banned_at=now())
    login(case.api, status=401)


def not_verified(case: Case) -> None:
    change(case.app, case.person, verified_at=None)
    login(case.api, status=401)


def requested(case: Case, path: str = "login/otp") -> str:
    return str(case.api.post(f"/api/v1/auth/{path}/request", json={"email": EMAIL})["session_token"])


def wrong_sign_in_code(case: Case) -> None:
    body = {"session_token": requested(case), "code": "12345x"}
    case.api.post("/api/v1/auth/login/otp/verify", json=body, status=401)


def expired_sign_in_code(case: Case) -> None:
    body = {"session_token": requested(case), "code": case.code()}
    case.api.post("/api/v1/auth/login/otp/verify", json=body)
    case.api.post("/api/v1/auth/login/otp/verify", json=body, status=401)


def code_of_somebody_banned(case: Case) -> None:
    body = {"session_token": requested(case), "code": case.code()}
    change(case.app, case.person, banned_at=now())
    case.api.post("/api/v1/auth/login/otp/verify", json=body, status=401)


def code_over_the_channel_of_the_second_factor(case: Case) -> None:
    body = {"session_token": requested(case), "code": case.code()}
    change(case.app, case.person, second_factor="mail")
    case.api.post("/api/v1/auth/login/otp/verify", json=body, status=401)


def wrong_second_factor(case: Case) -> None:
    add_authenticator(case.app, case.person)
    pending = login(case.api, status=401)["session_token"]
    case.api.post("/api/v1/auth/login-otp", json={"session_token": pending, "code": "12345x"}, status=401)


def banned_with_the_second_factor(case: Case) -> None:
    totp = add_authenticator(case.app, case.person)
    pending = login(case.api, status=401)["session_token"]
    change(case.app, case.person, banned_at=now())
    case.api.post("/api/v1/auth/login-otp", json={"session_token": pending, "code": totp.at(now())}, status=401)


def wrong_reauthentication(case: Case) -> None:
    signed_in(case.app).post("/api/v1/account/proof", json={"password": "wrong"}, status=400)


def wrong_code_of_reauthentication(case: Case) -> None:
    own = signed_in(case.app)
    own.post("/api/v1/account/proof/code")
    own.post("/api/v1/account/proof", json={"code": "12345x"}, status=400)


def wrong_current_password(case: Case) -> None:
    body = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    signed_in(case.app).post("/api/v1/account/password", json=body, status=400)


def wrong_code_for_a_new_email(case: Case) -> None:
    own = signed_in(case.app)
    own.post("/api/v1/account/email", json={"email": "moved@demo.example"})
    own.post("/api/v1/account/email/confirm", json={"code": "12345x"}, status=400)


def wrong_code_of_a_registration(case: Case) -> None:
    change(case.app, case.person, verified_at=None, verification="mail")
    body = {"email": EMAIL, "verification_code": "12345x"}
    case.api.post("/api/v1/auth/verify", json=body, status=400)


def refused_refresh(case: Case) -> None:
    first = login(case.api, refresh=True)["refresh_token"]
    second = case.api.post("/api/v1/auth/refresh", json={"refresh_token": first})["refresh_token"]
    case.api.post("/api/v1/auth/refresh", json={"refresh_token": second})
    case.api.post("/api/v1/auth/refresh", json={"refresh_token": first}, status=401)


REFUSALS: dict[Callable[[Case], None], tuple[str, dict[str, object]]] = {
    wrong_password: ("accounts.sign_in_failed", {}),
    wrong_password_of_the_page: ("accounts.sign_in_failed", {}),
    banned: ("accounts.sign_in_refused", {"reason": "banned"}),
    not_verified: ("accounts.sign_in_refused", {"reason": "not_verified"}),
    wrong_sign_in_code: ("accounts.code_refused", {"over": False}),
    expired_sign_in_code: ("accounts.code_refused", {"over": True}),
    code_of_somebody_banned: ("accounts.sign_in_refused", {"reason": "banned"}),
    code_over_the_channel_of_the_second_factor: ("accounts.sign_in_refused", {"reason": "password_first"}),
    wrong_second_factor: ("accounts.second_step_refused", {"over": False}),
    banned_with_the_second_factor: ("accounts.sign_in_refused", {"reason": "banned"}),
    wrong_reauthentication: ("accounts.prove_failed", {}),
    wrong_code_of_reauthentication: ("accounts.prove_failed", {}),
    wrong_current_password: ("accounts.change_password_refused", {}),
    wrong_code_for_a_new_email: ("accounts.address_refused", {"over": False}),
    wrong_code_of_a_registration: ("accounts.code_refused", {}),
    refused_refresh: ("accounts.refresh_token_reused", {}),
}


@pytest.mark.parametrize("refuse", REFUSALS, ids=[refuse.__name__ for refuse in REFUSALS])
def test_a_refusal_leaves_its_entry_about_the_person(
    app: PortalFlask, api: Api, page: Page, refuse: Callable[[Case], None]
) -> None:
    action, details = REFUSALS[refuse]
    person = make_person(app)
    refuse(Case(app, api, page, person))
    entries = [entry for entry in trail(app) if entry[0] == action]
    assert [target for _action, target, _details in entries] == [str(person.id)]
    assert details.items() <= entries[0][2].items()
    refused = {action for action, _details in REFUSALS.values()}
    assert [entry[0] for entry in trail(app) if entry[0] in refused] == [action]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("login", {"password": PASSWORD}, 401),
        ("login/otp/request", {}, 200),
        ("password-reset/request", {}, 200),
        ("resend-verification", {}, 200),
        ("verify", {"verification_code": "123456"}, 400),
    ],
)
def test_what_is_tried_with_an_unknown_email_is_recorded_without_a_target(
    app: PortalFlask, api: Api, path: str, body: dict[str, Any], status: int
) -> None:
    api.post(f"/api/v1/auth/{path}", json={"email": "nobody@demo.example", **body}, status=status)
    assert [target for _action, target, _details in trail(app)] == [None]


def test_registering_again_is_recorded_about_the_owner(app: PortalFlask, page: Page) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    owner = make_person(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    assert ("accounts.register_again", str(owner.id)) in [entry[:2] for entry in trail(app)]

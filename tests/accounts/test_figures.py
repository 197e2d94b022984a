"""Figures that texts name, and limits that people meet: what is said is what happens, on both sides of each limit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask_babel import force_locale

from portal.accounts import messages
from portal.accounts.models import NAME_MAX, PASSWORD_MAX, PASSWORD_MIN, REASON_MAX, Account
from portal.accounts.status import decisions, registrations
from portal.accounts.status.models import ANSWER_MAX
from portal.accounts.status.questions import open_question
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.errors import Conflict, Invalid
from portal.events.models import NOTE_MAX
from portal.events.services import review
from portal.outbox.kinds import MessageKind
from portal.outbox.rendering import render_mail
from portal.permissions.catalogue import Permission
from tests.accounts.pages import NEW_PASSWORD, sent_code
from tests.accounts.people import (
    EMAIL,
    PASSWORD,
    REGISTRATION,
    add_to_allow_list,
    decide,
    login,
    make_person,
    signed_in,
)
from tests.accounts.second_factor import AUTHENTICATOR, authenticator_code
from tests.accounts.sent_messages import link_token, payload_of, sent_messages
from tests.factories import make_event
from tests.support.clients import Api, Page

SECOND = timedelta(seconds=1)


def named(app: PortalFlask, kind: MessageKind, email: str) -> list[str]:
    """Return what the newest email of a kind says in English and in Russian."""
    payload = payload_of(app, email, kind.name)
    with app.app_context():
        return [render_mail(kind, payload, locale).text for locale in ("en", "ru")]


def says(texts: list[str], english: str, russian: str) -> bool:
    return english in texts[0] and russian in texts[1]


@pytest.mark.parametrize(("early", "status"), [(SECOND, 303), (timedelta(0), 400)])
def test_confirmation_link_works_for_the_hours_that_its_email_names(
    app: PortalFlask, page: Page, clock: Any, early: timedelta, status: int
) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    assert says(named(app, messages.VERIFY_EMAIL, REGISTRATION["email"]), "24 hours", "24 час")
    clock.set(now() + timedelta(hours=24) - early)
    page.post("/verify", {"token": link_token(app, REGISTRATION["email"])}, status=status)


@pytest.mark.parametrize(("early", "status"), [(SECOND, 200), (timedelta(0), 401)])
def test_sign_in_code_works_for_the_minutes_that_its_email_names(
    app: PortalFlask, api: Api, clock: Any, early: timedelta, status: int
) -> None:
    make_person(app)
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    assert says(named(app, messages.CODE, EMAIL), "within 10 minutes", "10 минут")
    clock.set(now() + timedelta(minutes=10) - early)
    body = {"session_token": token, "code": sent_code(app)}
    api.post("/api/v1/auth/login/otp/verify", json=body, status=status)


@pytest.mark.parametrize(("early", "status"), [(SECOND, 200), (timedelta(0), 400)])
def test_reset_link_works_for_the_minutes_that_its_email_names(
    app: PortalFlask, api: Api, clock: Any, early: timedelta, status: int
) -> None:
    make_person(app)
    api.post("/api/v1/auth/password-reset/request", json={"email": EMAIL})
    assert says(named(app, messages.RESET_PASSWORD, EMAIL), "30 minutes", "30 минут")
    token = str(payload_of(app, EMAIL, "accounts.reset_password")["url"]).partition("token=")[2]
    clock.set(now() + timedelta(minutes=30) - early)
    body = {"token": token, "new_password": NEW_PASSWORD}
    api.post("/api/v1/auth/password-reset/confirm", json=body, status=status)


@pytest.mark.parametrize(("early", "status"), [(SECOND, 200), (timedelta(0), 400)])
def test_undo_link_works_for_the_days_that_its_email_names(
    app: PortalFlask, api: Api, clock: Any, early: timedelta, status: int
) -> None:
    make_person(app)
    own = signed_in(app)
    own.post("/api/v1/account/email", json={"email": "moved@demo.example"})
    code = sent_code(app, "moved@demo.example", "accounts.change_address")
    own.post("/api/v1/account/email/confirm", json={"code": code})
    assert says(named(app, messages.EMAIL_CHANGED, EMAIL), "7 days", "7 дней")
    token = str(payload_of(app, EMAIL, "accounts.address_changed")["url"]).partition("token=")[2]
    clock.set(now() + timedelta(days=7) - early)
    api.post("/api/v1/auth/email/undo", json={"token": token}, status=status)


@pytest.mark.parametrize(("early", "status"), [(SECOND, 200), (timedelta(0), 400)])
def test_authenticator_key_waits_for_half_an_hour(app: PortalFlask, clock: Any, early: timedelta, status: int) -> None:
    make_person(app)
    totp = pyotp.TOTP(signed_in(app).post(AUTHENTICATOR)["secret"])
    clock.set(now() + timedelta(minutes=30) - early)
    body = {"code": authenticator_code(totp)}
    signed_in(app).post(f"{AUTHENTICATOR}/confirm", json=body, status=status)


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 200), (SECOND, 403)])
def test_reauthentication_counts_for_the_minutes_that_its_message_names(
    app: PortalFlask, clock: Any, late: timedelta, status: int
) -> None:
    make_person(app)
    own = signed_in(app)
    clock.move(hours=1)
    assert "within 10 minutes" in own.post("/api/v1/account/proof", json={"password": PASSWORD})["message"]
    clock.set(now() + timedelta(minutes=10) + late)
    own.post("/api/v1/account/email", json={"email": "moved@demo.example"}, status=status)


@pytest.mark.parametrize("waited", [0, 1, 58, 59])
def test_the_seconds_to_wait_for_another_link_are_those_that_are_named(
    app: PortalFlask, api: Api, clock: Any, waited: int
) -> None:
    body = {"email": "nobody@demo.example"}
    api.post("/api/v1/auth/resend-verification", json=body)
    clock.move(seconds=waited)
    response = api.request("POST", "/api/v1/auth/resend-verification", json=body, status=429)
    seconds = int(response.headers["Retry-After"])
    assert seconds == 60 - waited
    assert re.search(rf"\b{seconds} seconds?\b", str(response.json and response.json["detail"]))
    clock.move(seconds=seconds)
    api.post("/api/v1/auth/resend-verification", json=body)


def official(account: Account) -> Actor:
    return Actor(Channel.PAGE, account_id=account.id, permissions=frozenset(Permission), authenticated_at=now())


@pytest.mark.parametrize("ahead", [SECOND, timedelta(days=365), timedelta(days=19 * 365), timedelta(days=7_300)])
def test_a_ban_ends_when_the_office_says(
    app: PortalFlask, adam: Account, bob: Account, clock: Any, ahead: timedelta
) -> None:
    decide(app, decisions.ban, official(adam), bob.id, until=now() + ahead)
    api, end = Api(app), now() + ahead
    clock.set(end - SECOND)
    with pytest.raises(Conflict, match="already_banned"):
        decide(app, decisions.ban, official(adam), bob.id)
    clock.set(end)
    assert api.sign_in(bob).get("/api/v1/profile/me")["id"] == str(bob.id)


@pytest.mark.parametrize(
    ("ahead", "code"),
    [
        (timedelta(0), "past"),
        (-SECOND, "past"),
        (timedelta(days=7_300) + SECOND, "too_late"),
        (timedelta(days=40 * 365), "too_late"),
    ],
)
def test_a_ban_without_a_usable_end_is_refused(
    app: PortalFlask, adam: Account, bob: Account, clock: Any, ahead: timedelta, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        decide(app, decisions.ban, official(adam), bob.id, until=now() + ahead)
    assert sent_messages(app, bob.email) == []


TEXTS: dict[str, tuple[int, Callable[[Actor, Any, str], Any]]] = {
    "warning": (REASON_MAX, lambda actor, person, text: decisions.warn(actor, person.id, text)),
    "reason of a ban": (REASON_MAX, lambda actor, person, text: decisions.ban(actor, person.id, reason=text)),
    "note of an acceptance": (REASON_MAX, lambda actor, person, text: registrations.accept(actor, person.id, text)),
    "reason of a decline": (REASON_MAX, lambda actor, person, text: registrations.decline(actor, person.id, text)),
    "question": (REASON_MAX, lambda actor, person, text: registrations.ask(actor, person.id, text)),
    "answer": (ANSWER_MAX, lambda actor, person, text: answered(actor, person, text)),
    "note about an event": (NOTE_MAX, lambda actor, person, text: review.decline(actor, make_event(person).id, text)),
}


def answered(actor: Actor, person: Account, text: str) -> None:
    registrations.ask(actor, person.id, "Which year?")
    question = open_question(person.id)
    assert question is not None
    registrations.answer(Actor(Channel.PAGE, account_id=person.id), question.id, text)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("sign", ["x", "ы", "𝔘"])
def test_a_text_of_exactly_the_limit_is_kept_and_a_longer_one_refused(
    app: PortalFlask, adam: Account, nina: Account, name: str, sign: str
) -> None:
    most, write = TEXTS[name]
    with pytest.raises(Invalid, match="too_long") as refused:
        decide(app, write, official(adam), nina, sign * (most + 1))
    with app.app_context(), force_locale("en"):
        assert str(most) in str(refused.value.lazy_message)
    decide(app, write, official(adam), nina, f"  {sign * most}\n")


@pytest.mark.parametrize(
    ("length", "status"), [(PASSWORD_MIN - 1, 422), (PASSWORD_MIN, 200), (PASSWORD_MAX, 200), (PASSWORD_MAX + 1, 422)]
)
def test_a_password_of_exactly_a_limit_is_accepted(app: PortalFlask, length: int, status: int) -> None:
    make_person(app)
    new = ("vQ7#kz2!Ыw9&" * 12)[:length]
    body = {"current_password": PASSWORD, "new_password": new}
    signed_in(app).post("/api/v1/account/password", json=body, status=status)
    login(Api(app), new if status == 200 else PASSWORD)


@pytest.mark.parametrize(("length", "status"), [(NAME_MAX, 201), (NAME_MAX + 1, 422)])
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_name_of_exactly_the_limit_is_accepted(api: Api, field: str, length: int, status: int) -> None:
    body = {**REGISTRATION, "telegram_alias": None, field: ("Анна-Мария " * 9)[:length].replace(" ", "я")}
    api.post("/api/v1/auth/register", json=body, status=status)

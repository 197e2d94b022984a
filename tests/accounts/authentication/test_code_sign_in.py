"""Signing in by a code, by email and Telegram."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.models import OneTimeSecret
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox import claims
from tests.accounts.people import EMAIL, add_authenticator, bearer, change, link_chat, login, make_person
from tests.accounts.sent_messages import message_states, payload_of, sent_messages
from tests.support.clients import Api

MAIL, TELEGRAM = "/api/v1/auth/login/otp", "/api/v1/auth/login/telegram"
CHAT = "4242"


def ask(api: Api, email: str = EMAIL, channel: str = MAIL, status: int = 200) -> Any:
    return api.post(f"{channel}/request", json={"email": email}, status=status)


def enter(api: Api, token: str, code: str, *, channel: str = MAIL, status: int = 200, **more: Any) -> Any:
    return api.post(f"{channel}/verify", json={"session_token": token, "code": code, **more}, status=status)


def code_for(app: PortalFlask, recipient: str = EMAIL) -> str:
    return str(payload_of(app, recipient, "accounts.code")["code"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_emailed_code_signs_in_once(app: PortalFlask, api: Api) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    answer = enter(api, token, code_for(app))
    assert api.get("/api/v1/profile/me", headers=bearer(answer["access_token"]))["last_name"]
    assert enter(api, token, code_for(app), status=401)["detail"] == "Invalid or expired session"


def test_telegram_code_goes_to_the_linked_chat(app: PortalFlask, api: Api) -> None:
    link_chat(make_person(app), CHAT)
    token = ask(api, channel=TELEGRAM)["session_token"]
    assert sent_messages(app, EMAIL) == []
    assert enter(api, token, code_for(app, CHAT), channel=TELEGRAM)["access_token"]


def test_telegram_alias_receives_no_code(app: PortalFlask, api: Api) -> None:
    from portal.profiles.models import Profile

    person = make_person(app)
    with app.app_context():
        db.session.get_one(Profile, person.id).telegram_alias = "somebody"
        db.session.commit()
    ask(api, channel=TELEGRAM)
    assert sent_messages(app, EMAIL) == []
    assert sent_messages(app, "somebody") == []


@pytest.mark.parametrize("channel", [MAIL, TELEGRAM])
@pytest.mark.parametrize("values", [None, {"verified": False}, {"banned": True}])
def test_people_without_a_code_get_identical_answers(
    app: PortalFlask, api: Api, channel: str, values: dict[str, Any] | None
) -> None:
    link_chat(make_person(app, "known@demo.example"), "77")
    if values is not None:
        link_chat(make_person(app, **values), CHAT)
    known, other = ask(api, "known@demo.example", channel), ask(api, EMAIL, channel)
    assert set(known) == set(other)
    assert known["message"] == other["message"]
    assert len(known["session_token"]) == len(other["session_token"])
    assert sent_messages(app, EMAIL) == sent_messages(app, CHAT) == []
    refused = [
        [
            enter(api, answer["session_token"], "12345x", channel=channel, status=status)
            for status in [401] * 4 + [429, 401]
        ]
        for answer in (known, other)
    ]
    sentences = [[(one["detail"], one["code"]) for one in answers] for answers in refused]
    assert sentences[0] == sentences[1]


def test_five_wrong_attempts_end_a_code(app: PortalFlask, api: Api) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    code = code_for(app)
    for left in (4, 3, 2, 1):
        detail = enter(api, token, wrong(code), status=401)["detail"]
        assert detail == f"Incorrect verification code. {left} attempt(s) remaining"
    assert "request a new code" in enter(api, token, wrong(code), status=429)["detail"]
    assert enter(api, token, code, status=401)["detail"] == "Invalid or expired session"


def test_wrong_attempt_leaves_the_token_valid(app: PortalFlask, api: Api) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    enter(api, token, wrong(code_for(app)), status=401)
    enter(api, token, code_for(app))


def test_checks_are_limited_per_account_and_day(app: PortalFlask, api: Api, clock: Any) -> None:
    make_person(app)
    for _code in range(4):
        token = ask(api)["session_token"]
        for status in (401, 401, 401, 401, 429):
            enter(api, token, wrong(code_for(app)), status=status)
        clock.move(seconds=61)
    token = ask(api)["session_token"]
    response = api.request("POST", f"{MAIL}/verify", status=429, json={"session_token": token, "code": code_for(app)})
    assert int(response.headers["Retry-After"]) > 60
    clock.move(hours=2)
    enter(api, ask(api)["session_token"], code_for(app))


@pytest.mark.slow
def test_correct_codes_are_not_counted(app: PortalFlask, api: Api, clock: Any) -> None:
    make_person(app)
    for _time in range(25):
        enter(api, ask(api)["session_token"], code_for(app))
        clock.move(seconds=61)


def test_code_is_valid_for_ten_minutes(app: PortalFlask, api: Api, clock: Any) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    clock.move(minutes=10)
    assert enter(api, token, code_for(app), status=401)["detail"] == "Invalid or expired session"


@pytest.mark.parametrize("shape", [" {0}{1}{2} {3}{4}{5} ", "{0}{1}{2}-{3}{4}{5}", "{arabic}", "{wide}"])
def test_code_may_be_typed_with_separators_and_other_digits(app: PortalFlask, api: Api, shape: str) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    code = code_for(app)
    arabic = "".join(chr(0x0660 + int(digit)) for digit in code)
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code)
    enter(api, token, shape.format(*code, arabic=arabic, wide=wide))


@pytest.mark.parametrize("code", ["abcdef", "12345", "1" * 41, "", None, 123456, "½½½½½½", "\x00\x0012345"])
def test_malformed_sign_in_code_is_refused(app: PortalFlask, api: Api, code: Any) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    body = {"session_token": token, "code": code}
    response = api.client.post(f"{MAIL}/verify", json=body)
    assert response.status_code in {401, 422}
    assert isinstance(response.get_json()["detail"], str)


@pytest.mark.parametrize("token", ["", "x", "x" * 201, "\x00", "é" * 50])
def test_malformed_sign_in_token_is_refused(api: Api, token: str) -> None:
    response = api.client.post(f"{MAIL}/verify", json={"session_token": token, "code": "123456"})
    assert response.status_code in {401, 422}


def test_repeated_request_within_a_minute_leads_to_the_code_already_sent(app: PortalFlask, api: Api) -> None:
    make_person(app)
    answers = [[ask(api, email), ask(api, email.upper())] for email in (EMAIL, "nobody@demo.example")]
    assert len(sent_messages(app, EMAIL)) == 1
    assert answers[0][1].keys() == answers[1][1].keys()
    assert answers[0][1]["message"] == answers[1][1]["message"]
    (first, second), (_unknown, decoy) = ([answer["session_token"] for answer in pair] for pair in answers)
    assert enter(api, decoy, "123456", status=401)["code"] == "wrong_code"
    assert enter(api, second, code_for(app))["access_token"]
    assert enter(api, first, code_for(app), status=401)["code"] == "session_over"


def test_a_used_code_may_be_followed_by_another_at_once(app: PortalFlask, api: Api) -> None:
    make_person(app)
    for _time in range(3):
        enter(api, ask(api)["session_token"], code_for(app))
    assert len(sent_messages(app, EMAIL)) == 3


def test_attempts_are_counted_for_each_token_of_one_code(app: PortalFlask, api: Api) -> None:
    make_person(app)
    tokens = [ask(api)["session_token"] for _time in range(2)]
    for status in (401, 401, 401, 401, 429):
        enter(api, tokens[0], wrong(code_for(app)), status=status)
    enter(api, tokens[0], code_for(app), status=401)
    enter(api, tokens[1], code_for(app))


def test_failed_delivery_allows_another_request_at_once(app: PortalFlask, api: Api) -> None:
    make_person(app)
    ask(api)
    with app.app_context():
        claimed = claims.claim("mail")
        assert claimed is not None
        claims.record_failure(claimed, "nobody there", final=False)
    token = ask(api)["session_token"]
    ask(api)
    assert len(sent_messages(app, EMAIL)) == 2
    enter(api, token, code_for(app))


def test_request_of_a_stranger_leaves_the_owners_code_valid(app: PortalFlask, api: Api, clock: Any) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    code = code_for(app)
    clock.move(seconds=61)
    ask(api)
    enter(api, token, code)


def test_code_works_with_its_own_token_only(app: PortalFlask, api: Api, clock: Any) -> None:
    make_person(app)
    first = ask(api)["session_token"]
    first_code = code_for(app)
    clock.move(seconds=61)
    second = ask(api)["session_token"]
    if first_code != code_for(app):
        enter(api, second, first_code, status=401)
    assert first != second


def test_code_works_over_its_own_message_channel_only(app: PortalFlask, api: Api, clock: Any) -> None:
    link_chat(make_person(app), CHAT)
    token = ask(api)["session_token"]
    enter(api, token, code_for(app), channel=TELEGRAM, status=401)
    clock.move(seconds=61)
    token = ask(api, channel=TELEGRAM)["session_token"]
    enter(api, token, code_for(app, CHAT), channel=MAIL, status=401)


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_status_is_checked_again_when_the_code_is_entered(app: PortalFlask, api: Api, values: dict[str, Any]) -> None:
    person = make_person(app)
    token = ask(api)["session_token"]
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    assert enter(api, token, code_for(app), status=401)["code"] in {"not_verified", "banned"}


def test_ban_ends_codes_that_were_sent(app: PortalFlask, api: Api) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor

    person = make_person(app)
    token = ask(api)["session_token"]
    with app.app_context(), unit_of_work():
        decisions.ban(system_actor(), person.id)
        decisions.unban(system_actor(), person.id)
    assert enter(api, token, code_for(app), status=401)["detail"] == "Invalid or expired session"


def test_codes_and_tokens_are_stored_hashed(app: PortalFlask, api: Api) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    with app.app_context():
        row = db.session.execute(select(OneTimeSecret.__table__)).one()
    stored = " ".join(map(str, row))
    assert token not in stored
    assert code_for(app) not in stored.replace(str(row.id), "")


def test_pending_token_grants_nothing_else(app: PortalFlask, api: Api) -> None:
    make_person(app)
    token = ask(api)["session_token"]
    assert api.get("/api/v1/profile/me", headers=bearer(token), status=401)["status"] == 401
    assert api.get("/api/v1/profile/me", headers={"X-Session-Token": token}, status=401)["status"] == 401
    api.post("/api/v1/auth/login-otp", json={"session_token": token, "code": code_for(app)}, status=401)


def test_sent_code_is_wiped_from_the_outbox(app: PortalFlask, api: Api) -> None:
    make_person(app)
    ask(api)
    with app.app_context():
        claimed = claims.claim("mail")
        assert claimed is not None
        claims.record_sent(claimed)
    assert [payload for _kind, payload in sent_messages(app, EMAIL)] == [{}]
    assert message_states(app, EMAIL) == [("accounts.code", "sent")]


def test_attempts_of_a_stranger_do_not_count_for_the_second_factor(app: PortalFlask, api: Api, clock: Any) -> None:
    person = make_person(app)
    for _code in range(4):
        token = ask(api)["session_token"]
        for status in (401, 401, 401, 401, 429):
            enter(api, token, wrong(code_for(app)), status=status)
        clock.move(seconds=61)
    totp = add_authenticator(app, person)
    pending = login(api, status=401)["session_token"]
    api.post("/api/v1/auth/login-otp", json={"session_token": pending, "code": totp.at(now())})

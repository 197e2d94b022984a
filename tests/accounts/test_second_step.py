"""Signing in with a second step, and setting one up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest

from portal.accounts.models import Account
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from tests.accounts.mailbox import mails, payload_of
from tests.accounts.people import (
    EMAIL,
    PASSWORD,
    change,
    give_authenticator,
    is_in,
    link_chat,
    login,
    make_person,
)
from tests.accounts.test_registration import turn
from tests.support.clients import Api, Page

AUTHENTICATOR = "/api/v1/account/second-factor/authenticator"


@pytest.fixture
def person(app: PortalFlask) -> Account:
    return make_person(app)


def step(api: Api, token: str, code: str, *, status: int = 200, path: str = "login-otp", **more: Any) -> Any:
    return api.post(f"/api/v1/auth/{path}", json={"session_token": token, "code": code, **more}, status=status)


def number(totp: pyotp.TOTP, offset: int = 0) -> str:
    return totp.at(now() + timedelta(seconds=30 * offset))


def set_up(api: Api) -> tuple[pyotp.TOTP, list[str]]:
    """As an app would, for whoever the client is signed in as."""
    setup = api.post(AUTHENTICATOR)
    totp = pyotp.TOTP(setup["secret"])
    codes = api.post(f"{AUTHENTICATOR}/confirm", json={"code": number(totp)})["recovery_codes"]
    return totp, codes


def test_without_a_second_factor_one_step_is_enough(api: Api, person: Account) -> None:
    assert set(login(api)) == {"access_token", "token_type"}


def test_the_password_alone_gets_a_token_for_the_second_step_only(app: PortalFlask, api: Api, person: Account) -> None:
    totp = give_authenticator(app, person)
    answer = login(api, status=401)
    assert (answer["code"], answer["factor"]) == ("otp_required", "totp")
    assert "access_token" not in answer
    assert not is_in(api, answer["session_token"])
    assert is_in(api, step(api, answer["session_token"], number(totp))["access_token"])


def test_the_second_step_may_be_finished_at_the_clients_own_address(
    app: PortalFlask, api: Api, person: Account
) -> None:
    totp = give_authenticator(app, person)
    token = login(api, status=401)["session_token"]
    assert is_in(api, step(api, token, number(totp), path="login/otp/verify")["access_token"])


def test_a_wrong_password_says_nothing_of_a_second_step(app: PortalFlask, api: Api, person: Account) -> None:
    give_authenticator(app, person)
    assert login(api, "wrong password", status=401)["code"] == "wrong_credentials"


def test_a_number_works_once(app: PortalFlask, api: Api, person: Account) -> None:
    totp = give_authenticator(app, person)
    used = number(totp)
    step(api, login(api, status=401)["session_token"], used)
    step(api, login(api, status=401)["session_token"], used, status=401)
    step(api, login(api, status=401)["session_token"], number(totp, -1), status=401)


@pytest.mark.parametrize(("offset", "status"), [(-2, 401), (-1, 200), (1, 200), (2, 401)])
def test_a_clock_may_be_half_a_minute_off(
    app: PortalFlask, api: Api, person: Account, clock: Any, offset: int, status: int
) -> None:
    clock.set(now().replace(second=15, microsecond=0))
    totp = give_authenticator(app, person)
    step(api, login(api, status=401)["session_token"], number(totp, offset), status=status)


def test_guesses_end_after_five(app: PortalFlask, api: Api, person: Account) -> None:
    totp = give_authenticator(app, person)
    token = login(api, status=401)["session_token"]
    for status in (401, 401, 401, 401, 429):
        step(api, token, "000000x", status=status)
    step(api, token, number(totp), status=401)


def test_guesses_are_capped_over_all_second_steps(app: PortalFlask, api: Api, person: Account) -> None:
    totp = give_authenticator(app, person)
    for _time in range(4):
        token = login(api, status=401)["session_token"]
        for status in (401, 401, 401, 401, 429):
            step(api, token, "000000x", status=status)
    token = login(api, status=401)["session_token"]
    assert step(api, token, number(totp), status=429)["code"] == "too_many_tries"


def test_a_code_by_mail_is_the_second_step(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, second_factor="mail")
    answer = login(api, status=401)
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    step(api, answer["session_token"], f"{(int(code) + 1) % 10**6:06d}", status=401)
    assert is_in(api, step(api, answer["session_token"], code)["access_token"])


def test_signing_in_again_within_a_minute_keeps_the_code(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, second_factor="mail")
    old = login(api, status=401)["session_token"]
    new = login(api, status=401)["session_token"]
    assert len(mails(app, EMAIL)) == 1
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    step(api, old, code, status=401)
    step(api, new, code)


def test_the_code_can_be_sent_again_after_a_minute(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    change(app, person, second_factor="mail")
    token = login(api, status=401)["session_token"]
    again = "/api/v1/auth/login-otp/resend"
    assert api.post(again, json={"session_token": token}, status=429)["code"] == "cool_down"
    clock.move(seconds=61)
    renewed = api.post(again, json={"session_token": token})["session_token"]
    api.post(again, json={"session_token": token}, status=401)
    step(api, renewed, payload_of(app, EMAIL, "accounts.code")["code"])


def test_a_code_by_telegram_is_the_second_step(app: PortalFlask, api: Api, person: Account) -> None:
    link_chat(person, "77")
    change(app, person, second_factor="telegram")
    token = login(api, status=401)["session_token"]
    step(api, token, payload_of(app, "77", "accounts.code")["code"])


def test_after_a_mailed_code_the_authenticator_follows(app: PortalFlask, api: Api, person: Account) -> None:
    totp = give_authenticator(app, person)
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    answer = step(api, token, code, path="login/otp/verify", status=401)
    assert answer["code"] == "otp_required"
    assert is_in(api, step(api, answer["session_token"], number(totp))["access_token"])


def test_a_mailed_code_does_not_count_twice(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, second_factor="mail")
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    assert step(api, token, code, path="login/otp/verify", status=401)["code"] == "password_first"


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_the_standing_is_looked_at_again(app: PortalFlask, api: Api, person: Account, values: dict[str, Any]) -> None:
    totp = give_authenticator(app, person)
    token = login(api, status=401)["session_token"]
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    assert step(api, token, number(totp), status=401)["code"] in {"not_verified", "banned"}


def test_asking_for_refreshing_counts_from_the_first_step(app: PortalFlask, api: Api, person: Account) -> None:
    totp = give_authenticator(app, person)
    token = login(api, status=401, refresh=True)["session_token"]
    assert "refresh_token" in step(api, token, number(totp))


def test_setting_up_an_authenticator_and_signing_in_with_it(app: PortalFlask, api: Api, person: Account) -> None:
    api.sign_in(person)
    other = login(Api(app))["access_token"]
    totp, codes = set_up(api)
    assert len(set(codes)) == 10
    assert api.get("/api/v1/account")["second_factor"] == "totp"
    assert not is_in(api, other)
    assert [kind for kind, _payload in mails(app, EMAIL)] == ["accounts.second_factor_changed"]
    api.headers = {}
    token = login(api, status=401)["session_token"]
    step(api, token, number(totp, 1))


def test_a_recovery_code_works_once_and_in_any_case(app: PortalFlask, api: Api, person: Account) -> None:
    _totp, codes = set_up(api.sign_in(person))
    step(api, login(api, status=401)["session_token"], codes[3].upper().replace("-", " "))
    step(api, login(api, status=401)["session_token"], codes[3], status=401)
    assert api.get("/api/v1/account")["recovery_codes_left"] == 9


def test_new_recovery_codes_end_the_old_ones(app: PortalFlask, api: Api, person: Account) -> None:
    _totp, old = set_up(api.sign_in(person))
    fresh = api.post("/api/v1/account/second-factor/recovery-codes")["recovery_codes"]
    step(api, login(api, status=401)["session_token"], old[0], status=401)
    step(api, login(api, status=401)["session_token"], fresh[0])


def test_an_unconfirmed_authenticator_changes_nothing(app: PortalFlask, api: Api, person: Account) -> None:
    setup = api.sign_in(person).post(AUTHENTICATOR)
    assert setup["address"].startswith("otpauth://totp/")
    api.post(f"{AUTHENTICATOR}/confirm", json={"code": "000000"}, status=400)
    assert login(api)["access_token"]


def test_confirming_takes_five_guesses_at_most(app: PortalFlask, api: Api, person: Account) -> None:
    totp = pyotp.TOTP(api.sign_in(person).post(AUTHENTICATOR)["secret"])
    for _time in range(5):
        api.post(f"{AUTHENTICATOR}/confirm", json={"code": "000000x"}, status=400)
    answer = api.post(f"{AUTHENTICATOR}/confirm", json={"code": number(totp)}, status=400)
    assert answer["code"] == "set_up_over"


@pytest.mark.parametrize(
    ("factor", "code"), [("telegram", "no_chat"), ("totp", "invalid"), ("sms", "invalid"), (None, "invalid")]
)
def test_what_cannot_be_chosen_is_refused(api: Api, person: Account, factor: Any, code: str) -> None:
    api.sign_in(person)
    answer = api.post("/api/v1/account/second-factor", json={"factor": factor}, status=422)
    assert answer["code"] == code


def test_codes_need_a_password_before_them(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, password_hash=None)
    answer = api.sign_in(person).post("/api/v1/account/second-factor", json={"factor": "mail"}, status=422)
    assert answer["code"] == "no_password"


def test_turning_it_off_needs_a_recent_proof(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    totp, _codes = set_up(api.sign_in(person))
    clock.move(minutes=11)
    refused = api.post("/api/v1/account/second-factor", json={"factor": "none"}, status=403)
    assert refused["code"] == "prove_again"
    api.post("/api/v1/account/proof", json={"password": "wrong password"}, status=400)
    api.post("/api/v1/account/proof", json={"code": number(totp)})
    api.post("/api/v1/account/second-factor", json={"factor": "none"})
    assert login(api)["access_token"]


def test_the_proof_may_be_the_password_or_a_mailed_code(
    app: PortalFlask, api: Api, person: Account, clock: Any
) -> None:
    api.sign_in(person)
    clock.move(minutes=11)
    api.post("/api/v1/account/second-factor", json={"factor": "mail"}, status=403)
    api.post("/api/v1/account/proof", json={"password": PASSWORD})
    api.post("/api/v1/account/second-factor", json={"factor": "mail"})
    clock.move(minutes=11)
    api.post("/api/v1/account/second-factor", json={"factor": "none"}, status=403)
    api.post("/api/v1/account/proof/code")
    api.post("/api/v1/account/proof/code", status=429)
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    api.post("/api/v1/account/proof", json={"code": f"{(int(code) + 1) % 10**6:06d}"}, status=400)
    api.post("/api/v1/account/proof", json={"code": code})
    api.post("/api/v1/account/second-factor", json={"factor": "none"})


def test_proving_is_limited_like_signing_in(api: Api, person: Account, clock: Any) -> None:
    api.sign_in(person)
    clock.move(minutes=11)
    for _time in range(11):
        api.post("/api/v1/account/proof", json={"password": "wrong password"}, status=400)
    api.post("/api/v1/account/proof", json={"password": PASSWORD}, status=429)


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": ""}, {"code": ""}, {"code": 123456}, []])
def test_an_empty_proof_is_refused(api: Api, person: Account, body: Any) -> None:
    api.sign_in(person).post("/api/v1/account/proof", json=body, status=422)


def test_the_office_can_demand_one_of_its_own_people(app: PortalFlask, api: Api, page: Page, adam: Account) -> None:
    from tests.accounts.people import hash_password

    with app.app_context():
        change_to = hash_password(PASSWORD)
    change(app, adam, password_hash=change_to)
    api.sign_in(adam).get("/api/v1/admin/users")
    turn(app, STAFF_SECOND_FACTOR, on=True)
    assert api.get("/api/v1/admin/users", status=403)["code"] == "second_factor_needed"
    set_up(api)
    api.get("/api/v1/admin/users")
    turn(app, STAFF_SECOND_FACTOR, on=False)


def test_the_office_can_remove_a_lost_one(app: PortalFlask, api: Api, person: Account) -> None:
    from portal.accounts.authentication import second_factor
    from portal.core.actor import system_actor

    give_authenticator(app, person)
    with app.app_context(), unit_of_work():
        second_factor.remove(system_actor(), person.id)
    assert login(api)["access_token"]
    assert payload_of(app, EMAIL, "accounts.second_factor_changed")["by_office"] is True


def test_the_key_is_stored_encrypted(app: PortalFlask, person: Account) -> None:
    totp = give_authenticator(app, person)
    with app.app_context():
        from portal.extensions import db

        stored = db.session.get_one(Account, person.id).totp_secret
    assert stored is not None
    assert totp.secret not in stored

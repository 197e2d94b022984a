"""Setting up a second factor and signing in with it; re-authentication."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import pyotp
import pytest

from portal.accounts.authentication import totp as authenticator
from portal.accounts.models import Account
from portal.accounts.settings import STAFF_SECOND_FACTOR
from portal.application import PortalFlask
from portal.core.actor import system_actor
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.security.passwords import hash_password
from portal.settings import services as settings
from portal.settings.institution import INSTITUTION_NAME
from tests.accounts.people import EMAIL, PASSWORD, add_authenticator, change, is_accepted, link_chat, login, set_switch
from tests.accounts.second_factor import AUTHENTICATOR, authenticator_code, send_second_factor, set_up_authenticator
from tests.accounts.sent_messages import payload_of, sent_messages
from tests.factories import make_account
from tests.support.clients import Api, Page


def test_password_is_enough_without_a_second_factor(api: Api, person: Account) -> None:
    assert set(login(api)) == {"access_token", "token_type"}


def test_password_gets_a_token_for_the_second_factor_only(app: PortalFlask, api: Api, person: Account) -> None:
    totp = add_authenticator(app, person)
    answer = login(api, status=401)
    assert (answer["code"], answer["factor"]) == ("otp_required", "totp")
    assert "access_token" not in answer
    assert not is_accepted(api, answer["session_token"])
    assert is_accepted(api, send_second_factor(api, answer["session_token"], authenticator_code(totp))["access_token"])


def test_second_factor_may_be_sent_to_the_endpoint_of_legacy_clients(
    app: PortalFlask, api: Api, person: Account
) -> None:
    totp = add_authenticator(app, person)
    token = login(api, status=401)["session_token"]
    assert is_accepted(
        api, send_second_factor(api, token, authenticator_code(totp), path="login/otp/verify")["access_token"]
    )


def test_wrong_password_does_not_disclose_the_second_factor(app: PortalFlask, api: Api, person: Account) -> None:
    add_authenticator(app, person)
    assert login(api, "wrong password", status=401)["code"] == "wrong_credentials"


def test_authenticator_code_works_once(app: PortalFlask, api: Api, person: Account) -> None:
    totp = add_authenticator(app, person)
    used = authenticator_code(totp)
    send_second_factor(api, login(api, status=401)["session_token"], used)
    send_second_factor(api, login(api, status=401)["session_token"], used, status=401)
    send_second_factor(api, login(api, status=401)["session_token"], authenticator_code(totp, -1), status=401)


@pytest.mark.parametrize(("offset", "status"), [(-2, 401), (-1, 200), (1, 200), (2, 401)])
def test_clock_may_be_half_a_minute_off(
    app: PortalFlask, api: Api, person: Account, clock: Any, offset: int, status: int
) -> None:
    clock.set(now().replace(second=15, microsecond=0))
    totp = add_authenticator(app, person)
    send_second_factor(api, login(api, status=401)["session_token"], authenticator_code(totp, offset), status=status)


def test_five_wrong_attempts_end_a_sign_in(app: PortalFlask, api: Api, person: Account) -> None:
    totp = add_authenticator(app, person)
    token = login(api, status=401)["session_token"]
    for status in (401, 401, 401, 401, 429):
        send_second_factor(api, token, "000000x", status=status)
    send_second_factor(api, token, authenticator_code(totp), status=401)


def test_checks_are_limited_over_all_sign_ins(app: PortalFlask, api: Api, person: Account) -> None:
    totp = add_authenticator(app, person)
    for _time in range(4):
        token = login(api, status=401)["session_token"]
        for status in (401, 401, 401, 401, 429):
            send_second_factor(api, token, "000000x", status=status)
    token = login(api, status=401)["session_token"]
    assert send_second_factor(api, token, authenticator_code(totp), status=429)["code"] == "too_many_tries"


def test_emailed_code_is_the_second_factor(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, second_factor="mail")
    answer = login(api, status=401)
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    send_second_factor(api, answer["session_token"], f"{(int(code) + 1) % 10**6:06d}", status=401)
    assert is_accepted(api, send_second_factor(api, answer["session_token"], code)["access_token"])


def test_signing_in_again_within_a_minute_keeps_the_code_valid(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, second_factor="mail")
    old = login(api, status=401)["session_token"]
    new = login(api, status=401)["session_token"]
    assert len(sent_messages(app, EMAIL)) == 1
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    send_second_factor(api, old, code, status=401)
    send_second_factor(api, new, code)


def test_code_can_be_sent_again_after_a_minute(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    change(app, person, second_factor="mail")
    token = login(api, status=401)["session_token"]
    again = "/api/v1/auth/login-otp/resend"
    assert api.post(again, json={"session_token": token}, status=429)["code"] == "cool_down"
    clock.move(seconds=61)
    renewed = api.post(again, json={"session_token": token})["session_token"]
    api.post(again, json={"session_token": token}, status=401)
    send_second_factor(api, renewed, payload_of(app, EMAIL, "accounts.code")["code"])


def test_telegram_code_is_the_second_factor(app: PortalFlask, api: Api, person: Account) -> None:
    link_chat(person, "77")
    change(app, person, second_factor="telegram")
    token = login(api, status=401)["session_token"]
    send_second_factor(api, token, payload_of(app, "77", "accounts.code")["code"])


def test_authenticator_code_follows_a_sign_in_by_emailed_code(app: PortalFlask, api: Api, person: Account) -> None:
    totp = add_authenticator(app, person)
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    answer = send_second_factor(api, token, code, path="login/otp/verify", status=401)
    assert answer["code"] == "otp_required"
    assert is_accepted(api, send_second_factor(api, answer["session_token"], authenticator_code(totp))["access_token"])


def test_emailed_code_is_not_accepted_for_both_factors(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, second_factor="mail")
    token = api.post("/api/v1/auth/login/otp/request", json={"email": EMAIL})["session_token"]
    code = payload_of(app, EMAIL, "accounts.code")["code"]
    assert send_second_factor(api, token, code, path="login/otp/verify", status=401)["code"] == "password_first"


@pytest.mark.parametrize("values", [{"verified_at": None}, {"banned_at": True}])
def test_status_is_checked_again_with_the_second_factor(
    app: PortalFlask, api: Api, person: Account, values: dict[str, Any]
) -> None:
    totp = add_authenticator(app, person)
    token = login(api, status=401)["session_token"]
    change(app, person, **{name: now() if value else None for name, value in values.items()})
    assert send_second_factor(api, token, authenticator_code(totp), status=401)["code"] in {"not_verified", "banned"}


def test_refresh_requested_with_the_password_is_kept(app: PortalFlask, api: Api, person: Account) -> None:
    totp = add_authenticator(app, person)
    token = login(api, status=401, refresh=True)["session_token"]
    assert "refresh_token" in send_second_factor(api, token, authenticator_code(totp))


def test_setting_up_an_authenticator_and_signing_in_with_it(app: PortalFlask, api: Api, person: Account) -> None:
    api.sign_in(person)
    other = login(Api(app))["access_token"]
    totp, codes = set_up_authenticator(api)
    assert len(set(codes)) == 10
    assert api.get("/api/v1/account")["second_factor"] == "totp"
    assert not is_accepted(api, other)
    assert [kind for kind, _payload in sent_messages(app, EMAIL)] == ["accounts.second_factor_changed"]
    api.headers = {}
    token = login(api, status=401)["session_token"]
    send_second_factor(api, token, authenticator_code(totp, 1))


def test_recovery_code_works_once_and_in_any_case(app: PortalFlask, api: Api, person: Account) -> None:
    _totp, codes = set_up_authenticator(api.sign_in(person))
    send_second_factor(api, login(api, status=401)["session_token"], codes[3].upper().replace("-", " "))
    send_second_factor(api, login(api, status=401)["session_token"], codes[3], status=401)
    set_up_authenticator(Api(app).sign_in(make_account("other@demo.example")))
    assert api.get("/api/v1/account")["recovery_codes_left"] == 9


def test_new_recovery_codes_end_the_old_ones(app: PortalFlask, api: Api, person: Account) -> None:
    _totp, old = set_up_authenticator(api.sign_in(person))
    fresh = api.post("/api/v1/account/second-factor/recovery-codes")["recovery_codes"]
    send_second_factor(api, login(api, status=401)["session_token"], old[0], status=401)
    send_second_factor(api, login(api, status=401)["session_token"], fresh[0])


def test_unconfirmed_authenticator_app_changes_nothing(app: PortalFlask, api: Api, person: Account) -> None:
    setup = api.sign_in(person).post(AUTHENTICATOR)
    assert setup["address"].startswith("otpauth://totp/")
    api.post(f"{AUTHENTICATOR}/confirm", json={"code": "000000"}, status=400)
    assert login(api)["access_token"]


def test_confirmation_allows_five_attempts(app: PortalFlask, api: Api, person: Account) -> None:
    totp = pyotp.TOTP(api.sign_in(person).post(AUTHENTICATOR)["secret"])
    for _time in range(5):
        api.post(f"{AUTHENTICATOR}/confirm", json={"code": "000000x"}, status=400)
    answer = api.post(f"{AUTHENTICATOR}/confirm", json={"code": authenticator_code(totp)}, status=400)
    assert answer["code"] == "set_up_over"


@pytest.mark.parametrize(
    ("factor", "code"), [("telegram", "no_chat"), ("totp", "invalid"), ("sms", "invalid"), (None, "invalid")]
)
def test_unavailable_factor_is_refused(api: Api, person: Account, factor: Any, code: str) -> None:
    api.sign_in(person)
    answer = api.post("/api/v1/account/second-factor", json={"factor": factor}, status=422)
    assert answer["code"] == code


def test_second_factor_needs_a_password(app: PortalFlask, api: Api, person: Account) -> None:
    change(app, person, password_hash=None)
    answer = api.sign_in(person).post("/api/v1/account/second-factor", json={"factor": "mail"}, status=422)
    assert answer["code"] == "no_password"


def test_turning_it_off_needs_recent_reauthentication(app: PortalFlask, api: Api, person: Account, clock: Any) -> None:
    totp, _codes = set_up_authenticator(api.sign_in(person))
    clock.move(minutes=11)
    refused = api.post("/api/v1/account/second-factor", json={"factor": "none"}, status=403)
    assert refused["code"] == "prove_again"
    api.post("/api/v1/account/proof", json={"password": "wrong password"}, status=400)
    api.post("/api/v1/account/proof", json={"code": authenticator_code(totp)})
    api.post("/api/v1/account/second-factor", json={"factor": "none"})
    assert login(api)["access_token"]


def test_reauthentication_accepts_the_password_or_an_emailed_code(
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


def test_reauthentication_is_limited_like_signing_in(api: Api, person: Account, clock: Any) -> None:
    api.sign_in(person)
    clock.move(minutes=11)
    for _time in range(11):
        api.post("/api/v1/account/proof", json={"password": "wrong password"}, status=400)
    api.post("/api/v1/account/proof", json={"password": PASSWORD}, status=429)


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": ""}, {"code": ""}, {"code": 123456}, []])
def test_empty_reauthentication_is_refused(api: Api, person: Account, body: Any) -> None:
    api.sign_in(person).post("/api/v1/account/proof", json=body, status=422)


def test_setting_requires_a_second_factor_of_the_office(app: PortalFlask, api: Api, page: Page, adam: Account) -> None:

    with app.app_context():
        password_hash = hash_password(PASSWORD)
    change(app, adam, password_hash=password_hash)
    api.sign_in(adam).get("/api/v1/admin/users")
    set_switch(app, STAFF_SECOND_FACTOR, on=True)
    assert api.get("/api/v1/admin/users", status=403)["code"] == "second_factor_needed"
    set_up_authenticator(api)
    api.get("/api/v1/admin/users")
    set_switch(app, STAFF_SECOND_FACTOR, on=False)


def test_office_can_remove_a_lost_second_factor(app: PortalFlask, api: Api, person: Account) -> None:
    from portal.accounts.authentication import second_factor
    from portal.core.actor import system_actor

    add_authenticator(app, person)
    with app.app_context(), unit_of_work():
        second_factor.remove(system_actor(), person.id)
    assert login(api)["access_token"]
    assert payload_of(app, EMAIL, "accounts.second_factor_changed")["by_office"] is True


def test_the_key_is_stored_encrypted(app: PortalFlask, person: Account) -> None:
    totp = add_authenticator(app, person)
    with app.app_context():
        from portal.extensions import db

        stored = db.session.get_one(Account, person.id).totp_secret
    assert stored is not None
    assert totp.secret not in stored


@pytest.mark.parametrize("name", ["Uni: Alumni", "A:B:C", "::", "Университет: выпуск"])
def test_the_label_of_the_authenticator_has_one_colon(app: PortalFlask, alina: Account, name: str) -> None:
    with app.app_context():
        settings.change(system_actor(), INSTITUTION_NAME, name)
        uri = unquote(authenticator.provisioning_uri(alina, authenticator.new_key()))
    label = urlsplit(uri).path
    assert label.count(":") == (1 if name.strip(":") else 0)
    assert label.endswith(alina.email)

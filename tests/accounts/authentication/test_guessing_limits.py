"""Limits on requesting and guessing codes: strangers meet them, and owners where they have signed in do not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from prometheus_client import REGISTRY

from portal.accounts.authentication import codes, guesses, password_sign_in
from portal.accounts.authentication.guesses import IN_ALL, PER_ACCOUNT, PER_KNOWN_NETWORK, PER_NETWORK
from portal.accounts.authentication.one_time_secrets import Purpose
from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.permissions.catalogue import ADMINISTRATORS
from tests.accounts.people import EMAIL, PASSWORD, REGISTRATION, add_to_allow_list, make_person
from tests.accounts.sent_messages import link_token, payload_of, sent_messages
from tests.accounts.throttling import from_network, network_of, post_from, use_up
from tests.factories import make_account
from tests.support.clients import Api, Page

HOME, TRAVEL, STRANGER = 1, 2, 100
REQUEST, VERIFY, RESET = "login/otp/request", "login/otp/verify", "password-reset/request"


@pytest.fixture
def owner(app: PortalFlask, api: Api) -> Account:
    """Return a person who has signed in from the network ``HOME``."""
    person = make_person(app)
    post_from(api, HOME, "login", {"email": EMAIL, "password": PASSWORD})
    return person


def requested(api: Api, network: int, email: str = EMAIL) -> str:
    return str(post_from(api, network, REQUEST, {"email": email})["session_token"])


def sent_code(app: PortalFlask, email: str = EMAIL) -> str:
    return str(payload_of(app, email, "accounts.code")["code"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def guess(api: Api, network: int, token: str, code: str, status: int) -> Any:
    return post_from(api, network, VERIFY, {"session_token": token, "code": code}, status)


def guess_wrongly(app: PortalFlask, api: Api, network: int, times: int) -> None:
    """Guess codes of the owner wrongly, five times each, as somebody in a network."""
    for _code in range(times // 5):
        token = requested(api, network)
        for status in (401, 401, 401, 401, 429):
            guess(api, network, token, wrong(sent_code(app)), status)


def test_requests_of_strangers_use_up_nothing_where_the_owner_has_been(
    app: PortalFlask, api: Api, owner: Account
) -> None:
    for number in range(40):
        requested(api, STRANGER + number)
    before = len(sent_messages(app, EMAIL))
    assert before == codes.REQUESTS_OF_STRANGERS.times
    token = requested(api, HOME)
    assert len(sent_messages(app, EMAIL)) == before + 1
    assert guess(api, HOME, token, sent_code(app), 200)["access_token"]


def test_requests_of_strangers_leave_the_owner_a_code_anywhere(
    app: PortalFlask, api: Api, owner: Account, clock: Any
) -> None:
    for number in range(32):
        requested(api, STRANGER + number)
    clock.move(minutes=9)
    token = requested(api, TRAVEL)
    assert guess(api, TRAVEL, token, sent_code(app), 200)["access_token"]


def test_strangers_who_never_stop_leave_the_owner_a_code_anywhere(
    app: PortalFlask, api: Api, owner: Account, clock: Any
) -> None:
    """Walk through an hour in which strangers ask every minute from new networks, and sign in within each of them."""
    for number in range(40):
        requested(api, STRANGER + number)
    for minute in range(60):
        clock.move(minutes=1)
        requested(api, STRANGER + 50 + minute)
        if minute % 7 == 3:
            assert guess(api, 200 + minute, requested(api, 200 + minute), sent_code(app), 200)["access_token"]


def test_reset_requests_of_strangers_keep_no_link_from_the_owner(app: PortalFlask, api: Api, owner: Account) -> None:
    for number in range(40):
        post_from(api, STRANGER + number, RESET, {"email": EMAIL})
    before = len(sent_messages(app, EMAIL))
    post_from(api, HOME, RESET, {"email": EMAIL})
    assert len(sent_messages(app, EMAIL)) == before + 1


def test_a_reset_link_works_after_refused_repetitions(app: PortalFlask, api: Api, owner: Account) -> None:
    for _time in range(4):
        post_from(api, TRAVEL, RESET, {"email": EMAIL})
    token = str(payload_of(app, EMAIL, "accounts.reset_password")["url"]).partition("token=")[2]
    post_from(api, TRAVEL, "password-reset/confirm", {"token": token, "new_password": "seven quiet green lanterns"})


@pytest.mark.parametrize("network", [HOME, TRAVEL])
def test_guesses_of_a_stranger_are_charged_to_the_stranger(
    app: PortalFlask, api: Api, owner: Account, clock: Any, network: int
) -> None:
    for _batch in range(4):
        guess_wrongly(app, api, STRANGER, 5)
        clock.move(seconds=61)
    guess(api, STRANGER, requested(api, STRANGER), sent_code(app), 429)
    assert guess(api, network, requested(api, network), sent_code(app), 200)["access_token"]


def test_guesses_with_a_token_are_charged_to_its_asker_wherever_they_come_from(
    app: PortalFlask, api: Api, owner: Account
) -> None:
    with app.app_context():
        subject = guesses.subject_of(EMAIL, Purpose.SIGN_IN)
    use_up(guesses.PER_ASKER, f"{subject}:{network_of(STRANGER)}")
    token = requested(api, STRANGER)
    for network in (STRANGER, TRAVEL, HOME):
        guess(api, network, token, sent_code(app), 429)
    guess(api, STRANGER, requested(api, HOME), sent_code(app), 200)


def test_all_strangers_together_have_a_limit_per_account(app: PortalFlask, api: Api, owner: Account) -> None:
    other = make_person(app, "other@demo.example")
    with app.app_context():
        subject = guesses.subject_of(EMAIL, Purpose.SIGN_IN)
    use_up(PER_ACCOUNT, subject, but=2)
    token = requested(api, STRANGER)
    for status in (401, 401, 429):
        guess(api, STRANGER, token, wrong(sent_code(app)), status)
    guess(api, TRAVEL, requested(api, TRAVEL), sent_code(app), 429)
    guess(api, HOME, requested(api, HOME), sent_code(app), 200)
    guess(api, TRAVEL, requested(api, TRAVEL, other.email), sent_code(app, other.email), 200)


def test_a_network_has_a_limit_over_all_accounts(app: PortalFlask, api: Api, owner: Account) -> None:
    use_up(PER_NETWORK, network_of(STRANGER), but=1)
    for email, status in (("a@demo.example", 401), ("b@demo.example", 429), ("unknown@demo.example", 429)):
        if "unknown" not in email:
            make_person(app, email)
        guess(api, STRANGER, requested(api, STRANGER, email), "12345x", status)
    guess(api, TRAVEL, requested(api, TRAVEL, "b@demo.example"), sent_code(app, "b@demo.example"), 200)


def test_known_people_of_a_network_have_a_larger_limit(app: PortalFlask, api: Api, owner: Account) -> None:
    use_up(PER_NETWORK, network_of(HOME))
    guess(api, HOME, requested(api, HOME), wrong(sent_code(app)), 401)
    use_up(PER_KNOWN_NETWORK, network_of(TRAVEL))
    assert PER_KNOWN_NETWORK.times > PER_NETWORK.times
    post_from(api, TRAVEL, "login", {"email": EMAIL, "password": PASSWORD})
    guess(api, TRAVEL, requested(api, TRAVEL), wrong(sent_code(app)), 429)
    guess(api, HOME, requested(api, HOME), sent_code(app), 200)


def test_wrong_codes_are_limited_over_the_whole_portal(app: PortalFlask, api: Api, page: Page, owner: Account) -> None:
    make_person(app, "other@demo.example")
    use_up(IN_ALL[6], guesses.EVERYBODY, but=1)
    guess(api, STRANGER, requested(api, STRANGER), wrong(sent_code(app)), 401)
    token = requested(api, STRANGER + 1, "other@demo.example")
    guess(api, STRANGER + 1, token, sent_code(app, "other@demo.example"), 429)
    guess(api, HOME, requested(api, HOME), sent_code(app), 200)
    page.post("/login/code", {"email": "other@demo.example"}, **from_network(TRAVEL))
    code = sent_code(app, "other@demo.example")
    page.post("/login/code/enter", {"code": code}, **from_network(TRAVEL))
    post_from(api, TRAVEL, "login", {"email": EMAIL, "password": PASSWORD})


@pytest.mark.parametrize("digits", IN_ALL)
def test_a_days_guesses_over_the_portal_find_hardly_any_code(digits: int) -> None:
    assert IN_ALL[digits].times / 10**digits <= 0.01


def alarms(app: PortalFlask, email: str) -> int:
    return [kind for kind, _payload in sent_messages(app, email)].count("accounts.codes_guessed")


def test_many_wrong_codes_alarm_every_administrator_once_a_day(
    app: PortalFlask, api: Api, owner: Account, adam: Account, clock: Any
) -> None:
    vera = make_account("vera@demo.example", locale="ru", groups=(ADMINISTRATORS,))
    use_up(guesses.ALARM_AFTER, guesses.EVERYBODY, but=2)
    for network, expected in ((STRANGER, 0), (STRANGER + 1, 0), (HOME, 0), (STRANGER + 2, 1), (STRANGER + 3, 1)):
        guess(api, network, requested(api, network), wrong(sent_code(app)), 401)
        assert [alarms(app, person.email) for person in (adam, vera)] == [expected] * 2, network
    assert alarms(app, owner.email) == 0


def test_wrong_codes_are_counted_in_the_metrics(app: PortalFlask, api: Api, owner: Account) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("portal_wrong_codes_total", {"purpose": "sign_in"}) or 0

    before = counted()
    token = requested(api, HOME)
    guess(api, HOME, token, wrong(sent_code(app)), 401)
    guess(api, HOME, token, sent_code(app), 200)
    assert counted() == before + 1


def test_codes_that_alone_open_an_account_have_eight_digits_on_pages_and_six_for_legacy_clients(
    app: PortalFlask, api: Api, page: Page, owner: Account
) -> None:
    requested(api, HOME)
    assert re.fullmatch("[0-9]{6}", sent_code(app))
    page.post("/login/code", {"email": EMAIL}, **from_network(TRAVEL))
    assert re.fullmatch("[0-9]{8}", sent_code(app))
    code = sent_code(app)
    page.post("/login/code/enter", {"code": f"{code[:4]} {code[4:]}"}, **from_network(TRAVEL))


@pytest.mark.parametrize(("by_page", "digits"), [(True, 8), (False, 6)])
def test_code_of_a_registration_has_the_length_that_its_client_accepts(
    app: PortalFlask, api: Api, page: Page, by_page: bool, digits: int
) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    if by_page:
        page.post("/register", REGISTRATION)
    else:
        api.post("/api/v1/auth/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
    code = str(payload_of(app, REGISTRATION["email"], "accounts.verify_address")["code"])
    assert len(code) == digits
    body = {"email": REGISTRATION["email"], "verification_code": code}
    assert post_from(api, HOME, "verify", body)["access_token"]


@pytest.mark.parametrize("guessed", [5, 12])
def test_wrong_codes_of_a_stranger_leave_the_newcomers_link_alone(
    app: PortalFlask, api: Api, page: Page, guessed: int
) -> None:
    add_to_allow_list(app, REGISTRATION["email"])
    page.post("/register", REGISTRATION)
    token = link_token(app, REGISTRATION["email"])
    code = str(payload_of(app, REGISTRATION["email"], "accounts.verify_address")["code"])
    body = {"email": REGISTRATION["email"], "verification_code": wrong(code)}
    for _guess in range(guessed):
        post_from(api, STRANGER, "verify", body, 400)
    post_from(api, STRANGER, "verify", {**body, "verification_code": code}, 400)
    assert page.get(f"/verify?token={token}").soup.select_one("main form button")
    page.post("/verify", {"token": token})
    post_from(api, HOME, "login", {"email": REGISTRATION["email"], "password": REGISTRATION["password"]})


def test_wrong_passwords_from_a_network_are_limited_for_known_people_too(
    app: PortalFlask, api: Api, owner: Account
) -> None:
    other = make_person(app, "other@demo.example")
    post_from(api, HOME, "login", {"email": other.email, "password": PASSWORD})
    use_up(password_sign_in.PER_KNOWN_NETWORK, network_of(HOME), but=1)
    post_from(api, HOME, "login", {"email": EMAIL, "password": "wrong"}, 401)
    post_from(api, HOME, "login", {"email": other.email, "password": "wrong"}, 429)
    post_from(api, TRAVEL, "login", {"email": other.email, "password": PASSWORD})


def test_correct_passwords_do_not_count_against_the_limit_of_known_people(
    app: PortalFlask, api: Api, owner: Account
) -> None:
    use_up(password_sign_in.PER_KNOWN_NETWORK, network_of(HOME), but=1)
    for _time in range(3):
        post_from(api, HOME, "login", {"email": EMAIL, "password": PASSWORD})
    assert password_sign_in.PER_KNOWN_NETWORK.times > password_sign_in.PER_NETWORK.times

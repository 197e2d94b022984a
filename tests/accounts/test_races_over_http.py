"""Race conditions of signing in and changing accounts: parallel requests against several worker processes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import bcrypt
import httpx
import pyotp
import pytest
from sqlalchemy import select

from portal import create_app
from portal.accounts.authentication import totp
from portal.accounts.models import Account, RefreshToken
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from tests import factories
from tests.accounts.people import PASSWORD, add_authenticator, bearer, change, link_chat, make_person
from tests.accounts.sent_messages import payload_of
from tests.support import databases, server
from tests.support.plain_http import PLAIN_HTTP

pytestmark = [pytest.mark.process, pytest.mark.concurrency]

WORKERS = 3
TOGETHER = 12
AUTH = "/api/v1/auth"
NEW_PASSWORD = "an entirely other phrase"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PortalFlask, str]]:
    """Start gunicorn without a scheduler, so that the outbox keeps every code; yield an application on its database."""
    name, instance = f"portal_races_{os.getpid()}", tmp_path_factory.mktemp("instance")
    databases.clone(name, databases.migrated())
    app = create_app(databases.settings_for(name, instance))
    with server.serving(name, workers=WORKERS, SCHEDULER="off") as base_url:
        yield app, base_url
    with app.app_context():
        db.engine.dispose()
    databases.drop(name)


@pytest.fixture
def portal(served: tuple[PortalFlask, str]) -> PortalFlask:
    factories.use(served[0])
    return served[0]


@pytest.fixture
def base_url(served: tuple[PortalFlask, str]) -> str:
    return served[1]


def at_once(count: int, ask: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Send requests at the same moment, each on its own connection."""
    start = Barrier(count)

    def run(number: int) -> httpx.Response:
        start.wait()
        return ask(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def post(base_url: str, path: str, body: dict[str, Any], token: str = "") -> httpx.Response:
    return httpx.post(f"{base_url}{path}", json=body, headers=bearer(token) if token else {}, **PLAIN_HTTP)


def get(base_url: str, path: str, token: str) -> httpx.Response:
    return httpx.get(f"{base_url}{path}", headers=bearer(token), **PLAIN_HTTP)


def statuses(responses: list[httpx.Response]) -> Counter[int]:
    assert not [answer.text for answer in responses if answer.status_code >= 500]
    return Counter(answer.status_code for answer in responses)


def first_step(base_url: str, email: str) -> str:
    answer = post(base_url, f"{AUTH}/login", {"email": email, "password": PASSWORD})
    assert answer.json()["code"] == "otp_required"
    return str(answer.json()["session_token"])


def test_wrong_passwords_are_counted_exactly(portal: PortalFlask, base_url: str) -> None:
    make_person(portal, "counted@demo.example")
    body = {"email": "counted@demo.example", "password": "wrong password"}
    answers = at_once(24, lambda _number: post(base_url, f"{AUTH}/login", body))
    assert statuses(answers) == {401: 11, 429: 13}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status_code == 429)


def test_correct_passwords_are_never_refused(portal: PortalFlask, base_url: str) -> None:
    make_person(portal, "welcome@demo.example")
    body = {"email": "welcome@demo.example", "password": PASSWORD}
    for _round in range(3):
        answers = at_once(8, lambda _number: post(base_url, f"{AUTH}/login", body))
        assert statuses(answers) == {200: 8}, [answer.text for answer in answers if answer.status_code != 200]


def test_sixty_correct_passwords_at_once_are_all_accepted(portal: PortalFlask, base_url: str) -> None:
    make_person(portal, "crowd@demo.example")
    body = {"email": "crowd@demo.example", "password": PASSWORD}
    answers = at_once(60, lambda _number: post(base_url, f"{AUTH}/login", body))
    assert statuses(answers) == {200: 60}


def test_code_is_checked_five_times_at_most(portal: PortalFlask, base_url: str) -> None:
    make_person(portal, "guessed@demo.example")
    token = post(base_url, f"{AUTH}/login/otp/request", {"email": "guessed@demo.example"}).json()["session_token"]
    body = {"session_token": token, "code": "wrong1"}
    answers = at_once(TOGETHER, lambda _number: post(base_url, f"{AUTH}/login/otp/verify", body))
    judged = [answer for answer in answers if answer.json()["code"] in {"wrong_code", "too_many_tries"}]
    assert statuses(answers)[200] == 0
    assert len(judged) == 5


def test_daily_limit_of_checks_is_exact(portal: PortalFlask, base_url: str) -> None:
    person = make_person(portal, "capped@demo.example")
    add_authenticator(portal, person)
    tokens = [first_step(base_url, person.email) for _time in range(10)]

    def guess(number: int) -> httpx.Response:
        return post(base_url, f"{AUTH}/login-otp", {"session_token": tokens[number % 10], "code": "wrong1"})

    answers = [answer for _round in range(2) for answer in at_once(15, guess)]
    assert statuses(answers)[200] == 0
    assert sum(answer.json()["code"] == "wrong_code" for answer in answers) == 20


@pytest.mark.parametrize("path", ["otp", "telegram"])
def test_code_signs_in_once(portal: PortalFlask, base_url: str, path: str) -> None:
    person = make_person(portal, f"once.{path}@demo.example")
    link_chat(person, f"chat-{path}")
    token = post(base_url, f"{AUTH}/login/{path}/request", {"email": person.email}).json()["session_token"]
    recipient = person.email if path == "otp" else f"chat-{path}"
    code = payload_of(portal, recipient, "accounts.code")["code"]
    body = {"session_token": token, "code": code}
    answers = at_once(TOGETHER, lambda _number: post(base_url, f"{AUTH}/login/{path}/verify", body))
    assert statuses(answers) == {200: 1, 401: TOGETHER - 1}


def test_authenticator_code_works_once_over_all_sign_ins(portal: PortalFlask, base_url: str) -> None:
    person = make_person(portal, "number@demo.example")
    totp = add_authenticator(portal, person)
    tokens = [first_step(base_url, person.email) for _time in range(6)]
    number = totp.at(now())
    answers = at_once(
        6, lambda place: post(base_url, f"{AUTH}/login-otp", {"session_token": tokens[place], "code": number})
    )
    assert statuses(answers) == {200: 1, 401: 5}


def test_recovery_code_works_once(portal: PortalFlask, base_url: str) -> None:
    person = make_person(portal, "recovery@demo.example")
    add_authenticator(portal, person)
    with portal.app_context(), unit_of_work():
        code = totp.new_recovery_codes(db.session.get_one(Account, person.id))[0]
    tokens = [first_step(base_url, person.email) for _time in range(6)]
    answers = at_once(
        6, lambda place: post(base_url, f"{AUTH}/login-otp", {"session_token": tokens[place], "code": code})
    )
    assert statuses(answers) == {200: 1, 401: 5}


def test_parallel_refreshes_have_one_winner(portal: PortalFlask, base_url: str) -> None:
    make_person(portal, "refresh@demo.example")
    body = {"email": "refresh@demo.example", "password": PASSWORD, "refresh": True}
    first = post(base_url, f"{AUTH}/login", body).json()
    exchange = {"refresh_token": first["refresh_token"]}
    answers = at_once(TOGETHER, lambda _number: post(base_url, f"{AUTH}/refresh", exchange))
    assert statuses(answers) == {200: TOGETHER}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    with portal.app_context():
        chain = select(RefreshToken.id).where(RefreshToken.session_id == first["session_id"])
        assert len(db.session.scalars(chain).all()) == 2


def test_reset_link_works_once(portal: PortalFlask, base_url: str) -> None:
    make_person(portal, "reset@demo.example")
    post(base_url, f"{AUTH}/password-reset/request", {"email": "reset@demo.example"})
    token = str(payload_of(portal, "reset@demo.example", "accounts.reset_password")["url"]).partition("token=")[2]

    def reset(number: int) -> httpx.Response:
        body = {"token": token, "new_password": f"phrase of a winner {number}"}
        return post(base_url, f"{AUTH}/password-reset/confirm", body)

    answers = at_once(TOGETHER, reset)
    assert statuses(answers) == {200: 1, 400: TOGETHER - 1}
    [winner] = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    body = {"email": "reset@demo.example", "password": f"phrase of a winner {winner}"}
    assert post(base_url, f"{AUTH}/login", body).status_code == 200


def test_email_is_taken_by_one_of_two_accounts(portal: PortalFlask, base_url: str) -> None:
    people = [make_person(portal, f"mover{number}@demo.example") for number in range(2)]
    codes, tokens = [], []
    for number, person in enumerate(people):
        answer = post(base_url, f"{AUTH}/login", {"email": person.email, "password": PASSWORD})
        tokens.append(answer.json()["access_token"])
        with portal.app_context():  # the second asks a minute later
            db.session.execute(db.text("DELETE FROM throttle_cells"))
            db.session.commit()
        post(base_url, "/api/v1/account/email", {"email": "wanted@demo.example"}, tokens[number])
        codes.append(payload_of(portal, "wanted@demo.example", "accounts.change_address")["code"])
    answers = at_once(
        2, lambda number: post(base_url, "/api/v1/account/email/confirm", {"code": codes[number]}, tokens[number])
    )
    assert statuses(answers) == {200: 1, 400: 1}


def test_changed_account_status_counts_in_every_worker_at_once(portal: PortalFlask, base_url: str) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor

    person = make_person(portal, "standing@demo.example")
    token = post(base_url, f"{AUTH}/login", {"email": person.email, "password": PASSWORD}).json()["access_token"]

    def ask(_number: int) -> httpx.Response:
        return get(base_url, "/api/v1/profile/me", token)

    assert statuses(at_once(TOGETHER, ask)) == {200: TOGETHER}
    with portal.app_context(), unit_of_work():
        decisions.ban(system_actor(), person.id)
    assert statuses(at_once(TOGETHER, ask)) == {401: TOGETHER}


def test_authenticator_app_is_confirmed_once(portal: PortalFlask, base_url: str) -> None:
    person = make_person(portal, "confirm@demo.example")
    token = post(base_url, f"{AUTH}/login", {"email": person.email, "password": PASSWORD}).json()["access_token"]
    path = "/api/v1/account/second-factor/authenticator"
    totp = pyotp.TOTP(post(base_url, path, {}, token).json()["secret"])
    body = {"code": totp.at(now())}
    answers = at_once(6, lambda _number: post(base_url, f"{path}/confirm", body, token))
    assert statuses(answers) == {200: 1, 400: 5}


def test_sign_in_never_undoes_or_outlives_a_new_password(portal: PortalFlask, base_url: str) -> None:
    """Replace an outdated hash at sign-in, but not that of a password that was set meanwhile."""
    for round_ in range(3):
        email = f"hasty{round_}@demo.example"
        person = make_person(portal, email)
        change(portal, person, password_hash=bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(11)).decode())
        post(base_url, f"{AUTH}/password-reset/request", {"email": email})
        token = str(payload_of(portal, email, "accounts.reset_password")["url"]).partition("token=")[2]

        def act(number: int, email: str = email, token: str = token) -> httpx.Response:
            if number == 0:
                return post(base_url, f"{AUTH}/password-reset/confirm", {"token": token, "new_password": NEW_PASSWORD})
            return post(base_url, f"{AUTH}/login", {"email": email, "password": PASSWORD})

        answers = at_once(6, act)
        assert answers[0].status_code == 200
        opened = [answer.json()["access_token"] for answer in answers[1:] if answer.status_code == 200]
        for token_ in opened:
            assert get(base_url, "/api/v1/account", token_).status_code == 401
        assert post(base_url, f"{AUTH}/login", {"email": email, "password": PASSWORD}).status_code == 401
        assert post(base_url, f"{AUTH}/login", {"email": email, "password": NEW_PASSWORD}).status_code == 200


def test_no_session_started_before_a_ban_is_valid_after_it(portal: PortalFlask, base_url: str) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor

    person = make_person(portal, "banned.meanwhile@demo.example")
    body = {"email": person.email, "password": PASSWORD}

    def act(number: int) -> httpx.Response:
        if number == 0:
            with portal.app_context(), unit_of_work():
                decisions.ban(system_actor(), person.id)
            return httpx.Response(200)
        return post(base_url, f"{AUTH}/login", body)

    answers = at_once(7, act)[1:]
    with portal.app_context(), unit_of_work():
        decisions.unban(system_actor(), person.id)
    opened = [answer.json()["access_token"] for answer in answers if answer.status_code == 200]
    for token in opened:
        assert get(base_url, "/api/v1/account", token).status_code == 401


def test_sixty_people_sign_in_at_once(portal: PortalFlask, base_url: str) -> None:
    people = [make_person(portal, f"crowd{number}@demo.example") for number in range(60)]

    def sign_in(number: int) -> httpx.Response:
        return post(base_url, f"{AUTH}/login", {"email": people[number].email, "password": PASSWORD})

    assert statuses(at_once(60, sign_in)) == {200: 60}

"""Signing in and being recognised: how fast, how much it gives away, and that it waits for no mail server."""

from __future__ import annotations

import itertools
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from unittest.mock import patch

import argon2
import bcrypt
import httpx
import psycopg
from flask import Flask, Response
from werkzeug.test import EnvironBuilder

from bench.house import INSTANCE, PASSWORD, House, standing
from bench.pages import percentile
from config import Settings
from portal import create_app
from portal.core.access import ANYONE, access, current_actor
from portal.core.security import passwords
from portal.extensions import limiter

LOGIN = "/api/v1/auth/login"
REGISTER = "/api/v1/auth/register"
ASKING_FOR_MAIL = ("/api/v1/auth/login/otp/request", "/api/v1/auth/password-reset/request")
CLIENTS = 4
ROUNDS = 5
SECONDS = 3.0
BCRYPT_COST = 12
CALLS = 200
QUIET_ROUNDS = 15  # the quietest counts: what else the machine does can only add
TRIES = 200
NETWORKS = 40
MAILS = 40


@dataclass
class Result:
    """Sign-ins per bcrypt hash; the cost of being recognised; percent; milliseconds."""

    sign_ins: float = 0
    statements: float = 0
    recognising: float = 0
    difference: float = 0
    stalled: float = 0
    lines: list[str] = field(default_factory=list)


def measure(house: House) -> Result:
    result = Result()
    people = members(house)
    measure_sign_ins(house, people, result)
    measure_recognising(house, result)
    measure_difference(house, people, result)
    with stalled_mail_server() as (port, held):
        mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port), "SEED_DEMO": "off", "LOG_LEVEL": "ERROR"}
        with standing(INSTANCE.with_name("bench-stalled"), **mail) as other:
            measure_mailing(other, held, result)
    return result


def members(house: House) -> list[str]:
    """People of the demo who may sign in; failures of earlier runs are forgotten, as time would have done."""
    with house.database() as connection:
        connection.execute("TRUNCATE throttle_cells, growing_delays")
        found = connection.execute(
            "SELECT email FROM accounts WHERE verified_at IS NOT NULL AND banned_at IS NULL"
            " AND password_hash IS NOT NULL ORDER BY id LIMIT %s",
            [TRIES],
        )
        return [email for (email,) in found]


# -- Sign-ins a second, against bcrypt on as many processes ----------------------------------------------------------


def measure_sign_ins(house: House, people: list[str], result: Result) -> None:
    """In alternating rounds; the first, in which everything warms up, does not count."""
    processes = Settings().web_concurrency
    ours, theirs = [], []
    with ExitStack() as stack:
        callers = [stack.enter_context(house.caller(number)) for number in range(CLIENTS)]
        threads = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        alone: list[Executor] = [
            stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"))) for _process in range(processes)
        ]
        for _round in range(ROUNDS + 1):
            signing = [
                threads.submit(sign_in_for, caller, people[number::CLIENTS]) for number, caller in enumerate(callers)
            ]
            ours.append(sum(one.result() for one in signing))
            hashing = [alone[number % processes].submit(hash_for, share) for number, share in shares(processes)]
            theirs.append(sum(one.result() for one in hashing))
    result.sign_ins = statistics.median(ours[1:]) / statistics.median(theirs[1:])
    result.lines += [
        f"sign-ins by password, {CLIENTS} clients: {statistics.median(ours[1:]):.1f} a second",
        f"bcrypt of cost {BCRYPT_COST}, {CLIENTS} threads in {processes} processes: "
        f"{statistics.median(theirs[1:]):.1f} a second",
        room_for_hashes(house, people[0], processes),
    ]


def shares(processes: int) -> Iterator[tuple[int, int]]:
    """How many of the clients' threads each process has, as near to even as can be."""
    for number in range(min(processes, CLIENTS)):
        yield number, len(range(number, CLIENTS, processes))


def sign_in_for(caller: httpx.Client, people: list[str]) -> float:
    """Sign-ins a second of one client, one after the other."""
    turns = itertools.cycle(people)

    def sign_in() -> None:
        answer = caller.post(LOGIN, json={"email": next(turns), "password": PASSWORD})
        assert answer.status_code == 200, answer.text

    return rate(sign_in)


def hash_for(threads: int) -> float:
    """Hashes a second of one process; bcrypt lets its threads run at the same time."""
    with ThreadPoolExecutor(threads) as pool:
        salt = bcrypt.gensalt(BCRYPT_COST)
        return sum(pool.map(lambda _thread: rate(lambda: bcrypt.hashpw(PASSWORD.encode(), salt)), range(threads)))


def rate(work: Callable[[], object]) -> float:
    began, done = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        work()
        done += 1
    return done / (time.monotonic() - began)


def room_for_hashes(house: House, email: str, processes: int) -> str:
    with house.database() as connection:
        row = connection.execute("SELECT password_hash FROM accounts WHERE email = %s", [email]).fetchone()
    assert row is not None
    megabytes = argon2.extract_parameters(row[0]).memory_cost / 1024
    at_once = passwords.AT_ONCE * processes
    return f"at most {at_once} hashes at once in {processes} processes: {at_once * megabytes:.0f} MB while they run"


# -- What it costs to be recognised ----------------------------------------------------------------------------------


def measure_recognising(house: House, result: Result) -> None:
    """The same view, which only asks who is there, by both doors."""
    app = create_app(Settings(database_url=house.database_url, scheduler=False, instance_dir=INSTANCE))
    limiter.enabled = False  # it lets readers of the API pass uncounted, which would flatter them
    known = {
        "/bench": ("Cookie", cookies(house)),
        "/api/bench": ("Authorization", f"Bearer {house.bearer('bob@demo.example')}"),
    }
    for path in known:
        app.add_url_rule(path, path, access(ANYONE)(who_is_there))
    for path, header in known.items():
        result.statements = max(result.statements, statements(app, path, header) - statements(app, path, None))
        stranger, person = min((round_of_calls(app, path, header) for _round in range(QUIET_ROUNDS)), key=difference)
        result.recognising = max(result.recognising, person - stranger)
        result.lines.append(f"{path}: {stranger:.2f} ms for a stranger, {person:.2f} ms for somebody known")


def round_of_calls(app: Flask, path: str, header: tuple[str, str]) -> tuple[float, float]:
    """The medians for a stranger and for somebody known, whose calls take turns."""
    times = [(milliseconds(app, path, None), milliseconds(app, path, header)) for _call in range(CALLS)]
    stranger, person = map(statistics.median, zip(*times, strict=True))
    return stranger, person


def difference(medians: tuple[float, float]) -> float:
    return medians[1] - medians[0]


def who_is_there() -> Response:
    return Response("known" if current_actor().is_authenticated else "a stranger")


def cookies(house: House) -> str:
    kept = house.browser("bob@demo.example").cookies
    return "; ".join(f"{name}={value}" for name, value in kept.items())


def ask(app: Flask, path: str, header: tuple[str, str] | None) -> None:
    environ = EnvironBuilder(path, headers=dict([header] if header else [])).get_environ()
    answer = app.wsgi_app(environ, lambda _status, _headers, _error=None: lambda _body: None)
    said = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    assert said == (b"known" if header else b"a stranger"), said


def milliseconds(app: Flask, path: str, header: tuple[str, str] | None) -> float:
    began = time.perf_counter()
    ask(app, path, header)
    return (time.perf_counter() - began) * 1000


def statements(app: Flask, path: str, header: tuple[str, str] | None) -> int:
    """How many one request sends once the process is warm."""
    ask(app, path, header)
    with patch.object(psycopg.Cursor, "execute", autospec=True, side_effect=psycopg.Cursor.execute) as sent:
        ask(app, path, header)
    return sent.call_count


# -- Known and unknown accounts --------------------------------------------------------------------------------------


def measure_difference(house: House, people: list[str], result: Result) -> None:
    """Every try is of another account and, in turn, from another network: no limit is reached, as for a patient spy."""
    known, unknown = [], []
    with callers_of_many_networks(house) as callers:
        for number, (email, caller) in enumerate(zip(people, callers, strict=False)):
            pair = [(known, email), (unknown, new_address())]
            for times, address in pair if number % 2 else reversed(pair):
                times.append(refused(caller, address))
    medians = statistics.median(known), statistics.median(unknown)
    result.difference = abs(medians[0] / medians[1] - 1) * 100
    result.lines.append(
        f"refused sign-in, {len(known)} of each: {medians[0]:.1f} ms for known accounts, {medians[1]:.1f} ms for others"
    )


@contextmanager
def callers_of_many_networks(house: House) -> Iterator[Iterator[httpx.Client]]:
    """Connected already, and in turns for ever."""
    with ExitStack() as stack:
        callers = [stack.enter_context(house.caller(number)) for number in range(NETWORKS)]
        for caller in callers:
            caller.get("/health/live")
        yield itertools.cycle(callers)


def new_address() -> str:
    return f"{uuid.uuid4().hex[:12]}@demo.example"


def refused(caller: httpx.Client, email: str) -> float:
    """Milliseconds until a wrong password is refused."""
    began = time.perf_counter()
    answer = caller.post(LOGIN, json={"email": email, "password": "not the right one"})
    spent = (time.perf_counter() - began) * 1000
    assert answer.status_code == 401, answer.text
    return spent


# -- With a mail server that takes connections and says nothing ------------------------------------------------------


@contextmanager
def stalled_mail_server() -> Iterator[tuple[int, list[socket.socket]]]:
    """Its port, and the connections that it holds."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hold() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=hold, daemon=True).start()
        yield server.getsockname()[1], held
        server.shutdown(socket.SHUT_RDWR)
    for connection in held:
        connection.close()


def measure_mailing(house: House, held: list[socket.socket], result: Result) -> None:
    """Registrations first, then what else sends a mail to those who registered."""
    members(house)
    people = [new_address() for _mail in range(MAILS)]
    person = {"first_name": "Anna", "last_name": "Demo", "role": "alumni_friend", "password": PASSWORD}
    with callers_of_many_networks(house) as callers:
        time_answers(callers, REGISTER, [{**person, "email": email} for email in people], result)
        with house.database() as connection:
            connection.execute("UPDATE accounts SET verified_at = now() WHERE email = ANY(%s)", [people])
        for path in ASKING_FOR_MAIL:
            if next(callers).post(path, json={}).status_code == 404:
                result.lines.append(f"{path}: not there")
            else:
                time_answers(callers, path, [{"email": email} for email in people], result)
    assert held, "nobody tried to send a mail"
    with house.database() as connection:
        row = connection.execute("SELECT count(*) FROM outbox_messages WHERE sent_at IS NULL").fetchone()
    result.lines.append(f"the mail server held {len(held)} connections, {row[0] if row else 0} mails wait")


def time_answers(callers: Iterator[httpx.Client], path: str, bodies: list[dict[str, str]], result: Result) -> None:
    spent = []
    for body, caller in zip(bodies, callers, strict=False):
        began = time.perf_counter()
        answer = caller.post(path, json=body)
        spent.append((time.perf_counter() - began) * 1000)
        assert answer.is_success, answer.text
    p95 = percentile(spent, 95)
    result.stalled = max(result.stalled, p95)
    result.lines.append(f"{path}: median {statistics.median(spent):.0f} ms, p95 {p95:.0f} ms ({len(spent)})")

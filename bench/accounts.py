"""Sign-in and authentication: their speed, whether time shows which accounts exist, and a stalled mail server."""

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

from bench.pages import percentile
from bench.server import INSTANCE, PASSWORD, Server, serving
from config import Settings
from portal import create_app
from portal.core.access import ANYONE, access, current_actor
from portal.core.security import passwords
from portal.extensions import limiter

LOGIN = "/api/v1/auth/login"
REGISTER = "/api/v1/auth/register"
REQUESTS_FOR_MAIL = ("/api/v1/auth/login/otp/request", "/api/v1/auth/password-reset/request")
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
    """Sign-ins per bcrypt hash; statements and milliseconds of authentication; percent; milliseconds."""

    sign_ins: float = 0
    statements: float = 0
    authentication: float = 0
    difference: float = 0
    stalled: float = 0
    lines: list[str] = field(default_factory=list)


def measure(server: Server) -> Result:
    result = Result()
    people = members(server)
    measure_sign_ins(server, people, result)
    measure_authentication(server, result)
    measure_difference(server, people, result)
    with stalled_mail_server() as (port, held):
        mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port), "SEED_DEMO": "off", "LOG_LEVEL": "ERROR"}
        with serving(INSTANCE.with_name("bench-stalled"), **mail) as other:
            measure_mailing(other, held, result)
    return result


def members(server: Server) -> list[str]:
    """Return emails of demo people who may sign in, after deleting the failures that earlier runs have left."""
    with server.database() as connection:
        connection.execute("TRUNCATE throttle_cells, growing_delays")
        found = connection.execute(
            "SELECT email FROM accounts WHERE verified_at IS NOT NULL AND banned_at IS NULL"
            " AND password_hash IS NOT NULL ORDER BY id LIMIT %s",
            [TRIES],
        )
        return [email for (email,) in found]


# -- Sign-ins a second, against bcrypt on as many processes ----------------------------------------------------------


def measure_sign_ins(server: Server, people: list[str], result: Result) -> None:
    """Measure in alternating rounds; the first, in which everything warms up, does not count."""
    processes = Settings().web_concurrency
    ours, theirs = [], []
    with ExitStack() as stack:
        callers = [stack.enter_context(server.client_in_network(number)) for number in range(CLIENTS)]
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
        memory_of_hashes(server, people[0], processes),
    ]


def shares(processes: int) -> Iterator[tuple[int, int]]:
    """Return how many of the clients' threads each process has, as evenly as possible."""
    for number in range(min(processes, CLIENTS)):
        yield number, len(range(number, CLIENTS, processes))


def sign_in_for(caller: httpx.Client, people: list[str]) -> float:
    """Return the sign-ins a second of one client, one after the other."""
    turns = itertools.cycle(people)

    def sign_in() -> None:
        answer = caller.post(LOGIN, json={"email": next(turns), "password": PASSWORD})
        assert answer.status_code == 200, answer.text

    return rate(sign_in)


def hash_for(threads: int) -> float:
    """Return the hashes a second of one process, whose threads bcrypt lets run at the same time."""
    with ThreadPoolExecutor(threads) as pool:
        salt = bcrypt.gensalt(BCRYPT_COST)
        return sum(pool.map(lambda _thread: rate(lambda: bcrypt.hashpw(PASSWORD.encode(), salt)), range(threads)))


def rate(work: Callable[[], object]) -> float:
    started, done = time.monotonic(), 0
    while time.monotonic() - started < SECONDS:
        work()
        done += 1
    return done / (time.monotonic() - started)


def memory_of_hashes(server: Server, email: str, processes: int) -> str:
    with server.database() as connection:
        row = connection.execute("SELECT password_hash FROM accounts WHERE email = %s", [email]).fetchone()
    assert row is not None
    megabytes = argon2.extract_parameters(row[0]).memory_cost / 1024
    at_once = passwords.THREADS_MAX * processes
    return f"at most {at_once} hashes at once in {processes} processes: {at_once * megabytes:.0f} MB while they run"


# -- What authentication costs ---------------------------------------------------------------------------------------


def measure_authentication(server: Server, result: Result) -> None:
    """Compare requests with and without a session to a view that only asks for the actor, on a page and by JSON."""
    app = create_app(Settings(database_url=server.database_url, scheduler=False, instance_dir=INSTANCE))
    limiter.enabled = False  # it does not count reads of the API, which would flatter them
    known = {
        "/bench": ("Cookie", cookies(server)),
        "/api/bench": ("Authorization", f"Bearer {server.access_token('bob@demo.example')}"),
    }
    for path in known:
        app.add_url_rule(path, path, access(ANYONE)(show_actor))
    for path, header in known.items():
        result.statements = max(result.statements, statements(app, path, header) - statements(app, path, None))
        stranger, person = min((round_of_calls(app, path, header) for _round in range(QUIET_ROUNDS)), key=difference)
        result.authentication = max(result.authentication, person - stranger)
        result.lines.append(f"{path}: {stranger:.2f} ms without a session, {person:.2f} ms with one")


def round_of_calls(app: Flask, path: str, header: tuple[str, str]) -> tuple[float, float]:
    """Return the medians without and with a session, whose calls take turns."""
    times = [(milliseconds(app, path, None), milliseconds(app, path, header)) for _call in range(CALLS)]
    stranger, person = map(statistics.median, zip(*times, strict=True))
    return stranger, person


def difference(medians: tuple[float, float]) -> float:
    return medians[1] - medians[0]


def show_actor() -> Response:
    return Response("member" if current_actor().is_authenticated else "anonymous")


def cookies(server: Server) -> str:
    kept = server.browser("bob@demo.example").cookies
    return "; ".join(f"{name}={value}" for name, value in kept.items())


def ask(app: Flask, path: str, header: tuple[str, str] | None) -> None:
    environ = EnvironBuilder(path, headers=[header] if header else []).get_environ()
    answer = app.wsgi_app(environ, lambda _status, _headers, _error=None: lambda _body: None)
    body = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    assert body == (b"member" if header else b"anonymous"), body


def milliseconds(app: Flask, path: str, header: tuple[str, str] | None) -> float:
    started = time.perf_counter()
    ask(app, path, header)
    return (time.perf_counter() - started) * 1000


def statements(app: Flask, path: str, header: tuple[str, str] | None) -> int:
    """Return how many statements one request sends once the process is warm."""
    ask(app, path, header)
    with patch.object(psycopg.Cursor, "execute", autospec=True, side_effect=psycopg.Cursor.execute) as sent:
        ask(app, path, header)
    return sent.call_count


# -- Known and unknown accounts --------------------------------------------------------------------------------------


def measure_difference(server: Server, people: list[str], result: Result) -> None:
    """Use another account and another network for every try, so that no limit is reached."""
    known: list[float] = []
    unknown: list[float] = []
    with callers_of_many_networks(server) as callers:
        for number, (existing, caller) in enumerate(zip(people, callers, strict=False)):
            pair = [(known, existing), (unknown, new_email())]
            for times, email in pair if number % 2 else reversed(pair):
                times.append(refused(caller, email))
    medians = statistics.median(known), statistics.median(unknown)
    result.difference = abs(medians[0] / medians[1] - 1) * 100
    result.lines.append(
        f"refused sign-in, {len(known)} of each: {medians[0]:.1f} ms for known accounts, {medians[1]:.1f} ms for others"
    )


@contextmanager
def callers_of_many_networks(server: Server) -> Iterator[Iterator[httpx.Client]]:
    """Yield connected clients in many networks, which take turns without end."""
    with ExitStack() as stack:
        callers = [stack.enter_context(server.client_in_network(number)) for number in range(NETWORKS)]
        for caller in callers:
            caller.get("/health/live")
        yield itertools.cycle(callers)


def new_email() -> str:
    return f"{uuid.uuid4().hex[:12]}@demo.example"


def refused(caller: httpx.Client, email: str) -> float:
    """Return the milliseconds until a wrong password is refused."""
    started = time.perf_counter()
    answer = caller.post(LOGIN, json={"email": email, "password": "not the right one"})
    spent = (time.perf_counter() - started) * 1000
    assert answer.status_code == 401, answer.text
    return spent


# -- With a mail server that takes connections and says nothing ------------------------------------------------------


@contextmanager
def stalled_mail_server() -> Iterator[tuple[int, list[socket.socket]]]:
    """Yield the port of a mail server that takes connections and says nothing, and the connections that it holds."""
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


def measure_mailing(server: Server, held: list[socket.socket], result: Result) -> None:
    """Measure registrations first, then the other requests that send a mail to those who registered."""
    members(server)
    people = [new_email() for _mail in range(MAILS)]
    person = {"first_name": "Anna", "last_name": "Demo", "role": "alumni_friend", "password": PASSWORD}
    with callers_of_many_networks(server) as callers:
        time_answers(callers, REGISTER, [{**person, "email": email} for email in people], result)
        with server.database() as connection:
            connection.execute("UPDATE accounts SET verified_at = now() WHERE email = ANY(%s)", [people])
        for path in REQUESTS_FOR_MAIL:
            if next(callers).post(path, json={}).status_code == 404:
                result.lines.append(f"{path}: not there")
            else:
                time_answers(callers, path, [{"email": email} for email in people], result)
    assert held, "nobody tried to send a mail"
    with server.database() as connection:
        row = connection.execute("SELECT count(*) FROM outbox_messages WHERE sent_at IS NULL").fetchone()
    result.lines.append(f"the mail server held {len(held)} connections, {row[0] if row else 0} mails wait")


def time_answers(callers: Iterator[httpx.Client], path: str, bodies: list[dict[str, str]], result: Result) -> None:
    spent = []
    for body, caller in zip(bodies, callers, strict=False):
        started = time.perf_counter()
        answer = caller.post(path, json=body)
        spent.append((time.perf_counter() - started) * 1000)
        assert answer.is_success, answer.text
    p95 = percentile(spent, 95)
    result.stalled = max(result.stalled, p95)
    result.lines.append(f"{path}: median {statistics.median(spent):.0f} ms, p95 {p95:.0f} ms ({len(spent)})")

"""Memory of the web processes: after everything that is read most and two thousand sign-ins, and after much more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.accounts import CLIENTS, LOGIN, members
from bench.load import Target, load
from bench.pages import page_urls
from bench.portals import portal_of
from bench.reads import AS_BROWSER, ENDPOINTS, PEOPLE, READER
from bench.report import Bar, Section
from bench.server import PASSWORD, Server
from bench.usage import pss

SIGN_INS, REQUESTS, CHUNK = 2_000, 100_000, 10_000
LOAD_SECONDS = 20
MEGABYTES, MORE_PERCENT = 300, 5


def measure(section: Section) -> None:
    """Load one portal as it usually runs, its periodic jobs included, and add bars and lines to the section."""
    with portal_of(PEOPLE) as server:
        section.add_lines([f"at the start: {memory(server):.0f} MB"])
        targets = [endpoints(server), pages(server)]
        for target in targets:
            load(target, seconds=LOAD_SECONDS)
            section.add_lines([f"after a load of {LOAD_SECONDS} s: {memory(server):.0f} MB"])
        sign_in(server)
        loaded = memory(server)
        section.add(Bar(f"web processes after the load and {SIGN_INS:,} sign-ins, PSS", loaded, MEGABYTES, "MB"))
        for number in range(0, REQUESTS, CHUNK):
            load(targets[0], requests=CHUNK * 9 // 10)
            load(targets[1], requests=CHUNK // 10)
            section.add_lines([f"after {number + CHUNK:,} more requests: {memory(server):.0f} MB"])
        more = 100 * (memory(server) / loaded - 1)
        section.add(Bar(f"web processes after {REQUESTS:,} more requests", more, MORE_PERCENT, "% more"))


def memory(server: Server) -> float:
    """Return the PSS in MB of gunicorn's processes, without the supervisor, which serves nothing."""
    return pss([pid for pid in server.web_processes() if pid != server.supervisor])


def endpoints(server: Server) -> Target:
    headers = {"Authorization": f"Bearer {server.access_token(READER)}"}
    return Target(server.url, tuple(endpoint.path for endpoint in ENDPOINTS), headers)


def pages(server: Server) -> Target:
    browser = server.browser(READER)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return Target(server.url, tuple(page_urls(browser, READER)), {"Cookie": cookie, **AS_BROWSER})


def sign_in(server: Server) -> None:
    """Sign in ``SIGN_INS`` times, by several clients in networks of their own."""
    turns = itertools.islice(itertools.cycle(members(server)), SIGN_INS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        for one in [pool.submit(sign_in_for, server, number, turns) for number in range(CLIENTS)]:
            one.result()


def sign_in_for(server: Server, network: int, emails: Iterator[str]) -> None:
    with server.client_in_network(network) as client:
        for email in emails:
            answer = client.post(LOGIN, json={"email": email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text

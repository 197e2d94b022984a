"""Four workers of one portal: threads run in each of them, work is done once, and limits count over all of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path

import httpx
import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal import create_app
from portal.accounts.registration.register import TAKEN_PER_NETWORK
from portal.core.db.unit_of_work import unit_of_work
from portal.core.private_folders import metrics_folder
from portal.extensions import db
from portal.outbox.messages import TEST_MESSAGE
from portal.outbox.services import enqueue
from portal.runtime import embedded_database
from tests.runtime.conftest import copy_with_owners
from tests.runtime.portals import Portal, until
from tests.support.databases import settings_for
from tests.support.plain_http import PLAIN_HTTP
from tests.support.proxy import proxy
from tests.support.server import free_port

pytestmark = pytest.mark.process
WORKERS = 4
MAILS = 40


class SlowMailServer:
    """A handler that keeps the ids of mails; each delivery takes a moment, so that several workers send at once."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(0.02)
        self.ids.append(str(message_from_bytes(envelope.original_content or b"")["Message-ID"]))
        return "250 OK"


@pytest.fixture(scope="module")
def mail_server() -> Iterator[tuple[SlowMailServer, int]]:
    box, port = SlowMailServer(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def portal(prepared: Path, mail_server: tuple[SlowMailServer, int]) -> Iterator[Portal]:
    instance = prepared.parent / "four"
    copy_with_owners(prepared, instance)
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(mail_server[1]), "MAIL_USE_TLS": "off"}
    made = Portal(instance, WEB_CONCURRENCY=str(WORKERS), TRUSTED_PROXIES="127.0.1.0/24", **mail).start()
    yield made
    made.clean_up()


def database(portal: Portal) -> str:
    return embedded_database.url(portal.instance / "postgres")


def test_every_worker_runs_its_own_listener(portal: Portal) -> None:
    listeners = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"

    def number() -> int:
        with psycopg.connect(database(portal)) as connection:
            [[count]] = connection.execute(listeners).fetchall()
            return int(count)

    until(lambda: len(portal.workers) == WORKERS, "every worker, started one after the other")
    until(lambda: number() == WORKERS, "a listener in every worker")


def outbox(portal: Portal, state: str) -> float:
    line = f'portal_outbox_messages{{state="{state}"}} '
    return float(next(shown for shown in portal.get("/metrics").splitlines() if shown.startswith(line))[len(line) :])


def test_every_mail_is_sent_exactly_once(portal: Portal, mail_server: tuple[SlowMailServer, int]) -> None:
    until(lambda: outbox(portal, "waiting") == 0, "what other tests left is gone")
    before = len(mail_server[0].ids)
    settings = settings_for("unused", portal.instance).model_copy(update={"database_url": database(portal)})
    app = create_app(settings)
    for number in range(MAILS):
        with app.app_context(), unit_of_work():
            enqueue(TEST_MESSAGE, recipient=f"{number}@demo.example", key=f"test:{number}", payload={}, locale="en")
    with app.app_context():
        db.engine.dispose()
    until(lambda: outbox(portal, "sent") == before + MAILS, "all are recorded as sent")
    assert len(mail_server[0].ids) == before + MAILS
    assert Counter(mail_server[0].ids).most_common(1)[0][1] == 1


def test_metrics_sum_over_the_workers(portal: Portal) -> None:
    line = 'portal_requests_total{endpoint="health.live",method="GET",status="200"} '

    def counted() -> float:
        found = [shown for shown in portal.get("/metrics").splitlines() if shown.startswith(line)]
        return float(found[0].removeprefix(line)) if found else 0.0

    before = counted()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(portal.status, ["/health/live"] * 80)) == {200}
    assert counted() == before + 80
    assert len(list(metrics_folder(portal.instance).glob("counter_*.db"))) > 1


@pytest.fixture(scope="module")
def proxied_url(portal: Portal) -> Iterator[str]:
    """Yield the URL that callers use: that of a chain of two proxies that the portal trusts."""
    with proxy(portal.url, "127.0.1.2") as inner, proxy(inner, "127.0.1.1") as outer:
        yield outer


def register(url: str, caller: str, forged: str = "") -> int:
    """Try to register from the IP address ``caller`` with ``X-Forwarded-For: forged``; return the status."""
    body = {"first_name": "Anna", "last_name": "Demo", "email": "anna@demo.example", "role": "alumni_friend"}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=caller, verify=False), **PLAIN_HTTP) as client:
        answer = client.post(
            f"{url}/api/v1/auth/register",
            json={**body, "password": "correct horse battery"},
            headers={"X-Forwarded-For": forged},
        )
    return answer.status_code


def test_a_limit_counts_the_real_caller_over_all_workers_and_proxies(portal: Portal, proxied_url: str) -> None:
    assert register(portal.url, "127.0.4.5") == 201
    claims = [f"198.51.{number}.7, 127.0.1.1" for number in range(TAKEN_PER_NETWORK.times + 10)]
    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(lambda claim: register(proxied_url, "127.0.2.5", claim), claims))
    assert answers == {400: TAKEN_PER_NETWORK.times, 429: 10}
    assert register(portal.url, "127.0.2.6", "198.51.100.7") == 429, "a caller who goes around the proxies"
    assert register(proxied_url, "127.0.3.5") == 400, "another network"
    metrics = metrics_folder(portal.instance).glob("counter_*.db")
    assert sum(b"accounts_api.register" in file.read_bytes() for file in metrics) > 1, "one worker had all the work"

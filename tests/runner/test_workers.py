"""Four workers of one portal: what starts after the fork runs in each of them, and the work is done once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal import create_app, devdb
from portal.core.unit_of_work import unit_of_work
from portal.extensions import db
from portal.outbox.messages import TEST_MESSAGE
from portal.outbox.services import enqueue
from tests.runner.conftest import copy_with_owners
from tests.runner.portals import Portal, until
from tests.support.databases import settings_for
from tests.support.server import free_port

pytestmark = pytest.mark.process
WORKERS = 4
MAILS = 40


class Postbox:
    """Keeps what it receives; each delivery takes a moment, so that several workers have work at once."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(0.02)
        self.ids.append(str(message_from_bytes(envelope.original_content or b"")["Message-ID"]))
        return "250 OK"


@pytest.fixture(scope="module")
def postbox() -> Iterator[tuple[Postbox, int]]:
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def portal(prepared: Path, postbox: tuple[Postbox, int]) -> Iterator[Portal]:
    instance = prepared.parent / "four"
    copy_with_owners(prepared, instance)
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(postbox[1]), "MAIL_USE_TLS": "off"}
    made = Portal(instance, WEB_CONCURRENCY=str(WORKERS), **mail).start()
    yield made
    made.clean_up()


def database(portal: Portal) -> str:
    return devdb.url(portal.instance / "postgres")


def test_every_worker_runs_its_own_listener(portal: Portal) -> None:
    listeners = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"

    def number() -> int:
        with psycopg.connect(database(portal)) as connection:
            return connection.execute(listeners).fetchone()[0]

    until(lambda: len(portal.workers) == WORKERS, "every worker, started one after the other")
    until(lambda: number() == WORKERS, "a listener in every worker")


def test_every_mail_is_sent_exactly_once(portal: Portal, postbox: tuple[Postbox, int]) -> None:
    settings = settings_for("unused", portal.instance).model_copy(update={"database_url": database(portal)})
    app = create_app(settings)
    for number in range(MAILS):
        with app.app_context(), unit_of_work():
            enqueue(TEST_MESSAGE, recipient=f"{number}@demo.example", key=f"test:{number}", payload={}, locale="en")
    with app.app_context():
        db.engine.dispose()
    until(lambda: f'state="sent"}} {MAILS}.0' in portal.get("/metrics"), "all are recorded as sent")
    assert len(postbox[0].ids) == MAILS
    assert Counter(postbox[0].ids).most_common(1)[0][1] == 1


def test_metrics_sum_over_the_workers(portal: Portal) -> None:
    line = 'portal_requests_total{endpoint="health.live",method="GET",status="200"} '

    def counted() -> float:
        found = [shown for shown in portal.get("/metrics").splitlines() if shown.startswith(line)]
        return float(found[0].removeprefix(line)) if found else 0.0

    before = counted()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(portal.status, ["/health/live"] * 80)) == {200}
    assert counted() == before + 80
    assert len(list((portal.instance / "metrics").glob("counter_*.db"))) > 1

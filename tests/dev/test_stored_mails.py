"""Where there is no mail server, mails can be read and followed on a page."""

from __future__ import annotations

import shutil

import pytest

from config import Environment, Settings
from portal import create_app
from portal.application import PortalFlask
from portal.core.db.unit_of_work import unit_of_work
from portal.outbox import dispatcher, messages
from portal.outbox.services import enqueue
from portal.outbox.transports.mail import mailbox_dir
from tests.support.clients import Page


@pytest.fixture
def mailbox(tx: PortalFlask) -> PortalFlask:
    """Return the application, without the mails of other tests."""
    shutil.rmtree(mailbox_dir(tx.config["PORTAL"]), ignore_errors=True)
    return tx


@pytest.fixture
def mailed(mailbox: PortalFlask) -> PortalFlask:
    """Return the application after one mail to Alina in English and one to Bob in Russian."""
    with mailbox.app_context(), unit_of_work():
        for name, locale in (("alina", "en"), ("bob", "ru")):
            enqueue(messages.TEST_MESSAGE, recipient=f"{name}@demo.example", key=name, payload={}, locale=locale)
    with mailbox.app_context():
        dispatcher.send_due()
    return mailbox


def test_mails_are_listed_newest_first(mailed: PortalFlask, page: Page) -> None:
    listed = page.get("/dev/mail")
    assert [note.partition(" ")[0] for note in listed.texts(".row-note")] == ["bob@demo.example", "alina@demo.example"]


def test_the_list_can_be_filtered_by_recipient(mailed: PortalFlask, page: Page) -> None:
    assert page.get("/dev/mail?to=Alina@demo.example").texts(".row-title") == ["Test email from Demo University"]


def test_the_links_of_a_mail_can_be_followed(mailed: PortalFlask, page: Page) -> None:
    listed = page.get("/dev/mail?to=alina@demo.example")
    shown = page.get(str(listed.element(".row-link")["href"]))
    base = mailed.config["PORTAL"].base_url
    assert [link["href"] for link in shown.soup.select(".mail-text a")] == [f"{base}/", f"{base}/"]


def test_the_body_of_a_mail_is_framed_and_runs_no_script(mailed: PortalFlask, page: Page) -> None:
    listed = page.get("/dev/mail?to=bob@demo.example")
    body = page.client.get(str(listed.element(".row-link")["href"]) + "/body")
    assert "Проверочное письмо" in body.text
    assert '<base target="_top">' in body.text
    policy = body.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert body.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_an_empty_mailbox_says_so(mailbox: PortalFlask, page: Page) -> None:
    assert "No emails yet" in page.get("/dev/mail").text


def test_an_unknown_mail_returns_404(page: Page) -> None:
    page.get("/dev/mail/0190a0a0-0000-7000-8000-000000000000", status=404)


def test_production_has_no_mailbox(committed: PortalFlask) -> None:
    secret = "x" * 32
    settings = Settings(
        environment=Environment.PROD,
        secret_key=secret,
        email_hash_secret=secret,
        public_url="https://alumni.example",
        database_url=committed.config["PORTAL"].database_url,
        instance_dir=committed.config["PORTAL"].instance_dir,
    )
    assert not [rule for rule in create_app(settings).url_map.iter_rules() if rule.rule.startswith("/dev")]

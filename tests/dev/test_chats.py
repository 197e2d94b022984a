"""Where there is no Telegram bot, its messages can be read on a page."""

from __future__ import annotations

import shutil

import pytest

from portal.application import PortalFlask
from portal.core.db.unit_of_work import unit_of_work
from portal.outbox import dispatcher, messages
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue
from portal.outbox.transports.telegram import chats_dir
from tests.support.clients import Page


@pytest.fixture
def chats(tx: PortalFlask) -> PortalFlask:
    """Without the messages of tests before."""
    shutil.rmtree(chats_dir(tx.config["PORTAL"]), ignore_errors=True)
    return tx


@pytest.fixture
def told(chats: PortalFlask) -> PortalFlask:
    """Two messages to chat 1 around one to chat 2, the last in Russian."""
    with chats.app_context(), unit_of_work():
        for key, chat, locale in (("a", "1", "en"), ("b", "2", "en"), ("c", "1", "ru")):
            enqueue(
                messages.TEST_MESSAGE,
                recipient=chat,
                key=key,
                payload={},
                locale=locale,
                channel=MessageChannel.TELEGRAM,
            )
    with chats.app_context():
        dispatcher.send_due(MessageChannel.TELEGRAM)
    return chats


def test_messages_are_listed_by_chat_newest_first(told: PortalFlask, page: Page) -> None:
    shown = page.get("/dev/telegram")
    assert shown.texts(".section-head h2") == ["Chat 1", "Chat 2"]
    assert ["Открыть портал" in text for text in shown.texts(".mail-text")] == [True, False, False]


def test_the_list_can_be_narrowed_to_one_chat(told: PortalFlask, page: Page) -> None:
    assert page.get("/dev/telegram?to=2").texts(".section-head h2") == ["Chat 2"]


def test_links_can_be_followed(told: PortalFlask, page: Page) -> None:
    shown = page.get("/dev/telegram?to=2")
    assert shown.soup is not None
    assert [link["href"] for link in shown.soup.select(".mail-text a")] == [f"{told.config['PORTAL'].base_url}/"]


def test_no_messages_are_no_mystery(chats: PortalFlask, page: Page) -> None:
    assert "No messages yet" in page.get("/dev/telegram").text

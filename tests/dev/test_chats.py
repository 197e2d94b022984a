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
    """Return the application, without the messages of other tests."""
    shutil.rmtree(chats_dir(tx.config["PORTAL"]), ignore_errors=True)
    return tx


@pytest.fixture
def messages_sent(chats: PortalFlask) -> PortalFlask:
    """Return the application after two messages to chat 1, the last in Russian, and one to chat 2 between them."""
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


def test_messages_are_listed_by_chat_newest_first(messages_sent: PortalFlask, page: Page) -> None:
    shown = page.get("/dev/telegram")
    assert shown.texts(".section-head h2") == ["Chat 1", "Chat 2"]
    assert ["Открыть портал" in text for text in shown.texts(".mail-text")] == [True, False, False]


def test_the_list_can_be_filtered_by_chat(messages_sent: PortalFlask, page: Page) -> None:
    assert page.get("/dev/telegram?to=2").texts(".section-head h2") == ["Chat 2"]


def test_links_can_be_followed(messages_sent: PortalFlask, page: Page) -> None:
    shown = page.get("/dev/telegram?to=2")
    assert shown.soup is not None
    assert [link["href"] for link in shown.soup.select(".mail-text a")] == [
        f"{messages_sent.config['PORTAL'].base_url}/"
    ]


def test_a_page_without_messages_says_so(chats: PortalFlask, page: Page) -> None:
    assert "No messages yet" in page.get("/dev/telegram").text

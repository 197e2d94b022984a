"""Telegram messages leave over the Bot API: once, and only codes again where nobody can say whether they arrived."""

from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from config import Environment
from portal.application import PortalFlask
from portal.core.clock import now
from portal.outbox import claims
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel, State
from portal.outbox.transports import telegram
from tests.conftest import Clock
from tests.outbox.conftest import PLAIN, app_with, free_port, put, rows, send
from tests.support.bot_api import TOKEN, BotApi

pytestmark = pytest.mark.slow

CHAT = {"recipient": "42", "channel": MessageChannel.TELEGRAM}
SILENT = pytest.mark.parametrize("silence", [BotApi.stall, BotApi.hang_up])


def tell(app: PortalFlask, key: str, kind: MessageKind = PLAIN, **values: object) -> None:
    put(app, key, kind, **{**CHAT, **values})


def chat(app: PortalFlask) -> int:
    return send(app, MessageChannel.TELEGRAM)


@pytest.fixture(autouse=True)
def _short_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "TIMEOUT", 0.3)


def test_a_message_leaves_once_in_the_readers_language_without_a_preview(
    chatting: PortalFlask, bot_api: BotApi
) -> None:
    tell(chatting, "one", locale="ru")
    assert (chat(chatting), chat(chatting)) == (1, 0)
    [message] = bot_api.messages()
    assert message.chat == "42"
    assert "Открыть портал: http" in message.text
    assert "parse_mode" not in message.parameters
    assert '"is_disabled": true' in message.parameters["link_preview_options"]
    assert rows(chatting)[0].state == State.SENT


def test_each_channel_takes_its_own_messages_only(chatting: PortalFlask, bot_api: BotApi) -> None:
    put(chatting, "a mail")
    tell(chatting, "b message")
    assert chat(chatting) == 1
    assert [row.state for row in rows(chatting)] == [State.WAITING, State.SENT]


@pytest.mark.parametrize(
    ("code", "words", "state"),
    [
        (403, "Forbidden: bot was blocked by the user", State.GIVEN_UP),
        (400, "Bad Request: chat not found", State.GIVEN_UP),
        (500, "Internal Server Error", State.WAITING),
        (401, "Unauthorized", State.WAITING),
        (409, "Conflict", State.WAITING),
    ],
)
def test_a_refusal_is_final_only_if_it_is_about_the_chat(
    chatting: PortalFlask, bot_api: BotApi, code: int, words: str, state: State
) -> None:
    bot_api.refuse(code, words)
    tell(chatting, "one")
    assert chat(chatting) == 0
    [row] = rows(chatting)
    assert (row.state, row.lease) == (state, None)
    assert words in (row.last_error or "")


def test_one_who_blocked_the_bot_does_not_stop_the_next(chatting: PortalFlask, bot_api: BotApi) -> None:
    bot_api.refuse(403, "Forbidden: bot was blocked by the user", on="13")
    tell(chatting, "1", recipient="13")
    tell(chatting, "2")
    assert chat(chatting) == 1
    assert [row.state for row in rows(chatting)] == [State.GIVEN_UP, State.SENT]


def test_too_many_messages_wait_as_long_as_they_are_told_to(
    chatting: PortalFlask, bot_api: BotApi, clock: Clock
) -> None:
    bot_api.refuse(429, "Too Many Requests: retry after 300", retry_after=300)
    tell(chatting, "one")
    chat(chatting)
    assert (rows(chatting)[0].due_at - now()).total_seconds() == 300


@SILENT
def test_a_message_that_has_perhaps_arrived_is_shown_and_not_repeated(
    chatting: PortalFlask, bot_api: BotApi, clock: Clock, silence: object
) -> None:
    silence(bot_api)  # type: ignore[operator]  # one of its methods
    tell(chatting, "1", payload={"title": "Picnic"})
    tell(chatting, "2")
    chat(chatting)
    bot_api.release()
    clock.move(hours=1)
    assert chat(chatting) == 1, "the second message was never in doubt"
    assert len(bot_api.messages()) == 2
    first, second = rows(chatting)
    assert (first.state, first.lease, first.payload) == (State.UNCERTAIN, None, {"title": "Picnic"})
    assert second.state == State.SENT


def test_a_code_that_has_perhaps_arrived_is_sent_again(
    chatting: PortalFlask, bot_api: BotApi, clock: Clock, secret: MessageKind
) -> None:
    bot_api.hang_up()
    tell(chatting, "one", secret, payload={"code": "123456"})
    chat(chatting)
    assert rows(chatting)[0].payload == {"code": "123456"}
    bot_api.release()
    clock.move(hours=1)
    assert chat(chatting) == 1
    assert (rows(chatting)[0].state, rows(chatting)[0].payload) == (State.SENT, {})


@pytest.mark.parametrize("silence", [BotApi.stall, BotApi.hang_up])
def test_a_server_that_is_silent_from_the_start_leaves_no_doubt(
    chatting: PortalFlask, bot_api: BotApi, silence: object
) -> None:
    silence(bot_api, on="getMe")  # type: ignore[operator]  # one of its methods
    tell(chatting, "1")
    tell(chatting, "2")
    assert chat(chatting) == 0
    assert [(row.state, row.attempts) for row in rows(chatting)] == [(State.WAITING, 1), (State.WAITING, 0)]
    assert bot_api.messages() == []


def test_a_process_that_died_leaves_a_doubt(chatting: PortalFlask, bot_api: BotApi, clock: Clock) -> None:
    tell(chatting, "one")
    with chatting.app_context():
        assert claims.claim(MessageChannel.TELEGRAM) is not None
    clock.move(minutes=3)
    assert chat(chatting) == 0
    assert (rows(chatting)[0].state, bot_api.messages()) == (State.UNCERTAIN, [])


def test_a_process_that_died_does_not_keep_a_code_from_leaving(
    chatting: PortalFlask, clock: Clock, secret: MessageKind
) -> None:
    tell(chatting, "one", secret)
    with chatting.app_context():
        claims.claim(MessageChannel.TELEGRAM)
    clock.move(minutes=3)
    assert chat(chatting) == 1


def test_a_server_that_is_down_costs_one_attempt_and_loses_nothing(committed: PortalFlask) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    for app in app_with(committed, telegram_token=SecretStr(TOKEN), telegram_api_url=address):
        tell(app, "1")
        tell(app, "2")
        assert chat(app) == 0
        assert [(row.state, row.attempts) for row in rows(app)] == [(State.WAITING, 1), (State.WAITING, 0)]
        assert rows(app)[0].last_error == "127.0.0.1: NewConnectionError"


def test_production_without_a_token_says_what_is_missing(committed: PortalFlask) -> None:
    for app in app_with(committed, environment=Environment.PROD):
        tell(app, "one")
        assert chat(app) == 0
        assert (rows(app)[0].state, rows(app)[0].last_error) == (State.WAITING, "TELEGRAM_TOKEN is not set")


def test_the_token_is_told_to_nobody(chatting: PortalFlask, bot_api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for key, trouble in {
        "1": bot_api.release,
        "2": lambda: bot_api.refuse(500, "Internal Server Error"),
        "3": bot_api.hang_up,
        "4": bot_api.server.server_close,
    }.items():
        trouble()
        tell(chatting, key)
        chat(chatting)
    assert TOKEN not in caplog.text
    assert "Internal Server Error" in caplog.text
    assert not [row for row in rows(chatting) if TOKEN in (row.last_error or "")]

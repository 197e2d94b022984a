"""Telegram messages are sent over the Bot API once; only codes again if it is not known whether they arrived."""

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


def put_telegram(app: PortalFlask, key: str, kind: MessageKind = PLAIN, **values: object) -> None:
    put(app, key, kind, **{**CHAT, **values})


def send_telegram(app: PortalFlask) -> int:
    return send(app, MessageChannel.TELEGRAM)


@pytest.fixture(autouse=True)
def _short_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "TIMEOUT", 0.3)


def test_a_message_is_sent_once_in_the_recipients_language_without_a_preview(
    telegram_app: PortalFlask, bot_api: BotApi
) -> None:
    put_telegram(telegram_app, "one", locale="ru")
    assert (send_telegram(telegram_app), send_telegram(telegram_app)) == (1, 0)
    [message] = bot_api.messages()
    assert message.chat == "42"
    assert "Открыть портал: http" in message.text
    assert "parse_mode" not in message.parameters
    assert '"is_disabled": true' in message.parameters["link_preview_options"]
    assert rows(telegram_app)[0].state == State.SENT


def test_each_channel_sends_its_own_messages_only(telegram_app: PortalFlask, bot_api: BotApi) -> None:
    put(telegram_app, "a mail")
    put_telegram(telegram_app, "b message")
    assert send_telegram(telegram_app) == 1
    assert [row.state for row in rows(telegram_app)] == [State.WAITING, State.SENT]


@pytest.mark.parametrize(
    ("code", "description", "state"),
    [
        (403, "Forbidden: bot was blocked by the user", State.GIVEN_UP),
        (400, "Bad Request: chat not found", State.GIVEN_UP),
        (500, "Internal Server Error", State.WAITING),
        (401, "Unauthorized", State.WAITING),
        (409, "Conflict", State.WAITING),
    ],
)
def test_a_refusal_is_final_only_if_it_is_about_the_chat(
    telegram_app: PortalFlask, bot_api: BotApi, code: int, description: str, state: State
) -> None:
    bot_api.refuse(code, description)
    put_telegram(telegram_app, "one")
    assert send_telegram(telegram_app) == 0
    [row] = rows(telegram_app)
    assert (row.state, row.lease) == (state, None)
    assert description in (row.last_error or "")


def test_a_recipient_who_blocked_the_bot_does_not_stop_the_next(telegram_app: PortalFlask, bot_api: BotApi) -> None:
    bot_api.refuse(403, "Forbidden: bot was blocked by the user", on="13")
    put_telegram(telegram_app, "1", recipient="13")
    put_telegram(telegram_app, "2")
    assert send_telegram(telegram_app) == 1
    assert [row.state for row in rows(telegram_app)] == [State.GIVEN_UP, State.SENT]


def test_a_rate_limit_is_respected(telegram_app: PortalFlask, bot_api: BotApi, clock: Clock) -> None:
    bot_api.refuse(429, "Too Many Requests: retry after 300", retry_after=300)
    put_telegram(telegram_app, "one")
    send_telegram(telegram_app)
    assert (rows(telegram_app)[0].due_at - now()).total_seconds() == 300


@SILENT
def test_a_message_that_has_perhaps_arrived_is_uncertain_and_not_repeated(
    telegram_app: PortalFlask, bot_api: BotApi, clock: Clock, silence: object
) -> None:
    silence(bot_api)  # type: ignore[operator]  # one of its methods
    put_telegram(telegram_app, "1", payload={"title": "Picnic"})
    put_telegram(telegram_app, "2")
    send_telegram(telegram_app)
    bot_api.release()
    clock.move(hours=1)
    assert send_telegram(telegram_app) == 1, "the second message was never in doubt"
    assert len(bot_api.messages()) == 2
    first, second = rows(telegram_app)
    assert (first.state, first.lease, first.payload) == (State.UNCERTAIN, None, {"title": "Picnic"})
    assert second.state == State.SENT


def test_a_code_that_has_perhaps_arrived_is_sent_again(
    telegram_app: PortalFlask, bot_api: BotApi, clock: Clock, secret: MessageKind
) -> None:
    bot_api.hang_up()
    put_telegram(telegram_app, "one", secret, payload={"code": "123456"})
    send_telegram(telegram_app)
    assert rows(telegram_app)[0].payload == {"code": "123456"}
    bot_api.release()
    clock.move(hours=1)
    assert send_telegram(telegram_app) == 1
    assert (rows(telegram_app)[0].state, rows(telegram_app)[0].payload) == (State.SENT, {})


@pytest.mark.parametrize("silence", [BotApi.stall, BotApi.hang_up])
def test_a_server_that_never_answers_leaves_messages_waiting(
    telegram_app: PortalFlask, bot_api: BotApi, silence: object
) -> None:
    silence(bot_api, on="getMe")  # type: ignore[operator]  # one of its methods
    put_telegram(telegram_app, "1")
    put_telegram(telegram_app, "2")
    assert send_telegram(telegram_app) == 0
    assert [(row.state, row.attempts) for row in rows(telegram_app)] == [(State.WAITING, 1), (State.WAITING, 0)]
    assert bot_api.messages() == []


def test_a_message_of_a_process_that_died_is_uncertain(
    telegram_app: PortalFlask, bot_api: BotApi, clock: Clock
) -> None:
    put_telegram(telegram_app, "one")
    with telegram_app.app_context():
        assert claims.claim(MessageChannel.TELEGRAM) is not None
    clock.move(minutes=3)
    assert send_telegram(telegram_app) == 0
    assert (rows(telegram_app)[0].state, bot_api.messages()) == (State.UNCERTAIN, [])


def test_a_code_of_a_process_that_died_is_sent_again(
    telegram_app: PortalFlask, clock: Clock, secret: MessageKind
) -> None:
    put_telegram(telegram_app, "one", secret)
    with telegram_app.app_context():
        claims.claim(MessageChannel.TELEGRAM)
    clock.move(minutes=3)
    assert send_telegram(telegram_app) == 1


def test_a_server_that_is_down_costs_one_attempt_and_loses_nothing(committed: PortalFlask) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for app in app_with(committed, telegram_token=SecretStr(TOKEN), telegram_api_url=url):
        put_telegram(app, "1")
        put_telegram(app, "2")
        assert send_telegram(app) == 0
        assert [(row.state, row.attempts) for row in rows(app)] == [(State.WAITING, 1), (State.WAITING, 0)]
        assert rows(app)[0].last_error == "127.0.0.1: NewConnectionError"


def test_production_without_a_token_says_what_is_missing(committed: PortalFlask) -> None:
    for app in app_with(committed, environment=Environment.PROD):
        put_telegram(app, "one")
        assert send_telegram(app) == 0
        assert (rows(app)[0].state, rows(app)[0].last_error) == (State.WAITING, "TELEGRAM_TOKEN is not set")


def test_the_token_is_neither_logged_nor_stored(
    telegram_app: PortalFlask, bot_api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for key, prepare_server in {
        "1": bot_api.release,
        "2": lambda: bot_api.refuse(500, "Internal Server Error"),
        "3": bot_api.hang_up,
        "4": bot_api.server.server_close,
    }.items():
        prepare_server()
        put_telegram(telegram_app, key)
        send_telegram(telegram_app)
    assert TOKEN not in caplog.text
    assert "Internal Server Error" in caplog.text
    assert not [row for row in rows(telegram_app) if TOKEN in (row.last_error or "")]

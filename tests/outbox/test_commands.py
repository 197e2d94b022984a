"""Operators can try each message channel."""

from __future__ import annotations

import pytest

from portal.application import PortalFlask
from tests.outbox.conftest import rows


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["alina@demo.example"], ("mail", "alina@demo.example", "en")),
        (["42", "--channel", "telegram", "--locale", "ru"], ("telegram", "42", "ru")),
    ],
)
def test_send_test_message_queues_a_message(
    tx: PortalFlask, arguments: list[str], expected: tuple[str, str, str]
) -> None:
    result = tx.test_cli_runner().invoke(args=["send-test-message", *arguments])
    assert result.exit_code == 0, result.output
    [row] = rows(tx)
    assert (row.channel, row.recipient, row.locale) == expected

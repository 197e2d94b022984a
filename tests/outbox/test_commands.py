"""Operators can try each way out."""

from __future__ import annotations

import pytest

from portal.application import PortalFlask
from tests.outbox.conftest import rows


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["alina@demo.example"], ("mail", "alina@demo.example", "en")),
        (["42", "--channel", "telegram", "--locale", "ru"], ("telegram", "42", "ru")),
    ],
)
def test_a_test_message_is_put_into_the_outbox(
    tx: PortalFlask, words: list[str], expected: tuple[str, str, str]
) -> None:
    said = tx.test_cli_runner().invoke(args=["send-test-message", *words])
    assert said.exit_code == 0, said.output
    [row] = rows(tx)
    assert (row.channel, row.recipient, row.locale) == expected

"""Messages to send by email and Telegram."""

from __future__ import annotations

from datetime import timedelta

from portal.core.manifest import Command, Feature, Job

feature = Feature(
    name="outbox",
    models=("models",),
    messages=("messages",),
    jobs=(
        Job("outbox.send_mails", "jobs:send_mails", timedelta(seconds=10)),
        Job("outbox.send_telegram", "jobs:send_telegram", timedelta(seconds=10)),
        Job("outbox.forget_sent", "jobs:forget_sent", timedelta(hours=6)),
    ),
    commands=(
        Command("build-mails", "commands:build_mails", needs_database=False),
        Command("send-test-message", "commands:send_test_message"),
    ),
    background=("listener:listen",),
)

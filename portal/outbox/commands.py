"""Commands for operators and for developers who write messages."""

from __future__ import annotations

import click

from config import ROOT
from portal.core.db.base import new_id
from portal.core.db.unit_of_work import unit_of_work
from portal.outbox import mjml
from portal.outbox.messages import TEST_MESSAGE
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue
from portal.web.i18n.selection import LOCALES


@click.command("build-mails")
def build_mails() -> None:
    """Compile each templates/mail/**/body.mjml to the body.html beside it, and list the files that changed."""
    for path in mjml.build():
        click.echo(f"compiled {path.relative_to(ROOT)}")


@click.command("send-test-message")
@click.argument("recipient")
@click.option(
    "--channel", type=click.Choice(TEST_MESSAGE.channels), default=MessageChannel.MAIL.value, show_default=True
)
@click.option("--locale", type=click.Choice(LOCALES), default="en", show_default=True)
def send_test_message(recipient: str, channel: str, locale: str) -> None:
    """Queue a test message to RECIPIENT, an email address or the id of a Telegram chat."""
    with unit_of_work():
        key = f"test_message:{new_id()}"
        enqueue(TEST_MESSAGE, recipient=recipient, key=key, payload={}, locale=locale, channel=channel)
    click.echo(f"A test message to {recipient} is in the outbox. A running portal sends it at once.")

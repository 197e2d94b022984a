"""Commands for operators and for whoever writes mails."""

from __future__ import annotations

import click

from config import ROOT
from portal.core.database import new_id
from portal.core.unit_of_work import unit_of_work
from portal.outbox import mjml
from portal.outbox.messages import TEST_MAIL
from portal.outbox.services import enqueue
from portal.web.locale import LOCALES


@click.command("build-mails")
def build_mails() -> None:
    """Compile templates/mail/**/body.mjml to the body.html beside each."""
    for path in mjml.build():
        click.echo(f"compiled {path.relative_to(ROOT)}")


@click.command("send-test-mail")
@click.argument("address")
@click.option("--locale", type=click.Choice(LOCALES), default="en", show_default=True)
def send_test_mail(address: str, locale: str) -> None:
    """Put a mail to ADDRESS into the outbox, to see whether mails arrive."""
    with unit_of_work():
        enqueue(TEST_MAIL, recipient=address, key=f"test_mail:{new_id()}", payload={}, locale=locale)
    click.echo(f"A test mail to {address} is in the outbox; a running portal sends it at once.")

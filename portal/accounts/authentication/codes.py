"""Six-digit codes on their way out and back: how often they are sent, by what channel, and how often guessed.

The limits know an address and a purpose, not an account: known and unknown addresses meet the same answers, and
whoever asks for codes or guesses at them without the password spends nothing that the owner's second step needs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import select

from portal.accounts.authentication import one_time_secrets
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Guess, Issued, Purpose
from portal.accounts.messages import CODE, CODE_KINDS, RESET_PASSWORD, VERIFY_ADDRESS, message_key, tell_code
from portal.accounts.models import Account, ContactKind, ContactPoint, OneTimeSecret
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.security import signing, throttle
from portal.core.security.throttle import Limit
from portal.extensions import db
from portal.outbox.domain_events import DeliveryFailed
from portal.outbox.models import MessageChannel
from portal.outbox.services import withdraw

COOL_DOWN = Limit("codes.cool_down", 1, timedelta(seconds=60))
SENT_A_DAY = Limit("codes.sent", 30, timedelta(days=1))
ASKED_PER_NETWORK = Limit("codes.network", 300, timedelta(hours=1))
GUESSES_A_DAY = Limit("codes.guesses", 20, timedelta(days=1))


def check_may_ask(actor: Actor, address: str, purpose: Purpose) -> None:
    """Count a request for a code; raises ``TooMany`` within 60 seconds of the one before, or for far too many.

    The minute is that of one network, so that a stranger who asks every minute does not keep the owner from asking.
    """
    check_network(actor)
    seconds = throttle.consume(COOL_DOWN, cool_down_of(actor, address, purpose))
    if seconds:
        raise cooling_down(seconds, purpose)
    refuse_when_over(SENT_A_DAY, subject_of(address, purpose))


def is_too_early(actor: Actor, address: str, purpose: Purpose) -> bool:
    """The same for what refuses nobody: count a request and say whether nothing should be sent for it."""
    check_network(actor)
    if throttle.consume(COOL_DOWN, cool_down_of(actor, address, purpose)):
        return True
    return throttle.consume(SENT_A_DAY, subject_of(address, purpose)) > 0


def check_network(actor: Actor) -> None:
    """Count a request of one network until it turns out to be its owner's; raises ``TooMany`` for far too many."""
    refuse_when_over(ASKED_PER_NETWORK, actor.network or "unknown")


def refuse_when_over(limit: Limit, subject: str) -> None:
    seconds = throttle.consume(limit, subject)
    if seconds:
        raise TooMany(
            "too_many_codes", _("You have asked for too many codes. Wait a little and try again."), retry_after=seconds
        )


def asked_by_the_owner(secret: OneTimeSecret) -> None:
    """The code or link was used: its network need not account for the request."""
    throttle.refund(ASKED_PER_NETWORK, str(secret.data["network"]))


def is_cooling_down(secret: OneTimeSecret) -> bool:
    return throttle.seconds_left(COOL_DOWN, str(secret.data["cool_down"])) > 0


def check_cool_down_is_over(secret: OneTimeSecret) -> None:
    """Raise ``TooMany`` within 60 seconds of the code before."""
    seconds = throttle.seconds_left(COOL_DOWN, str(secret.data["cool_down"]))
    if seconds:
        raise cooling_down(seconds, Purpose(secret.purpose))


def cooling_down(seconds: int, purpose: Purpose) -> TooMany:
    sentence = lazy_ngettext(
        "Wait %(num)s second, then ask for a new code.", "Wait %(num)s seconds, then ask for a new code.", seconds
    )
    if purpose is Purpose.VERIFY_ADDRESS:
        sentence = lazy_ngettext(
            "Wait %(num)s second, then ask for a new link.", "Wait %(num)s seconds, then ask for a new link.", seconds
        )
    return TooMany("cool_down", sentence, retry_after=seconds, field="email")


def subject_of(address: str, purpose: Purpose) -> str:
    """An address as limits know it; it cannot be read back."""
    return f"{purpose}:{signing.hexdigest('codes', address)[:32]}"


def cool_down_of(actor: Actor, address: str, purpose: Purpose) -> str:
    return f"{subject_of(address, purpose)}:{actor.network}"


def subject_data(actor: Actor, address: str, purpose: Purpose, **data: object) -> dict[str, object]:
    """What a secret must remember so that its guesses, its cool-down and its request can be counted."""
    return {
        "subject": subject_of(address, purpose),
        "cool_down": cool_down_of(actor, address, purpose),
        "network": actor.network or "unknown",
        **data,
    }


def send(account: Account, channel: MessageChannel, issued: Issued, chat: str | None = None) -> None:
    """Put a code on its way, by mail or to the account's chat."""
    recipient = chat if channel is MessageChannel.TELEGRAM and chat else account.email
    tell_code(account, CODE, issued, recipient=recipient, channel=channel, good_until=now() + CODE_LIFE)


@contextmanager
def sent_if(really: bool) -> Iterator[None]:
    """Do the work of sending and undo it unless it is meant, so that every address takes the same time."""
    with db.session.begin_nested() as savepoint:
        yield
        if not really:
            savepoint.rollback()


def nobody() -> Account:
    """Whom to send to meanwhile."""
    return Account(email="nobody@localhost", first_name="")


def withdraw_unsent(ended: list[uuid.UUID]) -> None:
    """These secrets work no more: what still waits for a server need not be sent."""
    kinds = (*CODE_KINDS, VERIFY_ADDRESS, RESET_PASSWORD)
    withdraw([message_key(kind, secret_id) for kind in kinds for secret_id in ended])


def chat_of(account: Account) -> str | None:
    """The Telegram chat that is proven to be this person's."""
    chat = ContactPoint.kind == ContactKind.TELEGRAM
    return db.session.scalar(select(ContactPoint.value).where(ContactPoint.account_id == account.id, chat))


def guess(secret: OneTimeSecret, code: str) -> Guess:
    """Compare a typed code within the day's limit; raises ``TooMany`` beyond it."""
    subject = str(secret.data["subject"])
    count_towards_day(subject)
    made = one_time_secrets.guess(secret, code)
    if made.is_right:
        asked_by_the_owner(secret)
    if made.is_right or made.is_over:
        excuse(subject)
    return made


def count_towards_day(subject: str) -> None:
    """Count a guess before it is made; raises ``TooMany`` when the day had enough of them."""
    seconds = throttle.consume(GUESSES_A_DAY, subject)
    if seconds:
        raise TooMany("too_many_tries", _("Too many incorrect attempts. Try again later."), retry_after=seconds)


def excuse(subject: str) -> None:
    """The guess was right, or there was nothing to guess at: it does not count."""
    throttle.refund(GUESSES_A_DAY, subject)


def take_cool_down_back(fact: DeliveryFailed) -> None:
    """A code that did not leave must not keep anybody from asking for another.

    While a server is away that holds for everybody who asked within the last minute, known or not: else the one whose
    minute is over early would show that there is an account. Where only one recipient is refused, it holds for that.
    """
    if fact.kind not in {kind.name for kind in CODE_KINDS}:
        return
    secret = OneTimeSecret
    asked = select(secret.data["cool_down"].astext).where(secret.ended_at.is_(None), secret.expires_at > now())
    if fact.final:
        asked = asked.where(secret.id == uuid.UUID(fact.key.rpartition(":")[2]))
    else:
        recent = secret.created_at > now() - COOL_DOWN.per
        asked = asked.where(recent, secret.data["channel"].astext == fact.channel)
    for cool_down in set(db.session.scalars(asked)):
        throttle.refund(COOL_DOWN, str(cool_down))

"""Six-digit codes: how often they may be requested and tried, and how they are sent.

The limits count per email and purpose, not per account: known and unknown emails get the same answers, and whoever
requests or tries codes without the password uses up nothing that the owner's second factor needs.
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
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, CodeCheck, Issued, Purpose
from portal.accounts.messages import CODE, CODE_KINDS, RESET_PASSWORD, VERIFY_EMAIL, enqueue_code, message_key
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
REQUESTS_PER_DAY = Limit("codes.sent", 30, timedelta(days=1))
REQUESTS_PER_NETWORK = Limit("codes.network", 300, timedelta(hours=1))
CHECKS_PER_DAY = Limit("codes.guesses", 20, timedelta(days=1))


def count_request(actor: Actor, email: str, purpose: Purpose) -> None:
    """Count a request for a code; raise ``TooMany`` within 60 seconds of the previous one or beyond other limits.

    The 60 seconds count per network, so that a stranger who asks every minute does not block the owner.
    """
    count_network_request(actor)
    seconds = throttle.consume(COOL_DOWN, cool_down_subject(actor, email, purpose))
    if seconds:
        raise cool_down_error(seconds, purpose)
    spend_or_raise(REQUESTS_PER_DAY, throttle_subject(email, purpose))


def is_request_throttled(actor: Actor, email: str, purpose: Purpose) -> bool:
    """Count a request and return whether nothing should be sent for it, for requests that are never refused.

    Raises ``TooMany`` only for far too many requests from one network.
    """
    count_network_request(actor)
    if throttle.consume(COOL_DOWN, cool_down_subject(actor, email, purpose)):
        return True
    return throttle.consume(REQUESTS_PER_DAY, throttle_subject(email, purpose)) > 0


def count_network_request(actor: Actor) -> None:
    """Count a request against its network, until its code is used; raise ``TooMany`` for far too many."""
    spend_or_raise(REQUESTS_PER_NETWORK, actor.network or "unknown")


def spend_or_raise(limit: Limit, subject: str) -> None:
    """Count a request for codes against a limit; raise ``TooMany`` beyond it."""
    seconds = throttle.consume(limit, subject)
    if seconds:
        raise TooMany(
            "too_many_codes", _("You have asked for too many codes. Wait a little and try again."), retry_after=seconds
        )


def refund_network_request(secret: OneTimeSecret) -> None:
    """Stop counting a request against its network, because its code or link was used."""
    throttle.refund(REQUESTS_PER_NETWORK, str(secret.data["network"]))


def is_cooling_down(secret: OneTimeSecret) -> bool:
    """Return whether the code was requested less than 60 seconds ago."""
    return throttle.seconds_left(COOL_DOWN, str(secret.data["cool_down"])) > 0


def check_cool_down(secret: OneTimeSecret) -> None:
    """Raise ``TooMany`` when the code was requested less than 60 seconds ago."""
    seconds = throttle.seconds_left(COOL_DOWN, str(secret.data["cool_down"]))
    if seconds:
        raise cool_down_error(seconds, Purpose(secret.purpose))


def cool_down_error(seconds: int, purpose: Purpose) -> TooMany:
    """Return the error that says how many seconds to wait before the next request."""
    sentence = lazy_ngettext(
        "Wait %(num)s second, then ask for a new code.", "Wait %(num)s seconds, then ask for a new code.", seconds
    )
    if purpose is Purpose.VERIFY_EMAIL:
        sentence = lazy_ngettext(
            "Wait %(num)s second, then ask for a new link.", "Wait %(num)s seconds, then ask for a new link.", seconds
        )
    return TooMany("cool_down", sentence, retry_after=seconds, field="email")


def throttle_subject(email: str, purpose: Purpose) -> str:
    """Return the key under which limits count an email, as a keyed hash that cannot be read back."""
    return f"{purpose}:{signing.hexdigest('codes', email)[:32]}"


def cool_down_subject(actor: Actor, email: str, purpose: Purpose) -> str:
    """Return the key under which the 60 seconds between two requests are counted."""
    return f"{throttle_subject(email, purpose)}:{actor.network}"


def throttle_data(actor: Actor, email: str, purpose: Purpose, /, **data: object) -> dict[str, object]:
    """Return the data that a secret needs so that its checks, cool-down and request can be counted, and ``data``."""
    return {
        "subject": throttle_subject(email, purpose),
        "cool_down": cool_down_subject(actor, email, purpose),
        "network": actor.network or "unknown",
        **data,
    }


def send(account: Account, channel: MessageChannel, issued: Issued, chat: str | None = None) -> None:
    """Enqueue a code by email or to the account's Telegram chat."""
    recipient = chat if channel is MessageChannel.TELEGRAM and chat else account.email
    enqueue_code(account, CODE, issued, recipient=recipient, channel=channel, good_until=now() + CODE_LIFE)


@contextmanager
def rolled_back_unless(is_meant: bool) -> Iterator[None]:
    """Undo the block's statements unless they are meant, so that every email costs the same time."""
    with db.session.begin_nested() as savepoint:
        yield
        if not is_meant:
            savepoint.rollback()


def decoy_account() -> Account:
    """Return a recipient for messages that are rolled back."""
    return Account(email="nobody@localhost", first_name="")


def withdraw_unsent(secret_ids: list[uuid.UUID]) -> None:
    """Withdraw the messages of ended secrets that have not been sent yet."""
    kinds = (*CODE_KINDS, VERIFY_EMAIL, RESET_PASSWORD)
    withdraw([message_key(kind, secret_id) for kind in kinds for secret_id in secret_ids])


def telegram_chat(account: Account) -> str | None:
    """Return the id of the Telegram chat that is verified as this person's, or ``None``."""
    is_chat = ContactPoint.kind == ContactKind.TELEGRAM
    return db.session.scalar(select(ContactPoint.value).where(ContactPoint.account_id == account.id, is_chat))


def check_code(secret: OneTimeSecret, code: str) -> CodeCheck:
    """Check a typed code within the daily limit and use the secret up if it is correct; raise ``TooMany`` beyond."""
    subject = str(secret.data["subject"])
    count_daily_check(subject)
    check = one_time_secrets.check_code(secret, code)
    if check.is_correct:
        refund_network_request(secret)
    if check.is_correct or check.is_expired:
        refund_daily_check(subject)
    return check


def count_daily_check(subject: str) -> None:
    """Count a check as wrong before it is made; raise ``TooMany`` beyond the daily limit."""
    seconds = throttle.consume(CHECKS_PER_DAY, subject)
    if seconds:
        raise TooMany("too_many_tries", _("Too many incorrect attempts. Try again later."), retry_after=seconds)


def refund_daily_check(subject: str) -> None:
    """Stop counting a check, because the code was correct or there was nothing to guess."""
    throttle.refund(CHECKS_PER_DAY, subject)


def restore_cool_down(failure: DeliveryFailed) -> None:
    """Let people ask again at once for a code that could not be sent.

    While a mail server or Telegram is unavailable this holds for everybody who asked within the last minute, known
    email or not: else whoever may ask again early would learn that the account exists. Where one recipient was
    refused for good, it holds for that recipient only.
    """
    if failure.kind not in {kind.name for kind in CODE_KINDS}:
        return
    secret = OneTimeSecret
    affected = select(secret.data["cool_down"].astext).where(secret.ended_at.is_(None), secret.expires_at > now())
    if failure.final:
        affected = affected.where(secret.id == uuid.UUID(failure.key.rpartition(":")[2]))
    else:
        is_recent = secret.created_at > now() - COOL_DOWN.per
        affected = affected.where(is_recent, secret.data["channel"].astext == failure.channel)
    for subject in set(db.session.scalars(affected)):
        throttle.refund(COOL_DOWN, str(subject))

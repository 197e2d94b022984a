"""Codes and links that are sent: how often they may be requested, how they are sent and checked.

The limits count per email and purpose, not per account: known and unknown emails get the same answers, and whoever
requests or tries codes without the password uses up nothing that the owner's second factor needs. Requests from a
network in which the owner has signed in before count apart from those of strangers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import select

from portal.accounts.authentication import guesses, one_time_secrets
from portal.accounts.authentication.guesses import Asker
from portal.accounts.authentication.one_time_secrets import (
    CODE_LIFE,
    LONG_CODE_DIGITS,
    SHORT_CODE_DIGITS,
    CodeCheck,
    Issued,
    Purpose,
)
from portal.accounts.messages import CODE, CODE_KINDS, RESET_PASSWORD, VERIFY_EMAIL, WAITING, enqueue_code, message_key
from portal.accounts.models import Account, ContactKind, ContactPoint, OneTimeSecret
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.security import throttle
from portal.core.security.throttle import Limit
from portal.extensions import db
from portal.outbox.domain_events import DeliveryFailed
from portal.outbox.models import MessageChannel
from portal.outbox.services import withdraw

COOL_DOWN = Limit("codes.cool_down", 1, timedelta(seconds=60))
REQUESTS_OF_STRANGERS = Limit("codes.sent", 30, 30 * CODE_LIFE)
"""Then one every ten minutes, so that the code that was sent last is always valid still."""
REQUESTS_FROM_KNOWN_NETWORK = Limit("codes.sent_known", 30, timedelta(days=1))
REQUESTS_PER_NETWORK = Limit("codes.network", 300, timedelta(hours=1))


def count_request(actor: Actor, email: str, purpose: Purpose) -> None:
    """Count a request for a code or link to an email; raise ``TooMany`` if it comes too soon or beyond a limit.

    Too soon is within 60 seconds of the previous one for this purpose from the same network, so that a stranger who
    asks every minute does not block the owner. The limits are 30 a day per email and purpose from a network in which
    the owner has signed in, 30 and then one every ten minutes from all others together, and 300 an hour per network.
    """
    check_cool_down_of(actor, email, purpose)
    spend_or_raise(*request_limit(actor, email, purpose))


def check_cool_down_of(actor: Actor, email: str, purpose: Purpose) -> None:
    """Count a request against its network and the 60 seconds after the previous one; raise ``TooMany`` beyond them."""
    count_network_request(actor)
    seconds = throttle.consume(COOL_DOWN, cool_down_subject(actor, email, purpose))
    if seconds:
        raise cool_down_error(seconds, purpose)


def is_request_throttled(actor: Actor, email: str, purpose: Purpose) -> bool:
    """Count a request for a code or link to an email, and return whether nothing new should be sent for it.

    It is for requests that are never refused; what was sent before then still works. Return ``True`` within 60 seconds
    of the previous request from the same network or beyond the limits of ``count_request``. Raise ``TooMany`` only
    beyond the limit of 300 an hour per network.
    """
    count_network_request(actor)
    if throttle.consume(COOL_DOWN, cool_down_subject(actor, email, purpose)):
        return True
    return is_beyond_limit(actor, email, purpose)


def is_beyond_limit(actor: Actor, email: str, purpose: Purpose) -> bool:
    """Count a request against the limit of its email and purpose, and return whether it is beyond it."""
    return throttle.consume(*request_limit(actor, email, purpose)) > 0


def request_limit(actor: Actor, email: str, purpose: Purpose) -> throttle.Charge:
    """Return the limit on requests to an email in normal form for one purpose, and the subject that it counts under."""
    return request_limit_of(guesses.asker_of(actor, email, purpose))


def request_limit_of(asker: Asker) -> throttle.Charge:
    """Return the limit on requests by ``asker``, and the subject that it counts under."""
    return (REQUESTS_FROM_KNOWN_NETWORK, asker.key) if asker.is_known else (REQUESTS_OF_STRANGERS, asker.subject)


def count_network_request(actor: Actor) -> None:
    """Count a request for a code against its network; raise ``TooMany`` beyond 300 an hour.

    ``refund_request`` stops counting it.
    """
    spend_or_raise(REQUESTS_PER_NETWORK, actor.network or "unknown")


def spend_or_raise(limit: Limit, subject: str) -> None:
    """Count a request for codes by ``subject`` against a limit; raise ``TooMany``, with the time to wait, beyond it."""
    seconds = throttle.consume(limit, subject)
    if seconds:
        raise TooMany(
            "too_many_codes", _("You have asked for too many codes. Wait a little and try again."), retry_after=seconds
        )


def refund_request(secret: OneTimeSecret) -> None:
    """Stop counting a request, because the code or link of ``secret`` was used; another may follow at once."""
    throttle.refund(REQUESTS_PER_NETWORK, str(secret.data["network"]))
    throttle.refund(COOL_DOWN, str(secret.data["cool_down"]))
    throttle.refund(*request_limit_of(guesses.asker_of_secret(secret)))


def is_cooling_down(secret: OneTimeSecret) -> bool:
    """Return whether a new code must still wait for the 60 seconds after the request of ``secret``.

    They count for the email, purpose and network of that request; ``restore_cool_down`` may end them early.
    """
    return throttle.seconds_left(COOL_DOWN, str(secret.data["cool_down"])) > 0


def check_cool_down(secret: OneTimeSecret) -> None:
    """Raise ``TooMany`` if less than 60 seconds have passed since the code of ``secret`` was requested."""
    seconds = throttle.seconds_left(COOL_DOWN, str(secret.data["cool_down"]))
    if seconds:
        raise cool_down_error(seconds, Purpose(secret.purpose))


def cool_down_error(seconds: int, purpose: Purpose) -> TooMany:
    """Return the error ``TooMany`` that says how many seconds to wait before requesting another code or link."""
    sentence = lazy_ngettext(
        "Wait %(num)s second, then ask for a new code.", "Wait %(num)s seconds, then ask for a new code.", seconds
    )
    if purpose is Purpose.VERIFY_EMAIL:
        sentence = lazy_ngettext(
            "Wait %(num)s second, then ask for a new link.", "Wait %(num)s seconds, then ask for a new link.", seconds
        )
    return TooMany("cool_down", sentence, retry_after=seconds, field="email")


def cool_down_subject(actor: Actor, email: str, purpose: Purpose) -> str:
    """Return the key of the 60 seconds between two requests for an email and purpose from the actor's network."""
    return f"{guesses.subject_of(email, purpose)}:{actor.network}"


def code_digits(actor: Actor) -> int:
    """Return how many digits a code has that alone opens an account.

    Eight on pages. Legacy clients of the API accept six only.
    """
    return SHORT_CODE_DIGITS if actor.channel is Channel.API else LONG_CODE_DIGITS


def throttle_data(
    actor: Actor, email: str, purpose: Purpose, /, *, digits: int = SHORT_CODE_DIGITS, **data: object
) -> dict[str, object]:
    """Return what to store in the ``data`` of a one-time secret: ``data`` and what the limits count.

    That is whoever asked (``guesses.asker_of_secret``) and ``cool_down``, the key of the 60 seconds.
    """
    asker = guesses.asker_of(actor, email, purpose)
    return {
        "subject": asker.subject,
        "network": asker.network,
        "is_known": asker.is_known,
        "digits": digits,
        "cool_down": cool_down_subject(actor, email, purpose),
        **data,
    }


def send(account: Account, channel: MessageChannel, issued: Issued, chat: str | None = None) -> None:
    """Enqueue the code of a one-time secret by email to the account, or by Telegram to the chat with the id ``chat``.

    The message is withdrawn if it is not sent while the code is valid.
    """
    recipient = chat if channel is MessageChannel.TELEGRAM and chat else account.email
    enqueue_code(account, CODE, issued, recipient=recipient, channel=channel, good_until=now() + CODE_LIFE)


@contextmanager
def rolled_back_unless(is_meant: bool) -> Iterator[None]:
    """Run the block in a savepoint, and roll it back at the end unless ``is_meant`` is true.

    So requests for known and unknown emails execute the same statements and take the same time.
    """
    with db.session.begin_nested() as savepoint:
        yield
        if not is_meant:
            savepoint.rollback()


def decoy_account() -> Account:
    """Return an account that is not stored, as the recipient of messages that are rolled back."""
    return Account(email="nobody@localhost", first_name="")


def withdraw_unsent(secret_ids: list[uuid.UUID]) -> None:
    """Withdraw the messages with codes or links of these one-time secrets that have not been sent yet."""
    kinds = (*CODE_KINDS, VERIFY_EMAIL, WAITING, RESET_PASSWORD)
    withdraw([message_key(kind, secret_id) for kind in kinds for secret_id in secret_ids])


def telegram_chat(account_id: uuid.UUID) -> str | None:
    """Return the id of the verified Telegram chat of the account with this id, or ``None`` if it has none."""
    is_chat = ContactPoint.kind == ContactKind.TELEGRAM
    return db.session.scalar(select(ContactPoint.value).where(ContactPoint.account_id == account_id, is_chat))


def check_code(actor: Actor, secret: OneTimeSecret, code: str) -> CodeCheck:
    """Count an attempt, compare ``code`` with a secret's, use the secret up if it is correct, and return the result.

    Raise ``TooMany`` beyond a limit on wrong codes; they count for whoever asked for the code.
    """
    asker = guesses.asker_of_secret(secret)
    guesses.count(actor, asker)
    check = one_time_secrets.check_code(secret, code)
    if check.is_correct:
        refund_request(secret)
    guesses.settle(actor, asker, is_wrong=check.is_wrong)
    return check


def restore_cool_down(failure: DeliveryFailed) -> None:
    """Lift the 60-second wait for another code after a message with a code could not be sent.

    While a mail server or Telegram is unavailable it is lifted for everybody who asked within the last minute, known
    email or not: otherwise whoever may ask again early would learn that the account exists. If one recipient was
    refused for good, it is lifted for that recipient only. Messages of other kinds than ``CODE_KINDS`` are ignored.
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

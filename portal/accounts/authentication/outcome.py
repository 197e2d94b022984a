"""The steps of a sign-in after its first factor, whichever it was, and the possible outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from flask_jwt_extended import create_access_token

from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets, tokens
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Purpose
from portal.accounts.authentication.tokens import Tokens
from portal.accounts.models import Account, SecondFactor, SignIn, SignInMethod
from portal.audit.services import record
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.environment import settings
from portal.extensions import db
from portal.outbox.models import MessageChannel

DEVICE_MAX = 200
MINUTES_A_DAY = 24 * 60

FACTOR_CHANNELS = {SecondFactor.MAIL: MessageChannel.MAIL, SecondFactor.TELEGRAM: MessageChannel.TELEGRAM}
"""The message channel of each second factor whose code is sent."""


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """The client that signs in: its User-Agent, and whether it will refresh its tokens."""

    device: str | None = None
    refreshing: bool = False


class Refusal(Enum):
    """Why a sign-in was refused, as an error code; all but ``WRONG`` are shown after a correct first factor only."""

    WRONG = "wrong_credentials"
    NOT_VERIFIED = "not_verified"
    BANNED = "banned"
    PASSWORD_FIRST = "password_first"  # noqa: S105 - a reason


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just opened; ``tokens`` is ``None`` for a browser, whose cookie holds the session's id."""

    account: Account
    sign_in: SignIn
    tokens: Tokens | None


@dataclass(frozen=True, slots=True)
class SecondFactorRequired:
    """The requirement of a second factor after a correct first one.

    ``token`` stands for the first factor and is sent together with the code of the second.
    """

    token: str
    factor: SecondFactor


Outcome = SignedIn | SecondFactorRequired | Refusal


def complete_first_factor(actor: Actor, account: Account, method: SignInMethod, client: ClientInfo) -> Outcome:
    """Open a session for somebody who gave a correct first factor, or require the account's second factor.

    Return a ``Refusal`` for an account that is banned or not verified, or if a sign-in code came over the message
    channel of the second factor. Audit entries are added. The account must be locked. Raise ``TooMany`` if codes for
    the second factor were requested too often.
    """
    refusal = status_refusal(account, actor.channel) or same_factor_refusal(account, method)
    if refusal is not None:
        record(actor, AccountAction.SIGN_IN_REFUSED, target=("account", account.id), reason=refusal.value)
        return refusal
    if account.has_second_factor:
        return require_second_factor(actor, account, method, client)
    return open_session(actor, account, method, client)


def status_refusal(account: Account, channel: Channel) -> Refusal | None:
    """Return ``NOT_VERIFIED`` or ``BANNED`` for an account that cannot sign in with any factor, else ``None``.

    Whoever waits for the office with a confirmed email may sign in on pages, and nowhere else.
    """
    if not account.is_verified and not (account.is_waiting and channel is Channel.PAGE):
        return Refusal.NOT_VERIFIED
    return Refusal.BANNED if account.is_banned(now()) else None


def same_factor_refusal(account: Account, method: SignInMethod) -> Refusal | None:
    """Return ``PASSWORD_FIRST`` for a sign-in code over the message channel of the second factor, else ``None``."""
    same = {SecondFactor.MAIL: SignInMethod.MAIL_CODE, SecondFactor.TELEGRAM: SignInMethod.TELEGRAM_CODE}
    is_same = same.get(SecondFactor(account.second_factor)) is method
    return Refusal.PASSWORD_FIRST if is_same else None


def open_session(actor: Actor, account: Account, method: SignInMethod, client: ClientInfo) -> SignedIn:
    """Open a session for an account that gave all its factors, add an audit entry, and return the session.

    Over the API it comes with tokens: access, session and refresh token for a client that refreshes, else an access
    token that is valid as long as the session.
    """
    sign_in = create_session(actor, account, method, client)
    record(actor, AccountAction.SIGN_IN, target=("account", account.id), method=method.value)
    if actor.channel is not Channel.API:
        return SignedIn(account, sign_in, None)
    if client.refreshing:
        return SignedIn(account, sign_in, tokens.first_set(sign_in))
    lasting = str(create_access_token(identity=str(sign_in.id), expires_delta=False))  # ends with its session
    return SignedIn(account, sign_in, Tokens(sign_in.id, lasting))


def create_session(actor: Actor, account: Account, method: SignInMethod, client: ClientInfo) -> SignIn:
    """Insert a session of the account on the actor's channel, and return it.

    The channel, and over the API whether the client refreshes, decide after how many days without use it ends.
    """
    days = days_without_use(actor.channel, refreshing=client.refreshing)
    sign_in = SignIn(
        account_id=account.id,
        channel=actor.channel.value,
        method=method,
        device=(client.device or "")[:DEVICE_MAX] or None,
        network=actor.network,
        expires_at=now() + timedelta(days=days),
        idle_minutes=days * MINUTES_A_DAY,
    )
    db.session.add(sign_in)
    db.session.flush()
    return sign_in


def days_without_use(channel: Channel, *, refreshing: bool) -> int:
    """Return after how many days without use a session on ``channel`` ends; ``refreshing`` matters only for the API."""
    if channel is Channel.PAGE:
        return settings().session_days
    return settings().refresh_token_days if refreshing else settings().legacy_session_days


def require_second_factor(
    actor: Actor, account: Account, method: SignInMethod, client: ClientInfo
) -> SecondFactorRequired:
    """Issue and return a token that stands for the first factor; send a code if the second factor is a sent one.

    Older tokens and codes of that kind end, but a code that was sent within the last 60 seconds stays valid and is not
    sent again. An audit entry is added. Raise ``TooMany`` if codes were requested too often.
    """
    factor = SecondFactor(account.second_factor)
    details: dict[str, Any] = {
        "method": method.value,
        "refreshing": client.refreshing,
        "channel": str(FACTOR_CHANNELS.get(factor, "")),
    }
    data = codes.throttle_data(actor, account.email, Purpose.SECOND_FACTOR, **details)
    sent = one_time_secrets.find_live(account.id, Purpose.SECOND_FACTOR) if factor in FACTOR_CHANNELS else None
    record(actor, AccountAction.FIRST_STEP, target=("account", account.id), method=method.value)
    if sent is not None and codes.is_cooling_down(sent):
        sent.data = data
        return SecondFactorRequired(one_time_secrets.replace_token(sent), factor)
    if factor in FACTOR_CHANNELS:
        codes.count_request(actor, account.email, Purpose.SECOND_FACTOR)
        codes.withdraw_unsent(one_time_secrets.end_all(account.id, Purpose.SECOND_FACTOR))
    issued = one_time_secrets.issue(account.id, Purpose.SECOND_FACTOR, CODE_LIFE, data)
    if factor in FACTOR_CHANNELS:
        codes.send(account, FACTOR_CHANNELS[factor], issued, codes.telegram_chat(account.id))
    return SecondFactorRequired(issued.token, factor)

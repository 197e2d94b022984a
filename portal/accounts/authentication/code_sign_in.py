"""Signing in by a code that is mailed or sent to one's Telegram chat."""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.authentication import codes, one_time_secrets, password_sign_in
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Guess, Purpose
from portal.accounts.authentication.password_sign_in import Outcome
from portal.accounts.authentication.sessions import Visit
from portal.accounts.emails import normalise
from portal.accounts.models import Method
from portal.audit.services import record
from portal.core.actor import Actor
from portal.outbox.models import MessageChannel

METHODS = {MessageChannel.MAIL: Method.MAIL_CODE, MessageChannel.TELEGRAM: Method.TELEGRAM_CODE}


def request_code(actor: Actor, email: str, channel: MessageChannel) -> str:
    """Send a code and return the token that goes with it.

    The same for every address: where nobody is in good standing, or the person has no such channel, the token never
    works and nothing is sent. Older codes keep working, so that a stranger's request takes nothing from the owner.
    Raises ``TooMany`` within 60 seconds of the request before.
    """
    address = normalise(email)
    codes.check_may_ask(actor, address, Purpose.SIGN_IN)
    account = queries.find_by_email(address)
    chat = codes.chat_of(account) if account and channel is MessageChannel.TELEGRAM else None
    has_way = channel is MessageChannel.MAIL or chat is not None
    receiver = account if account and has_way and password_sign_in.standing_refusal(account) is None else None
    data = codes.subject_data(actor, address, Purpose.SIGN_IN, channel=channel.value)
    issued = one_time_secrets.issue(receiver.id if receiver else None, Purpose.SIGN_IN, CODE_LIFE, data)
    with codes.sent_if(receiver is not None):
        codes.send(receiver or codes.nobody(), channel, issued, chat)
    record(actor, "accounts.request_code", target=("account", account.id) if account else None, channel=channel.value)
    return issued.token


def sign_in(actor: Actor, token: str, code: str, channel: MessageChannel, visit: Visit) -> Outcome | Guess:
    """Finish signing in by code; a ``Guess`` says how a wrong one was wrong.

    The standing is looked at again: much can happen in ten minutes. Raises ``TooMany``.
    """
    secret = one_time_secrets.find(token, Purpose.SIGN_IN)
    if secret is None or secret.data["channel"] != channel.value:
        return one_time_secrets.OVER
    account = queries.lock(secret.account_id) if secret.account_id else None
    made = codes.guess(secret, code)
    if account is None or not made.is_right:
        record(actor, "accounts.code_refused", target=("account", secret.account_id), over=made.is_over)
        return made
    return password_sign_in.let_in(actor, account, METHODS[channel], visit)

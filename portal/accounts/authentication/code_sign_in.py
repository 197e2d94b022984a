"""Signing in by a code that is sent by email or to a Telegram chat."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts import queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication import codes, one_time_secrets
from portal.accounts.authentication.one_time_secrets import CODE_LIFE, CodeCheck, Purpose
from portal.accounts.authentication.outcome import ClientInfo, Outcome, complete_first_factor, status_refusal
from portal.accounts.emails import validate
from portal.accounts.models import SignInMethod
from portal.audit.services import record
from portal.core.actor import Actor
from portal.outbox.models import MessageChannel

METHODS = {MessageChannel.MAIL: SignInMethod.MAIL_CODE, MessageChannel.TELEGRAM: SignInMethod.TELEGRAM_CODE}


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """The token to send with a code; ``is_repeated`` says that it is for a code that was sent before."""

    token: str
    is_repeated: bool


def request_code(actor: Actor, email: str, channel: MessageChannel) -> CodeRequest:
    """Send a sign-in code to the account with this email, by email or Telegram, and return the token to send with it.

    Every email gets a token: where no account can sign in, or the person has no Telegram chat, nothing is sent and no
    code works with it. Older codes keep working, so that a stranger's request takes nothing from the owner. Within 60
    seconds of the previous request, and while too many were made for this email, nothing is sent, and the token is for
    the code that was sent last. An audit entry is added. Raise ``Invalid`` for text that is no email, and ``TooMany``
    beyond the limit of the network.
    """
    email = validate(email)
    is_throttled = codes.is_request_throttled(actor, email, Purpose.SIGN_IN)
    account = queries.find_by_email(email)
    account_id = account.id if account else one_time_secrets.NO_ACCOUNT
    chat = codes.telegram_chat(account_id) if channel is MessageChannel.TELEGRAM else None
    is_reachable = channel is MessageChannel.MAIL or chat is not None
    recipient = account if account and is_reachable and status_refusal(account, actor.channel) is None else None
    data = codes.throttle_data(actor, email, Purpose.SIGN_IN, digits=codes.code_digits(actor), channel=channel.value)
    target = ("account", account.id) if account else None
    record(actor, AccountAction.REQUEST_CODE, target=target, channel=channel.value, sent=not is_throttled)
    if is_throttled:
        sent = one_time_secrets.find_sent(account_id, Purpose.SIGN_IN, channel.value)
        token = one_time_secrets.issue_token_for(sent if recipient else None, Purpose.SIGN_IN, CODE_LIFE, data)
        return CodeRequest(token, is_repeated=True)
    issued = one_time_secrets.issue(recipient.id if recipient else None, Purpose.SIGN_IN, CODE_LIFE, data)
    with codes.rolled_back_unless(recipient is not None):
        codes.send(recipient or codes.decoy_account(), channel, issued, chat)
    return CodeRequest(issued.token, is_repeated=False)


def sign_in(actor: Actor, token: str, code: str, channel: MessageChannel, client: ClientInfo) -> Outcome | CodeCheck:
    """Sign somebody in by a code that was sent over ``channel``, with the token from its request.

    Return the open session, the requirement of a second factor, the ``CodeCheck`` of a wrong or expired code, or a
    ``Refusal``: the account's status is checked again, because it may have changed. Audit entries are added. Raise
    ``TooMany`` beyond a limit of wrong codes, or after too many requests for the code of a second factor.
    """
    secret = one_time_secrets.find(token, Purpose.SIGN_IN)
    if secret is None or secret.data["channel"] != channel.value:
        return one_time_secrets.EXPIRED
    account = queries.lock(secret.account_id) if secret.account_id else None
    check = codes.check_code(actor, secret, code)
    if account is None or not check.is_correct:
        record(actor, AccountAction.CODE_REFUSED, target=("account", secret.account_id), over=check.is_expired)
        return check
    one_time_secrets.end_same_code(secret)
    return complete_first_factor(actor, account, METHODS[channel], client)

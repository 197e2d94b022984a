"""JSON endpoints of one's own account: settings, password, email, second factor, sessions, warnings."""

from __future__ import annotations

import uuid

from flask import Response, request
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import second_factor, sessions
from portal.accounts.authentication.outcome import ClientInfo
from portal.accounts.authentication.schemas import Token
from portal.accounts.authentication.serializers import code_problem, token_response
from portal.accounts.blueprints import account_api, accounts_api
from portal.accounts.schemas import AddressIn, ConfirmIn, LinkIn
from portal.accounts.self_service import email_change, password_change, preferences
from portal.accounts.self_service.password_change import LinkState, WrongPassword
from portal.accounts.self_service.schemas import (
    AccountOut,
    Ended,
    FactorIn,
    PasswordIn,
    RecoveryCodes,
    ResetIn,
    SessionOut,
    SettingsIn,
    SetupOut,
    WarningOut,
)
from portal.accounts.self_service.serializers import own_account, session_list
from portal.accounts.status import decisions
from portal.api.endpoint import endpoint
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, MEMBER, RECENT_AUTH, current_actor
from portal.web.http.even_duration import hide_duration
from portal.web.http.problems import problem


@account_api.post("/auth/logout-all")
@endpoint(MEMBER, answers={200: Ended})
def sign_out_everywhere() -> Ended:
    """End every session of the account including this one; the response says how many were ended."""
    ended = sessions.sign_out_everywhere(current_actor())
    return Ended(message=_("You are signed out everywhere."), ended=ended)


@account_api.get("/auth/sessions")
@endpoint(MEMBER, answers={200: list[SessionOut]})
def list_sessions() -> list[SessionOut]:
    """List the open sessions of the account, most recently used first."""
    actor = current_actor()
    return session_list(queries.open_sign_ins(actor.id), actor)


@account_api.delete("/auth/sessions/<uuid:session_id>")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def end_session(session_id: uuid.UUID) -> Message:
    """End one session of the account, which may be this one; repeating it changes nothing.

    404 for an id that is not of a session of the account.
    """
    actor = current_actor()
    sessions.end_one(actor, actor.id, session_id)
    return Message(message=_("That device is signed out."))


@account_api.get("/account")
@endpoint(MEMBER, answers={200: AccountOut})
def show_account() -> AccountOut:
    """Show the account of the caller with its settings and the state of its second factor."""
    return own_account(current_actor())


@account_api.put("/account/settings")
@endpoint(MEMBER, body=SettingsIn, answers={200: AccountOut})
def change_settings(body: SettingsIn) -> AccountOut:
    """Change language, theme and time zone, and show the changed account.

    An absent key leaves the setting as it is; null leaves the choice to the browser or system. 422 for a time zone that
    does not exist.
    """
    actor = current_actor()
    preferences.change_settings(actor, **body.model_dump(exclude_unset=True))
    return own_account(actor)


@account_api.post("/account/password")
@endpoint(MEMBER, body=PasswordIn, answers={200: Token, 429: Problem})
def change_password(body: PasswordIn) -> Token | Response:
    """Change the password, end every session of the account, and return the tokens of a new session.

    400 (`wrong_password`) for a wrong current password, 422 for a new password that is not allowed. An account without
    a password needs recent re-authentication instead of the current password, otherwise 403 (`prove_again`).
    """
    client = ClientInfo(request.user_agent.string, body.refresh)
    outcome = password_change.change(current_actor(), body.current_password, body.new_password, client)
    if outcome is WrongPassword.WRONG:
        sentence = _("This is not your current password. Try again.")
        return problem(400, "wrong_password", sentence, field="current_password")
    return token_response(outcome.tokens)


@account_api.post("/account/email")
@endpoint(RECENT_AUTH, body=AddressIn, answers={200: Message, 429: Problem})
def request_address(body: AddressIn) -> Message:
    """Email a code to a new email of the account, which replaces the old one once the code is confirmed.

    422 for the present email of the account and for text that is not an email address; 429 within 60 seconds of the
    previous request.
    """
    email_change.request_change(current_actor(), body.email)
    return Message(message=_("We have emailed a code to the new address."))


@account_api.post("/account/email/confirm")
@endpoint(MEMBER, body=ConfirmIn, answers={200: AccountOut, 429: Problem})
def confirm_address(body: ConfirmIn) -> AccountOut | Response:
    """Replace the email of the account by the new one to which the code was sent; show the changed account.

    The old email gets a link that undoes the change for seven days. 400 for a wrong or expired code and if
    another account has the email.
    """
    actor = current_actor()
    check = email_change.confirm_change(actor, body.code)
    return own_account(actor) if check.is_correct else code_problem(check, status=400)


@account_api.post("/account/second-factor")
@endpoint(RECENT_AUTH, body=FactorIn, answers={200: AccountOut})
def choose_factor(body: FactorIn) -> AccountOut:
    """Set the second factor to a code by email or Telegram, or to none, and show the changed account.

    A change ends every other session of the account. 422 for a code without a password, and for Telegram without a
    connected chat.
    """
    actor = current_actor()
    second_factor.choose(actor, body.factor)
    return own_account(actor)


@account_api.post("/account/second-factor/authenticator")
@endpoint(RECENT_AUTH, answers={200: SetupOut})
def begin_authenticator() -> SetupOut:
    """Issue a key for an authenticator app, which becomes the second factor once a code from it is confirmed.

    The key waits for its code for 30 minutes; an earlier unconfirmed key is dropped.
    """
    setup = second_factor.begin_authenticator(current_actor())
    return SetupOut(key=setup.key, uri=setup.uri)


@account_api.post("/account/second-factor/authenticator/confirm")
@endpoint(RECENT_AUTH, body=ConfirmIn, answers={200: RecoveryCodes, 429: Problem})
def confirm_authenticator(body: ConfirmIn) -> RecoveryCodes | Response:
    """Make the authenticator app the second factor by its first code, and return ten recovery codes.

    The recovery codes are shown only in this response. Every other session of the account ends. 400 for a wrong code
    and if no key was issued within the last 30 minutes.
    """
    recovery_codes = second_factor.confirm_authenticator(current_actor(), body.code)
    if recovery_codes is None:
        return problem(400, "wrong_code", _("This code did not work. Enter a new one from the app."), field="code")
    return RecoveryCodes(recovery_codes=recovery_codes)


@account_api.post("/account/second-factor/recovery-codes")
@endpoint(RECENT_AUTH, answers={200: RecoveryCodes})
def renew_recovery_codes() -> RecoveryCodes:
    """Replace the recovery codes and return the ten new ones; 400 without an authenticator app."""
    return RecoveryCodes(recovery_codes=second_factor.renew_recovery_codes(current_actor()))


@account_api.get("/account/warnings")
@endpoint(MEMBER, answers={200: list[WarningOut]})
def list_warnings() -> list[WarningOut]:
    """List the warnings by the alumni office that the caller has not marked as read, oldest first."""
    unread = queries.unread_warnings(current_actor().id)
    return [WarningOut(id=warning.id, text=warning.text, created_at=warning.created_at) for warning in unread]


@account_api.post("/account/warnings/<uuid:warning_id>/read")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def read_warning(warning_id: uuid.UUID) -> Message:
    """Mark a warning to the caller as read; repeating it changes nothing. 404 for any other warning."""
    decisions.acknowledge_warning(current_actor(), warning_id)
    return Message(message=_("Marked as read."))


@accounts_api.post("/auth/password-reset/request")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def request_reset(body: AddressIn) -> Message:
    """Email a link to set a new password; the response does not say whether the email has an account."""
    hide_duration()
    password_change.request_reset(current_actor(), body.email)
    return Message(message="If that email is registered, a reset link has been sent")


@accounts_api.post("/auth/password-reset/confirm")
@endpoint(ANYONE, body=ResetIn, answers={200: Message, 400: Problem})
def confirm_reset(body: ResetIn) -> Message | Response:
    """Set a new password by the token of the emailed link, and end every session of the account.

    400 for a token that is unknown, used or older than 30 minutes; 422 for a password that is not allowed.
    """
    state = password_change.reset(current_actor(), body.token, body.new_password)
    if state is not LinkState.LIVE:
        return problem(400, "link_over", _("This link no longer works. Ask for a new one."))
    return Message(message="Password updated successfully")


@accounts_api.post("/auth/email/undo")
@endpoint(ANYONE, body=LinkIn, answers={200: Message, 400: Problem})
def undo_address(body: LinkIn) -> Message | Response:
    """Give the account its old email back by the token of the link that was sent there.

    The password and the second factor are removed, every session ends, and a link to set a new password is emailed. 400
    for a token that is unknown, used or older than seven days.
    """
    if email_change.undo(current_actor(), body.token) is not email_change.UndoOutcome.DONE:
        return problem(400, "link_over", _("This link no longer works."))
    return Message(message=_("Your email address is restored. We have emailed you a link to set a new password."))

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
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, MEMBER, RECENT_AUTH, current_actor


@account_api.post("/auth/logout-all")
@endpoint(MEMBER, answers={200: Ended})
def sign_out_everywhere() -> Ended:
    """End every session of the account including this one."""
    ended = sessions.sign_out_everywhere(current_actor())
    return Ended(message=_("You are signed out everywhere."), ended=ended)


@account_api.get("/auth/sessions")
@endpoint(MEMBER, answers={200: list[SessionOut]})
def list_sessions() -> list[SessionOut]:
    """List the open sessions of the account, the last used first."""
    actor = current_actor()
    return session_list(queries.open_sign_ins(actor.id), actor)


@account_api.delete("/auth/sessions/<uuid:session_id>")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def end_session(session_id: uuid.UUID) -> Message:
    """End one of the account's sessions; a second time changes nothing."""
    actor = current_actor()
    sessions.end_one(actor, actor.id, session_id)
    return Message(message=_("That device is signed out."))


@account_api.get("/account")
@endpoint(MEMBER, answers={200: AccountOut})
def show_account() -> AccountOut:
    """Show the account with all its settings."""
    return own_account(current_actor())


@account_api.put("/account/settings")
@endpoint(MEMBER, body=SettingsIn, answers={200: AccountOut})
def change_settings(body: SettingsIn) -> AccountOut:
    """Change language, theme and time zone; an absent one stays, null clears."""
    actor = current_actor()
    preferences.change_settings(actor, **body.model_dump(exclude_unset=True))
    return own_account(actor)


@account_api.post("/account/password")
@endpoint(MEMBER, body=PasswordIn, answers={200: Token, 429: Problem})
def change_password(body: PasswordIn) -> Token | Response:
    """Change the password: every session ends, and the response holds the tokens of a new one."""
    client = ClientInfo(request.user_agent.string, body.refresh)
    outcome = password_change.change(current_actor(), body.current_password, body.new_password, client)
    if outcome is WrongPassword.WRONG:
        sentence = _("This is not your current password. Try again.")
        return problem(400, "wrong_password", sentence, field="current_password")
    return token_response(outcome.tokens)


@account_api.post("/account/email")
@endpoint(RECENT_AUTH, body=AddressIn, answers={200: Message, 429: Problem})
def request_address(body: AddressIn) -> Message:
    """Send a code to a new email of the account."""
    email_change.request_change(current_actor(), body.email)
    return Message(message=_("We have emailed a code to the new address."))


@account_api.post("/account/email/confirm")
@endpoint(MEMBER, body=ConfirmIn, answers={200: AccountOut, 429: Problem})
def confirm_address(body: ConfirmIn) -> AccountOut | Response:
    """Change the email by the code that was sent to the new one; the old one gets a link to undo it."""
    actor = current_actor()
    check = email_change.confirm_change(actor, body.code)
    return own_account(actor) if check.is_correct else code_problem(check, status=400)


@account_api.post("/account/second-factor")
@endpoint(RECENT_AUTH, body=FactorIn, answers={200: AccountOut})
def choose_factor(body: FactorIn) -> AccountOut:
    """Set the second factor to a code by email or Telegram, or to none. The other sessions end."""
    actor = current_actor()
    second_factor.choose(actor, body.factor)
    return own_account(actor)


@account_api.post("/account/second-factor/authenticator")
@endpoint(RECENT_AUTH, answers={200: SetupOut})
def begin_authenticator() -> SetupOut:
    """Issue a key for an authenticator app; it is used once a code of it is confirmed."""
    setup = second_factor.begin_authenticator(current_actor())
    return SetupOut(key=setup.key, uri=setup.uri)


@account_api.post("/account/second-factor/authenticator/confirm")
@endpoint(RECENT_AUTH, body=ConfirmIn, answers={200: RecoveryCodes, 429: Problem})
def confirm_authenticator(body: ConfirmIn) -> RecoveryCodes | Response:
    """Make the authenticator app the second factor; the recovery codes are shown only in this response."""
    recovery_codes = second_factor.confirm_authenticator(current_actor(), body.code)
    if recovery_codes is None:
        return problem(400, "wrong_code", _("This code did not work. Enter a new one from the app."), field="code")
    return RecoveryCodes(recovery_codes=recovery_codes)


@account_api.post("/account/second-factor/recovery-codes")
@endpoint(RECENT_AUTH, answers={200: RecoveryCodes})
def renew_recovery_codes() -> RecoveryCodes:
    """Replace the ten recovery codes; the old ones stop working."""
    return RecoveryCodes(recovery_codes=second_factor.renew_recovery_codes(current_actor()))


@account_api.get("/account/warnings")
@endpoint(MEMBER, answers={200: list[WarningOut]})
def list_warnings() -> list[WarningOut]:
    """List the warnings by the alumni office that the caller has not marked as read."""
    unread = queries.unread_warnings(current_actor().id)
    return [WarningOut(id=warning.id, text=warning.text, created_at=warning.created_at) for warning in unread]


@account_api.post("/account/warnings/<uuid:warning_id>/read")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def read_warning(warning_id: uuid.UUID) -> Message:
    """Mark a warning as read."""
    decisions.acknowledge_warning(current_actor(), warning_id)
    return Message(message=_("Marked as read."))


@accounts_api.post("/auth/password-reset/request")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def request_reset(body: AddressIn) -> Message:
    """Email a link to set a new password; every email gets the same response."""
    password_change.request_reset(current_actor(), body.email)
    return Message(message="If that email is registered, a reset link has been sent")


@accounts_api.post("/auth/password-reset/confirm")
@endpoint(ANYONE, body=ResetIn, answers={200: Message, 400: Problem})
def confirm_reset(body: ResetIn) -> Message | Response:
    """Set a new password by the token of the emailed link; every session of the account ends."""
    state = password_change.reset(current_actor(), body.token, body.new_password)
    if state is not LinkState.LIVE:
        return problem(400, "link_over", _("This link no longer works. Ask for a new one."))
    return Message(message="Password updated successfully")


@accounts_api.post("/auth/email/undo")
@endpoint(ANYONE, body=LinkIn, answers={200: Message, 400: Problem})
def undo_address(body: LinkIn) -> Message | Response:
    """Undo a change of email by the link that was sent to the old one."""
    if email_change.undo(current_actor(), body.token) is not email_change.UndoOutcome.DONE:
        return problem(400, "link_over", _("This link no longer works."))
    return Message(message=_("Your email address is restored. We have emailed you a link to set a new password."))

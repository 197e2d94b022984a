"""JSON endpoints through which people change their own account."""

from __future__ import annotations

import uuid

from flask import Response, request
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import second_factor, sessions
from portal.accounts.authentication.schemas import Token
from portal.accounts.authentication.serializers import as_token, code_refused
from portal.accounts.authentication.sessions import Visit
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
from portal.accounts.self_service.serializers import as_account, as_sessions
from portal.accounts.status import decisions
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, MEMBER, RECENT_AUTH, current_actor


@account_api.post("/auth/logout-all")
@endpoint(MEMBER, answers={200: Ended})
def sign_out_everywhere() -> Ended:
    """End every sign-in of the account, this one too."""
    ended = sessions.sign_out_everywhere(current_actor())
    return Ended(message=_("You are signed out everywhere."), ended=ended)


@account_api.get("/auth/sessions")
@endpoint(MEMBER, answers={200: list[SessionOut]})
def list_sessions() -> list[SessionOut]:
    """Where the account is signed in."""
    actor = current_actor()
    return as_sessions(queries.open_sign_ins(actor.id), actor)


@account_api.delete("/auth/sessions/<uuid:session_id>")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def end_session(session_id: uuid.UUID) -> Message:
    """End one of the account's sign-ins; a second time changes nothing."""
    actor = current_actor()
    sessions.end_one(actor, actor.id, session_id)
    return Message(message=_("That device is signed out."))


@account_api.get("/account")
@endpoint(MEMBER, answers={200: AccountOut})
def show_account() -> AccountOut:
    """The account itself and all its settings in one call."""
    return as_account(current_actor())


@account_api.put("/account/settings")
@endpoint(MEMBER, body=SettingsIn, answers={200: AccountOut})
def change_settings(body: SettingsIn) -> AccountOut:
    """Language, theme and time zone; absent leaves unchanged, null clears."""
    actor = current_actor()
    preferences.change_settings(actor, **body.model_dump(exclude_unset=True))
    return as_account(actor)


@account_api.post("/account/password")
@endpoint(MEMBER, body=PasswordIn, answers={200: Token, 429: Problem})
def change_password(body: PasswordIn) -> Token | Response:
    """Change the password: every sign-in ends, and the answer holds the tokens of a new one."""
    visit = Visit(request.user_agent.string, body.refresh)
    outcome = password_change.change(current_actor(), body.current_password, body.new_password, visit)
    if outcome is WrongPassword.WRONG:
        sentence = _("This is not your current password. Try again.")
        return problem(400, "wrong_password", sentence, field="current_password")
    return as_token(outcome)


@account_api.post("/account/email")
@endpoint(RECENT_AUTH, body=AddressIn, answers={200: Message, 429: Problem})
def request_address(body: AddressIn) -> Message:
    """Send a code to a new address of the account."""
    email_change.request_change(current_actor(), body.email)
    return Message(message=_("We have emailed a code to the new address."))


@account_api.post("/account/email/confirm")
@endpoint(MEMBER, body=ConfirmIn, answers={200: AccountOut, 429: Problem})
def confirm_address(body: ConfirmIn) -> AccountOut | Response:
    """Take the new address by the code that was sent to it; the old one gets a way back."""
    actor = current_actor()
    made = email_change.confirm_change(actor, body.code)
    return as_account(actor) if made.is_right else code_refused(made, status=400)


@account_api.post("/account/second-factor")
@endpoint(RECENT_AUTH, body=FactorIn, answers={200: AccountOut})
def choose_factor(body: FactorIn) -> AccountOut:
    """Let a code by mail or Telegram be the second step, or have none. The other sign-ins end."""
    actor = current_actor()
    second_factor.choose(actor, body.factor)
    return as_account(actor)


@account_api.post("/account/second-factor/authenticator")
@endpoint(RECENT_AUTH, answers={200: SetupOut})
def begin_authenticator() -> SetupOut:
    """A key for an authenticator app; it counts once a number of it was confirmed."""
    setup = second_factor.begin_authenticator(current_actor())
    return SetupOut(secret=setup.secret, address=setup.address)


@account_api.post("/account/second-factor/authenticator/confirm")
@endpoint(RECENT_AUTH, body=ConfirmIn, answers={200: RecoveryCodes, 429: Problem})
def confirm_authenticator(body: ConfirmIn) -> RecoveryCodes | Response:
    """Turn the authenticator on; the recovery codes are shown this once."""
    recovery_codes = second_factor.confirm_authenticator(current_actor(), body.code)
    if recovery_codes is None:
        return problem(400, "wrong_code", _("This code did not work. Enter a new one from the app."), field="code")
    return RecoveryCodes(recovery_codes=recovery_codes)


@account_api.post("/account/second-factor/recovery-codes")
@endpoint(RECENT_AUTH, answers={200: RecoveryCodes})
def renew_recovery_codes() -> RecoveryCodes:
    """Ten fresh recovery codes; those before them end."""
    return RecoveryCodes(recovery_codes=second_factor.renew_recovery_codes(current_actor()))


@account_api.get("/account/warnings")
@endpoint(MEMBER, answers={200: list[WarningOut]})
def list_warnings() -> list[WarningOut]:
    """What the alumni office asks the caller to mind and they have not answered yet."""
    unread = queries.unread_warnings(current_actor().id)
    return [WarningOut(id=found.id, text=found.text, created_at=found.created_at) for found in unread]


@account_api.post("/account/warnings/<uuid:warning_id>/read")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def read_warning(warning_id: uuid.UUID) -> Message:
    """Say that a warning has been read."""
    decisions.acknowledge(current_actor(), warning_id)
    return Message(message=_("Marked as read."))


@accounts_api.post("/auth/password-reset/request")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def request_reset(body: AddressIn) -> Message:
    """Mail a link to set a new password; the answer is the same for every address."""
    password_change.request_reset(current_actor(), body.email)
    return Message(message="If that email is registered, a reset link has been sent")


@accounts_api.post("/auth/password-reset/confirm")
@endpoint(ANYONE, body=ResetIn, answers={200: Message, 400: Problem})
def confirm_reset(body: ResetIn) -> Message | Response:
    """Set a new password by the mailed link's token; every sign-in of the account ends."""
    done = password_change.reset(current_actor(), body.token, body.new_password)
    if done is not LinkState.LIVE:
        return problem(400, "link_over", _("This link no longer works. Ask for a new one."))
    return Message(message="Password updated successfully")


@accounts_api.post("/auth/email/undo")
@endpoint(ANYONE, body=LinkIn, answers={200: Message, 400: Problem})
def undo_address(body: LinkIn) -> Message | Response:
    """Take an address back by the link in the notice that it was changed."""
    if email_change.undo(current_actor(), body.token) is not email_change.Undone.DONE:
        return problem(400, "link_over", _("This link no longer works."))
    return Message(message=_("Your email address is restored. We have emailed you a link to set a new password."))

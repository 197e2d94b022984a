"""JSON for one's own account: settings, password, address, sign-ins, second step."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import reauthentication, second_factor, sessions
from portal.accounts.authentication.sessions import Visit
from portal.accounts.legacy_serializers import as_account, as_sessions, as_token, code_refused
from portal.accounts.schemas import (
    AccountOut,
    AddressIn,
    ConfirmIn,
    Ended,
    FactorIn,
    PasswordIn,
    ProofIn,
    RecoveryCodes,
    SessionOut,
    SettingsIn,
    SetupOut,
    Token,
    WarningOut,
)
from portal.accounts.self_service import email_change, password_change, preferences
from portal.accounts.self_service.password_change import WrongPassword
from portal.accounts.status import decisions
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import MEMBER, RECENT_AUTH, current_actor
from portal.core.errors import Invalid

blueprint = Blueprint("account_api", __name__)


@blueprint.post("/auth/logout")
@endpoint(MEMBER, answers={200: Message})
def sign_out() -> Message:
    """End this sign-in; every token of it is refused from now on."""
    sessions.sign_out(current_actor())
    return Message(message=_("You are signed out."))


@blueprint.post("/auth/logout-all")
@endpoint(MEMBER, answers={200: Ended})
def sign_out_everywhere() -> Ended:
    """End every sign-in of the account, this one too."""
    ended = sessions.sign_out_everywhere(current_actor())
    return Ended(message=_("You are signed out everywhere."), ended=ended)


@blueprint.get("/auth/sessions")
@endpoint(MEMBER, answers={200: list[SessionOut]})
def list_sessions() -> list[SessionOut]:
    """Where the account is signed in."""
    actor = current_actor()
    return as_sessions(queries.open_sign_ins(actor.id), actor)


@blueprint.delete("/auth/sessions/<uuid:session_id>")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def end_session(session_id: uuid.UUID) -> Message:
    """End one of the account's sign-ins; a second time changes nothing."""
    actor = current_actor()
    sessions.end_one(actor, actor.id, session_id)
    return Message(message=_("That device is signed out."))


@blueprint.get("/account")
@endpoint(MEMBER, answers={200: AccountOut})
def show_account() -> AccountOut:
    """The account itself and all its settings in one call."""
    return as_account(current_actor())


@blueprint.put("/account/settings")
@endpoint(MEMBER, body=SettingsIn, answers={200: AccountOut})
def change_settings(body: SettingsIn) -> AccountOut:
    """Language, theme and time zone; absent leaves unchanged, null clears."""
    actor = current_actor()
    preferences.change_settings(actor, **body.model_dump(exclude_unset=True))
    return as_account(actor)


@blueprint.post("/account/proof")
@endpoint(MEMBER, body=ProofIn, answers={200: Message, 429: Problem})
def prove(body: ProofIn) -> Message | Response:
    """Show once more that it is you, by password or code; opens what answers `prove_again` for ten minutes."""
    actor = current_actor()
    if body.password is None and body.code is None:
        raise Invalid("missing", _("Send your password or a code."), field="password")
    proved = (
        reauthentication.by_password(actor, body.password)
        if body.password
        else reauthentication.by_code(actor, body.code or "")
    )
    if not proved:
        return problem(400, "wrong_proof", _("This did not match. Try again."))
    return Message(message=_("Confirmed. Continue within 10 minutes."))


@blueprint.post("/account/proof/code")
@endpoint(MEMBER, answers={200: Message, 429: Problem})
def request_proof_code() -> Message:
    """Mail a code that proves it is you."""
    reauthentication.send_code(current_actor())
    return Message(message=_("We have emailed you a code."))


@blueprint.post("/account/password")
@endpoint(MEMBER, body=PasswordIn, answers={200: Token, 429: Problem})
def change_password(body: PasswordIn) -> Token | Response:
    """Change the password: every sign-in ends, and the answer holds the tokens of a new one."""
    visit = Visit(request.user_agent.string, body.refresh)
    outcome = password_change.change(current_actor(), body.current_password, body.new_password, visit)
    if outcome is WrongPassword.WRONG:
        sentence = _("This is not your current password. Try again.")
        return problem(400, "wrong_password", sentence, field="current_password")
    return as_token(outcome)


@blueprint.post("/account/email")
@endpoint(RECENT_AUTH, body=AddressIn, answers={200: Message, 429: Problem})
def request_address(body: AddressIn) -> Message:
    """Send a code to a new address of the account."""
    email_change.request_change(current_actor(), body.email)
    return Message(message=_("We have emailed a code to the new address."))


@blueprint.post("/account/email/confirm")
@endpoint(MEMBER, body=ConfirmIn, answers={200: AccountOut, 429: Problem})
def confirm_address(body: ConfirmIn) -> AccountOut | Response:
    """Take the new address by the code that was sent to it; the old one gets a way back."""
    actor = current_actor()
    made = email_change.confirm_change(actor, body.code)
    return as_account(actor) if made.is_right else code_refused(made, status=400)


@blueprint.post("/account/second-factor")
@endpoint(RECENT_AUTH, body=FactorIn, answers={200: AccountOut})
def choose_factor(body: FactorIn) -> AccountOut:
    """Let a code by mail or Telegram be the second step, or have none. The other sign-ins end."""
    actor = current_actor()
    second_factor.choose(actor, body.factor)
    return as_account(actor)


@blueprint.post("/account/second-factor/authenticator")
@endpoint(RECENT_AUTH, answers={200: SetupOut})
def begin_authenticator() -> SetupOut:
    """A key for an authenticator app; it counts once a number of it was confirmed."""
    setup = second_factor.begin_authenticator(current_actor())
    return SetupOut(secret=setup.secret, address=setup.address)


@blueprint.post("/account/second-factor/authenticator/confirm")
@endpoint(RECENT_AUTH, body=ConfirmIn, answers={200: RecoveryCodes, 429: Problem})
def confirm_authenticator(body: ConfirmIn) -> RecoveryCodes | Response:
    """Turn the authenticator on; the recovery codes are shown this once."""
    recovery_codes = second_factor.confirm_authenticator(current_actor(), body.code)
    if recovery_codes is None:
        return problem(400, "wrong_code", _("This code did not work. Enter a new one from the app."), field="code")
    return RecoveryCodes(recovery_codes=recovery_codes)


@blueprint.post("/account/second-factor/recovery-codes")
@endpoint(RECENT_AUTH, answers={200: RecoveryCodes})
def renew_recovery_codes() -> RecoveryCodes:
    """Ten fresh recovery codes; those before them end."""
    return RecoveryCodes(recovery_codes=second_factor.renew_recovery_codes(current_actor()))


@blueprint.get("/account/warnings")
@endpoint(MEMBER, answers={200: list[WarningOut]})
def list_warnings() -> list[WarningOut]:
    """What the alumni office asks the caller to mind and they have not answered yet."""
    unread = queries.unread_warnings(current_actor().id)
    return [WarningOut(id=found.id, text=found.text, created_at=found.created_at) for found in unread]


@blueprint.post("/account/warnings/<uuid:warning_id>/read")
@endpoint(MEMBER, answers={200: Message, 404: Problem})
def read_warning(warning_id: uuid.UUID) -> Message:
    """Say that a warning has been read."""
    decisions.acknowledge(current_actor(), warning_id)
    return Message(message=_("Marked as read."))

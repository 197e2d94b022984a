"""JSON for getting in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from portal.accounts.authentication import code_sign_in, password_sign_in, second_factor_challenge, tokens
from portal.accounts.authentication.sessions import Visit
from portal.accounts.legacy_serializers import answer, code_refused, refreshed
from portal.accounts.models import VerifiedBy
from portal.accounts.registration import services, verification
from portal.accounts.schemas import (
    AddressIn,
    AdministratorIn,
    CodeIn,
    CodeRequested,
    CodeSignInIn,
    LinkIn,
    LinkQuery,
    LoginIn,
    PendingIn,
    RefreshIn,
    Registered,
    RegistrationIn,
    ResetIn,
    SecondStepIn,
    SecondStepProblem,
    Token,
)
from portal.accounts.self_service import email_change, password_change
from portal.accounts.self_service.password_change import LinkState
from portal.accounts.status import administrator
from portal.accounts.views import verification_page
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, current_actor, holds
from portal.core.errors import Conflict
from portal.outbox.models import MessageChannel
from portal.permissions.catalogue import Permission

blueprint = Blueprint("accounts_api", __name__)

CODE_SENT = "If this address belongs to an account, a verification code has been sent to it."


def visit(*, refreshing: bool = False) -> Visit:
    return Visit(request.user_agent.string, refreshing)


CONFLICTS = {"email_taken": "Email already registered"}


@contextmanager
def in_the_contracts_words() -> Iterator[None]:
    """The existing clients know these refusals by their sentence, whatever language their users read."""
    try:
        yield
    except Conflict as refusal:
        sentence = CONFLICTS.get(refusal.code, refusal.lazy_message)
        raise Conflict(refusal.code, sentence, field=refusal.field) from None


@blueprint.post("/auth/login")
@endpoint(ANYONE, body=LoginIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def login(body: LoginIn) -> Token | Response:
    """Sign in by password. 401 with `otp_required` carries a `session_token` for the second step."""
    return answer(password_sign_in.sign_in(current_actor(), body.email, body.password, visit(refreshing=body.refresh)))


@blueprint.post("/auth/login-otp")
@endpoint(ANYONE, body=SecondStepIn, answers={200: Token, 401: Problem, 429: Problem})
def second_login(body: SecondStepIn) -> Token | Response:
    """Finish a sign-in whose account asks for a second proof."""
    given = visit(refreshing=body.refresh)
    return answer(second_factor_challenge.finish(current_actor(), body.session_token, body.code, given))


@blueprint.post("/auth/login-otp/resend")
@endpoint(ANYONE, body=PendingIn, answers={200: CodeRequested, 401: Problem, 429: Problem})
def resend_second_code(body: PendingIn) -> CodeRequested | Response:
    """Send the second step's code again, at most once a minute; go on with the new `session_token`."""
    step = second_factor_challenge.send_again(current_actor(), body.session_token)
    if step is None:
        return code_refused()
    return CodeRequested(message=_("We have sent you a new code."), session_token=step.token)


@blueprint.post("/auth/login/otp/request")
@endpoint(ANYONE, body=AddressIn, answers={200: CodeRequested, 429: Problem})
def request_mail_code(body: AddressIn) -> CodeRequested:
    """Mail a sign-in code; the answer is the same for every address."""
    token = code_sign_in.request_code(current_actor(), body.email, MessageChannel.MAIL)
    return CodeRequested(message=CODE_SENT, session_token=token)


@blueprint.post("/auth/login/otp/verify")
@endpoint(ANYONE, body=CodeSignInIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def verify_mail_code(body: CodeSignInIn) -> Token | Response:
    """Sign in by a mailed code, or finish a sign-in by its second step."""
    given = visit(refreshing=body.refresh)
    if second_factor_challenge.factor_behind(body.session_token):
        return answer(second_factor_challenge.finish(current_actor(), body.session_token, body.code, given))
    return answer(code_sign_in.sign_in(current_actor(), body.session_token, body.code, MessageChannel.MAIL, given))


@blueprint.post("/auth/login/telegram/request")
@endpoint(ANYONE, body=AddressIn, answers={200: CodeRequested, 429: Problem})
def request_telegram_code(body: AddressIn) -> CodeRequested:
    """Send a sign-in code to the account's Telegram chat; the answer is the same for every address."""
    token = code_sign_in.request_code(current_actor(), body.email, MessageChannel.TELEGRAM)
    return CodeRequested(message=CODE_SENT, session_token=token)


@blueprint.post("/auth/login/telegram/verify")
@endpoint(ANYONE, body=CodeSignInIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def verify_telegram_code(body: CodeSignInIn) -> Token | Response:
    """Sign in by a code from Telegram."""
    given = visit(refreshing=body.refresh)
    return answer(code_sign_in.sign_in(current_actor(), body.session_token, body.code, MessageChannel.TELEGRAM, given))


@blueprint.post("/auth/refresh")
@endpoint(ANYONE, body=RefreshIn, answers={200: Token, 401: Problem})
def refresh(body: RefreshIn) -> Token | Response:
    """Exchange a refresh token for a new set. A second use, later than 10 seconds after the first, ends the sign-in."""
    return refreshed(tokens.exchange(current_actor(), body.refresh_token))


@blueprint.post("/auth/register")
@endpoint(ANYONE, body=RegistrationIn, answers={201: Registered, 429: Problem})
def register(body: RegistrationIn) -> tuple[Registered, int]:
    """Register; on the allow list a mailed link verifies, everybody else waits for the alumni office."""
    with in_the_contracts_words():
        account = services.register_openly(current_actor(), body.registration())
    if account.verification == VerifiedBy.MAIL:
        message = "Registration successful. Please check your email for a confirmation link."
    else:
        message = "Registration successful. Your account is pending manual verification by the alumni office."
    return Registered(message=message, email=account.email), 201


@blueprint.post("/auth/verify")
@endpoint(ANYONE, body=CodeIn, answers={200: Token, 401: Problem, 429: Problem})
def verify_code(body: CodeIn) -> Token | Response:
    """Prove the address by the six-digit code of the mail, and be signed in."""
    outcome = password_sign_in.sign_in_by_code(current_actor(), body.email, body.verification_code, visit())
    if outcome is password_sign_in.Refusal.WRONG:
        return problem(400, "wrong_code", _("This code does not work. Check it, or ask for a new email."))
    return answer(outcome)


@blueprint.get("/auth/verify")
@endpoint(ANYONE, query=LinkQuery, answers={200: None})
def verify_link(query: LinkQuery) -> Response:
    """A page for people with the one button that verifies, at the address that the existing mails link to."""
    return verification_page(query.token, verification.look_at_link(query.token))


@blueprint.post("/auth/resend-verification")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def resend(body: AddressIn) -> Message:
    """Send a new link; the answer is the same for every address."""
    verification.resend(current_actor(), body.email)
    return Message(message="If this address is unconfirmed, we have sent a new link.")


@blueprint.post("/auth/password-reset/request")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def request_reset(body: AddressIn) -> Message:
    """Mail a link to set a new password; the answer is the same for every address."""
    password_change.request_reset(current_actor(), body.email)
    return Message(message="If that email is registered, a reset link has been sent")


@blueprint.post("/auth/password-reset/confirm")
@endpoint(ANYONE, body=ResetIn, answers={200: Message, 400: Problem})
def confirm_reset(body: ResetIn) -> Message | Response:
    """Set a new password by the mailed link's token; every sign-in of the account ends."""
    done = password_change.reset(current_actor(), body.token, body.new_password)
    if done is not LinkState.LIVE:
        return problem(400, "link_over", _("This link no longer works. Ask for a new one."))
    return Message(message="Password updated successfully")


@blueprint.post("/auth/email/undo")
@endpoint(ANYONE, body=LinkIn, answers={200: Message, 400: Problem})
def undo_address(body: LinkIn) -> Message | Response:
    """Take an address back by the link in the notice that it was changed."""
    if email_change.undo(current_actor(), body.token) is not email_change.Undone.DONE:
        return problem(400, "link_over", _("This link no longer works."))
    return Message(message=_("Your email address is restored. We have emailed you a link to set a new password."))


@blueprint.post("/auth/add-admin")
@endpoint(holds(Permission.GROUPS_CHANGE), body=AdministratorIn, answers={201: Registered})
def add_administrator(body: AdministratorIn) -> tuple[Registered, int]:
    """Make another administrator, who can sign in at once."""
    made = administrator.create(current_actor(), body.email, body.password)
    if made is None:
        raise Conflict("email_taken", _("This email address already has an account."), field="email")
    return Registered(message=_("The administrator can sign in now."), email=made.email), 201

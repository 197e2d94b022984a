"""JSON endpoints for signing in, signing out and re-authentication."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from portal.accounts.authentication import (
    code_sign_in,
    password_sign_in,
    reauthentication,
    second_factor_challenge,
    sessions,
    tokens,
)
from portal.accounts.authentication.schemas import (
    CodeRequested,
    CodeSignInIn,
    LoginIn,
    PendingIn,
    ProofIn,
    RefreshIn,
    SecondStepIn,
    SecondStepProblem,
    Token,
)
from portal.accounts.authentication.serializers import answer, code_refused, refreshed
from portal.accounts.authentication.sessions import Visit
from portal.accounts.blueprints import account_api, accounts_api
from portal.accounts.schemas import AddressIn
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, MEMBER, current_actor
from portal.core.errors import Invalid
from portal.outbox.models import MessageChannel

CODE_SENT = "If this address belongs to an account, a verification code has been sent to it."


def visit(*, refreshing: bool = False) -> Visit:
    return Visit(request.user_agent.string, refreshing)


@accounts_api.post("/auth/login")
@endpoint(ANYONE, body=LoginIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def login(body: LoginIn) -> Token | Response:
    """Sign in by password. 401 with `otp_required` carries a `session_token` for the second step."""
    return answer(password_sign_in.sign_in(current_actor(), body.email, body.password, visit(refreshing=body.refresh)))


@accounts_api.post("/auth/login-otp")
@endpoint(ANYONE, body=SecondStepIn, answers={200: Token, 401: Problem, 429: Problem})
def second_login(body: SecondStepIn) -> Token | Response:
    """Finish a sign-in whose account asks for a second proof."""
    given = visit(refreshing=body.refresh)
    return answer(second_factor_challenge.finish(current_actor(), body.session_token, body.code, given))


@accounts_api.post("/auth/login-otp/resend")
@endpoint(ANYONE, body=PendingIn, answers={200: CodeRequested, 401: Problem, 429: Problem})
def resend_second_code(body: PendingIn) -> CodeRequested | Response:
    """Send the second step's code again, at most once a minute; go on with the new `session_token`."""
    step = second_factor_challenge.send_again(current_actor(), body.session_token)
    if step is None:
        return code_refused()
    return CodeRequested(message=_("We have sent you a new code."), session_token=step.token)


@accounts_api.post("/auth/login/otp/request")
@endpoint(ANYONE, body=AddressIn, answers={200: CodeRequested, 429: Problem})
def request_mail_code(body: AddressIn) -> CodeRequested:
    """Mail a sign-in code; the answer is the same for every address."""
    token = code_sign_in.request_code(current_actor(), body.email, MessageChannel.MAIL)
    return CodeRequested(message=CODE_SENT, session_token=token)


@accounts_api.post("/auth/login/otp/verify")
@endpoint(ANYONE, body=CodeSignInIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def verify_mail_code(body: CodeSignInIn) -> Token | Response:
    """Sign in by a mailed code, or finish a sign-in by its second step."""
    given = visit(refreshing=body.refresh)
    if second_factor_challenge.factor_behind(body.session_token):
        return answer(second_factor_challenge.finish(current_actor(), body.session_token, body.code, given))
    return answer(code_sign_in.sign_in(current_actor(), body.session_token, body.code, MessageChannel.MAIL, given))


@accounts_api.post("/auth/login/telegram/request")
@endpoint(ANYONE, body=AddressIn, answers={200: CodeRequested, 429: Problem})
def request_telegram_code(body: AddressIn) -> CodeRequested:
    """Send a sign-in code to the account's Telegram chat; the answer is the same for every address."""
    token = code_sign_in.request_code(current_actor(), body.email, MessageChannel.TELEGRAM)
    return CodeRequested(message=CODE_SENT, session_token=token)


@accounts_api.post("/auth/login/telegram/verify")
@endpoint(ANYONE, body=CodeSignInIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def verify_telegram_code(body: CodeSignInIn) -> Token | Response:
    """Sign in by a code from Telegram."""
    given = visit(refreshing=body.refresh)
    return answer(code_sign_in.sign_in(current_actor(), body.session_token, body.code, MessageChannel.TELEGRAM, given))


@accounts_api.post("/auth/refresh")
@endpoint(ANYONE, body=RefreshIn, answers={200: Token, 401: Problem})
def refresh(body: RefreshIn) -> Token | Response:
    """Exchange a refresh token for a new set. A second use, later than 10 seconds after the first, ends the sign-in."""
    return refreshed(tokens.exchange(current_actor(), body.refresh_token))


@account_api.post("/auth/logout")
@endpoint(MEMBER, answers={200: Message})
def sign_out() -> Message:
    """End this sign-in; every token of it is refused from now on."""
    sessions.sign_out(current_actor())
    return Message(message=_("You are signed out."))


@account_api.post("/account/proof")
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


@account_api.post("/account/proof/code")
@endpoint(MEMBER, answers={200: Message, 429: Problem})
def request_proof_code() -> Message:
    """Mail a code that proves it is you."""
    reauthentication.send_code(current_actor())
    return Message(message=_("We have emailed you a code."))

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
from portal.accounts.authentication.outcome import ClientInfo
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
from portal.accounts.authentication.serializers import code_problem, refresh_response, sign_in_response
from portal.accounts.blueprints import account_api, accounts_api
from portal.accounts.schemas import AddressIn
from portal.api.endpoint import endpoint
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, MEMBER, current_actor
from portal.core.errors import Invalid
from portal.outbox.models import MessageChannel
from portal.web.http.even_duration import hide_duration
from portal.web.http.problems import problem

CODE_SENT = "If this address belongs to an account, a verification code has been sent to it."


def client_info(*, refreshing: bool) -> ClientInfo:
    """Return the client of this request: its User-Agent, and ``refreshing`` as given."""
    return ClientInfo(request.user_agent.string, refreshing)


@accounts_api.post("/auth/login")
@endpoint(ANYONE, body=LoginIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def login(body: LoginIn) -> Token | Response:
    """Sign in by email and password.

    401 with the code `otp_required` means that they are correct and carries the `session_token` for the second factor;
    other codes say why the sign-in was refused. 429 after too many failures.
    """
    client = client_info(refreshing=body.refresh)
    return sign_in_response(password_sign_in.sign_in(current_actor(), body.email, body.password, client))


@accounts_api.post("/auth/login-otp")
@endpoint(ANYONE, body=SecondStepIn, answers={200: Token, 401: Problem, 429: Problem})
def second_login(body: SecondStepIn) -> Token | Response:
    """Finish a sign-in by the code of the account's second factor.

    401 with the code `wrong_code` allows another try, with `session_over` a new sign-in is needed; with `banned` or
    `not_verified` the account cannot sign in. 429 after too many wrong codes.
    """
    client = client_info(refreshing=body.refresh)
    return sign_in_response(second_factor_challenge.finish(current_actor(), body.session_token, body.code, client))


@accounts_api.post("/auth/login-otp/resend")
@endpoint(ANYONE, body=PendingIn, answers={200: CodeRequested, 401: Problem, 429: Problem})
def resend_second_code(body: PendingIn) -> CodeRequested | Response:
    """Send a new code for the second factor of a started sign-in; the previous code and token stop working.

    Continue with the new `session_token`. With an authenticator app nothing is sent. 401 if the sign-in is no longer
    valid, 429 within 60 seconds of the previous code.
    """
    required = second_factor_challenge.resend_code(current_actor(), body.session_token)
    if required is None:
        return code_problem()
    return CodeRequested(message=_("We have sent you a new code."), session_token=required.token)


@accounts_api.post("/auth/login/otp/request")
@endpoint(ANYONE, body=AddressIn, answers={200: CodeRequested, 429: Problem})
def request_mail_code(body: AddressIn) -> CodeRequested:
    """Send a sign-in code by email; every email gets the same response, whether it has an account or not.

    Within 60 seconds of the previous request nothing is sent, and the token is for the code that was sent before. 429
    after too many requests from one network.
    """
    hide_duration()
    requested = code_sign_in.request_code(current_actor(), body.email, MessageChannel.MAIL)
    return CodeRequested(message=CODE_SENT, session_token=requested.token)


@accounts_api.post("/auth/login/otp/verify")
@endpoint(ANYONE, body=CodeSignInIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def verify_mail_code(body: CodeSignInIn) -> Token | Response:
    """Sign in by an emailed code, or finish a sign-in by the code of the second factor.

    401 with the code `otp_required` carries the `session_token` for the second factor; other codes say why the sign-in
    was refused. 429 after too many wrong codes.
    """
    actor, client = current_actor(), client_info(refreshing=body.refresh)
    if second_factor_challenge.required_factor(body.session_token):
        return sign_in_response(second_factor_challenge.finish(actor, body.session_token, body.code, client))
    outcome = code_sign_in.sign_in(actor, body.session_token, body.code, MessageChannel.MAIL, client)
    return sign_in_response(outcome)


@accounts_api.post("/auth/login/telegram/request")
@endpoint(ANYONE, body=AddressIn, answers={200: CodeRequested, 429: Problem})
def request_telegram_code(body: AddressIn) -> CodeRequested:
    """Send a sign-in code to the account's Telegram chat; every email gets the same response, also without a chat.

    Within 60 seconds of the previous request nothing is sent, and the token is for the code that was sent before. 429
    after too many requests from one network.
    """
    hide_duration()
    requested = code_sign_in.request_code(current_actor(), body.email, MessageChannel.TELEGRAM)
    return CodeRequested(message=CODE_SENT, session_token=requested.token)


@accounts_api.post("/auth/login/telegram/verify")
@endpoint(ANYONE, body=CodeSignInIn, answers={200: Token, 401: SecondStepProblem, 429: Problem})
def verify_telegram_code(body: CodeSignInIn) -> Token | Response:
    """Sign in by a code that was sent to the account's Telegram chat.

    401 with the code `otp_required` carries the `session_token` for the second factor; other codes say why the sign-in
    was refused. 429 after too many wrong codes.
    """
    client = client_info(refreshing=body.refresh)
    outcome = code_sign_in.sign_in(current_actor(), body.session_token, body.code, MessageChannel.TELEGRAM, client)
    return sign_in_response(outcome)


@accounts_api.post("/auth/refresh")
@endpoint(ANYONE, body=RefreshIn, answers={200: Token, 401: Problem})
def refresh(body: RefreshIn) -> Token | Response:
    """Exchange a refresh token for a new access token, session token and refresh token.

    A repetition within 60 seconds returns the same refresh token again while that one has not been exchanged; any other
    second use ends the session. 401 with the code `refresh_refused` means that the person has to sign in again.
    """
    return refresh_response(tokens.exchange(current_actor(), body.refresh_token))


@account_api.post("/auth/logout")
@endpoint(MEMBER, answers={200: Message})
def sign_out() -> Message:
    """End the session of this request; all its tokens are refused from now on."""
    sessions.sign_out(current_actor())
    return Message(message=_("You are signed out."))


@account_api.post("/account/proof")
@endpoint(MEMBER, body=ProofIn, answers={200: Message, 429: Problem})
def prove(body: ProofIn) -> Message | Response:
    """Re-authenticate by password or code.

    For ten minutes, requests are then allowed that were refused with the code `prove_again`. 400 if the password or
    code is wrong, 429 after too many failures.
    """
    actor = current_actor()
    if body.password is None and body.code is None:
        raise Invalid("missing", _("Send your password or a code."), field="password")
    is_correct = (
        reauthentication.by_password(actor, body.password)
        if body.password
        else reauthentication.by_code(actor, body.code or "")
    )
    if not is_correct:
        return problem(400, "wrong_proof", _("This did not match. Try again."))
    return Message(message=_("Confirmed. Continue within 10 minutes."))


@account_api.post("/account/proof/code")
@endpoint(MEMBER, answers={200: Message, 429: Problem})
def request_proof_code() -> Message:
    """Send a code for re-authentication by email.

    400 with the code `use_authenticator` if the account has an authenticator app, 429 within 60 seconds of the previous
    code.
    """
    reauthentication.send_code(current_actor())
    return Message(message=_("We have emailed you a code."))

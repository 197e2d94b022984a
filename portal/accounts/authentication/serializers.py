"""Serializers of sign-in outcomes, with the JSON and the sentences that legacy clients expect."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from portal.accounts.authentication import codes, tokens
from portal.accounts.authentication.one_time_secrets import EXPIRED, CodeCheck
from portal.accounts.authentication.outcome import Refusal, SecondFactorRequired, SignedIn
from portal.accounts.authentication.schemas import Token
from portal.accounts.authentication.tokens import Tokens
from portal.accounts.models import SecondFactor
from portal.web.http.problems import problem

REFUSALS = {
    Refusal.WRONG: "Incorrect email or password",
    Refusal.NOT_VERIFIED: "Account not verified",
    Refusal.BANNED: "Account is banned",
    Refusal.PASSWORD_FIRST: "This account asks for the password first. Sign in with it, then enter the code.",
}


def sign_in_response(outcome: SignedIn | SecondFactorRequired | Refusal | CodeCheck) -> Token | Response:
    """Return the response to a sign-in attempt: its tokens, or an error response (RFC 9457).

    The error is 401 when a second factor is required, the sign-in was refused, or the code was wrong or expired, and
    429 after the last wrong attempt at a code.
    """
    if isinstance(outcome, SignedIn):
        return token_response(outcome.tokens)
    if isinstance(outcome, SecondFactorRequired):
        return second_factor_problem(outcome)
    if isinstance(outcome, CodeCheck):
        return code_problem(outcome)
    return problem(401, outcome.value, REFUSALS[outcome])


def token_response(issued: Tokens | None) -> Token:
    """Return the JSON schema with the tokens of an API session.

    It holds the access token alone for a client that does not refresh, else also the session and refresh token, the id
    of the session and the life of the access token in seconds.
    """
    assert issued is not None, "sessions of the API have tokens"
    if issued.refresh is None:
        return Token(access_token=issued.access)
    return Token(
        access_token=issued.access,
        expires_in=issued.access_seconds,
        session_token=issued.session,
        refresh_token=issued.refresh,
        session_id=str(issued.session_id),
    )


def second_factor_problem(required: SecondFactorRequired) -> Response:
    """Return an error 401 ``otp_required`` with the factor that is required and the token to send with its code.

    It is an error because a client that does not know the second factor would take any 2xx status for a sign-in.
    """
    sentences = {
        SecondFactor.MAIL: _("We have emailed you a code. Enter it to sign in."),
        SecondFactor.TELEGRAM: _("We have sent a code to your Telegram chat. Enter it to sign in."),
        SecondFactor.TOTP: _("Enter the code from your authenticator app, or a recovery code."),
    }
    more = {"session_token": required.token, "factor": required.factor.value}
    return problem(401, "otp_required", sentences[required.factor], more=more)


def code_problem(check: CodeCheck = EXPIRED, *, status: int = 401) -> Response:
    """Return the error response for a refused code, by default for an expired one.

    The status is ``status`` for a wrong code (``wrong_code``) and an expired one (``session_over``), and 429
    ``too_many_tries`` with ``Retry-After`` after the last attempt.
    """
    if check.is_expired:
        return problem(status, "session_over", "Invalid or expired session")
    if not check.attempts_left:
        response = problem(429, "too_many_tries", "Too many incorrect attempts. Please request a new code")
        response.headers["Retry-After"] = str(codes.COOL_DOWN.per.seconds)
        return response
    return problem(status, "wrong_code", f"Incorrect verification code. {check.attempts_left} attempt(s) remaining")


def refresh_response(outcome: Tokens | tokens.Refusal) -> Token | Response:
    """Return the new tokens of a client, or an error 401 ``refresh_refused`` if the refresh token was refused."""
    if isinstance(outcome, Tokens):
        return token_response(outcome)
    return problem(401, "refresh_refused", _("You were signed out. Sign in again."))

"""Outcomes of signing in as the JSON that the existing clients know."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from portal.accounts.authentication import codes, tokens
from portal.accounts.authentication.one_time_secrets import OVER, Guess
from portal.accounts.authentication.password_sign_in import Refusal, SecondStep, SignedIn
from portal.accounts.authentication.schemas import Token
from portal.accounts.authentication.tokens import Tokens
from portal.accounts.models import SecondFactor
from portal.api.errors import problem

REFUSALS = {
    Refusal.WRONG: "Incorrect email or password",
    Refusal.NOT_VERIFIED: "Account not verified",
    Refusal.BANNED: "Account is banned",
    Refusal.PASSWORD_FIRST: "This account asks for the password first. Sign in with it, then enter the code.",
}


def answer(outcome: SignedIn | SecondStep | Refusal | Guess) -> Token | Response:
    """Tokens, what is still missing, or why there are none."""
    if isinstance(outcome, SignedIn):
        return as_token(outcome)
    if isinstance(outcome, SecondStep):
        return asked_for_more(outcome)
    if isinstance(outcome, Guess):
        return code_refused(outcome)
    return problem(401, outcome.value, REFUSALS[outcome])


def as_token(outcome: SignedIn) -> Token:
    if outcome.refreshing:
        return as_set(tokens.first_set(outcome.sign_in))
    return Token(access_token=tokens.lasting_access_token(outcome.sign_in))


def as_set(handed_out: Tokens) -> Token:
    return Token(
        access_token=handed_out.access,
        expires_in=handed_out.access_seconds,
        session_token=handed_out.session,
        refresh_token=handed_out.refresh,
        session_id=str(handed_out.session_id),
    )


def asked_for_more(step: SecondStep) -> Response:
    """401, because a client that knows no second step would take any 2xx for a sign-in."""
    sentences = {
        SecondFactor.MAIL: _("We have emailed you a code. Enter it to sign in."),
        SecondFactor.TELEGRAM: _("We have sent a code to your Telegram chat. Enter it to sign in."),
        SecondFactor.TOTP: _("Enter the code from your authenticator app, or a recovery code."),
    }
    more = {"session_token": step.token, "factor": step.factor.value}
    return problem(401, "otp_required", sentences[step.factor], more=more)


def code_refused(guess: Guess = OVER, *, status: int = 401) -> Response:
    """Why a code was not taken; ``status`` is 401 where it would have signed somebody in."""
    if guess.is_over:
        return problem(status, "session_over", "Invalid or expired session")
    if not guess.left:
        response = problem(429, "too_many_tries", "Too many incorrect attempts. Please request a new code")
        response.headers["Retry-After"] = str(codes.COOL_DOWN.per.seconds)
        return response
    return problem(status, "wrong_code", f"Incorrect verification code. {guess.left} attempt(s) remaining")


def refreshed(outcome: Tokens | tokens.Refusal) -> Token | Response:
    if isinstance(outcome, Tokens):
        return as_set(outcome)
    return problem(401, "refresh_refused", _("You were signed out. Sign in again."))

"""JSON for getting in."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.models import VerifiedBy
from portal.accounts.schemas import AddressIn, CodeIn, LinkQuery, LoginIn, Registered, RegistrationIn, Token
from portal.accounts.services import registration, sessions, signin, verification
from portal.accounts.services.signin import Refusal
from portal.accounts.services.verification import Outcome
from portal.accounts.tokens import access_token
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, current_actor

blueprint = Blueprint("accounts_api", __name__)

REFUSALS = {
    Refusal.WRONG: "Incorrect email or password",
    Refusal.NOT_VERIFIED: "Account not verified",
    Refusal.BANNED: "Account is banned",
}


@blueprint.post("/auth/login")
@endpoint(ANYONE, body=LoginIn, answers={200: Token, 401: Problem, 429: Problem})
def login(body: LoginIn) -> Token | Response:
    """Sign in by password; the answer's token counts until the sign-in ends."""
    outcome = signin.sign_in(current_actor(), body.email, body.password, device=request.user_agent.string)
    if isinstance(outcome, Refusal):
        return problem(401, outcome.value, REFUSALS[outcome])
    return Token(access_token=access_token(outcome.sign_in))


@blueprint.post("/auth/register")
@endpoint(ANYONE, body=RegistrationIn, answers={201: Registered, 429: Problem})
def register(body: RegistrationIn) -> tuple[Registered, int]:
    """Register; on the allow list a mailed link verifies, everybody else waits for the alumni office."""
    account = registration.register(current_actor(), body.registration())
    if account.verification == VerifiedBy.MAIL:
        message = "Registration successful. Please check your email for a confirmation link."
    else:
        message = "Registration successful. Your account is pending manual verification by the alumni office."
    return Registered(message=message, email=account.email), 201


@blueprint.post("/auth/verify")
@endpoint(ANYONE, body=CodeIn, answers={200: Token})
def verify_code(body: CodeIn) -> Token | Response:
    """Prove the address by the six-digit code of the mail, and be signed in."""
    outcome = verification.verify_by_code(current_actor(), body.email, body.verification_code)
    account = queries.find_by_email(body.email)
    if outcome is not Outcome.VERIFIED or account is None:
        return problem(400, "wrong_code", _("This code does not work. Check it, or ask for a new mail."))
    opened = sessions.open_sign_in(current_actor(), account, request.user_agent.string)
    return Token(access_token=access_token(opened))


@blueprint.get("/auth/verify")
@endpoint(ANYONE, query=LinkQuery, answers={303: None})
def verify_link(query: LinkQuery) -> Response:
    """Links of older mails: lead to the page with the one button that verifies."""
    response = redirect(url_for("accounts.verify", token=query.token), 303)
    assert isinstance(response, Response)
    return response


@blueprint.post("/auth/resend-verification")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def resend(body: AddressIn) -> Message:
    """Send a new link; the answer is the same for every address."""
    verification.resend(current_actor(), body.email)
    return Message(message="If this address waits for a confirmation, a new link has been sent.")

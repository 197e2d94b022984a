"""JSON for getting in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from portal.accounts.models import VerifiedBy
from portal.accounts.schemas import AddressIn, CodeIn, LinkQuery, LoginIn, Registered, RegistrationIn, Token
from portal.accounts.services import registration, signin, verification
from portal.accounts.services.signin import Refusal, SignedIn
from portal.accounts.tokens import access_token
from portal.accounts.views import verification_page
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, current_actor
from portal.core.errors import Conflict

blueprint = Blueprint("accounts_api", __name__)

REFUSALS = {
    Refusal.WRONG: "Incorrect email or password",
    Refusal.NOT_VERIFIED: "Account not verified",
    Refusal.BANNED: "Account is banned",
}
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
@endpoint(ANYONE, body=LoginIn, answers={200: Token, 401: Problem, 429: Problem})
def login(body: LoginIn) -> Token | Response:
    """Sign in by password; the answer's token counts until the sign-in ends."""
    outcome = signin.sign_in(current_actor(), body.email, body.password, device=request.user_agent.string)
    return answer(outcome)


def answer(outcome: SignedIn | Refusal) -> Token | Response:
    """A token, or in the words that the existing clients know why there is none."""
    if isinstance(outcome, Refusal):
        return problem(401, outcome.value, REFUSALS[outcome])
    return Token(access_token=access_token(outcome.sign_in))


@blueprint.post("/auth/register")
@endpoint(ANYONE, body=RegistrationIn, answers={201: Registered, 429: Problem})
def register(body: RegistrationIn) -> tuple[Registered, int]:
    """Register; on the allow list a mailed link verifies, everybody else waits for the alumni office."""
    with in_the_contracts_words():
        account = registration.register_openly(current_actor(), body.registration())
    if account.verification == VerifiedBy.MAIL:
        message = "Registration successful. Please check your email for a confirmation link."
    else:
        message = "Registration successful. Your account is pending manual verification by the alumni office."
    return Registered(message=message, email=account.email), 201


@blueprint.post("/auth/verify")
@endpoint(ANYONE, body=CodeIn, answers={200: Token, 401: Problem})
def verify_code(body: CodeIn) -> Token | Response:
    """Prove the address by the six-digit code of the mail, and be signed in."""
    device = request.user_agent.string
    outcome = signin.sign_in_by_code(current_actor(), body.email, body.verification_code, device=device)
    if outcome is Refusal.WRONG:
        return problem(400, "wrong_code", _("This code does not work. Check it, or ask for a new mail."))
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
    return Message(message="If this address waits for a confirmation, a new link has been sent.")

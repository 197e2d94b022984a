"""JSON endpoints for registering and confirming one's email."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, request
from flask_babel import gettext as _

from portal.accounts.authentication import password_sign_in
from portal.accounts.authentication.schemas import Token
from portal.accounts.authentication.serializers import answer
from portal.accounts.authentication.sessions import Visit
from portal.accounts.blueprints import accounts_api
from portal.accounts.models import VerifiedBy
from portal.accounts.registration import verification
from portal.accounts.registration.register import register_openly
from portal.accounts.registration.schemas import CodeIn, LinkQuery, Registered, RegistrationIn
from portal.accounts.registration.views import verification_page
from portal.accounts.schemas import AddressIn
from portal.api.endpoint import endpoint
from portal.api.errors import problem
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, current_actor
from portal.core.errors import Conflict

CONFLICTS = {"email_taken": "Email already registered"}


@contextmanager
def in_the_contracts_words() -> Iterator[None]:
    """The existing clients know these refusals by their sentence, whatever language their users read."""
    try:
        yield
    except Conflict as refusal:
        sentence = CONFLICTS.get(refusal.code, refusal.lazy_message)
        raise Conflict(refusal.code, sentence, field=refusal.field) from None


@accounts_api.post("/auth/register")
@endpoint(ANYONE, body=RegistrationIn, answers={201: Registered, 429: Problem})
def register(body: RegistrationIn) -> tuple[Registered, int]:
    """Register; on the allow list a mailed link verifies, everybody else waits for the alumni office."""
    with in_the_contracts_words():
        account = register_openly(current_actor(), body.registration())
    if account.verification == VerifiedBy.MAIL:
        message = "Registration successful. Please check your email for a confirmation link."
    else:
        message = "Registration successful. Your account is pending manual verification by the alumni office."
    return Registered(message=message, email=account.email), 201


@accounts_api.post("/auth/verify")
@endpoint(ANYONE, body=CodeIn, answers={200: Token, 401: Problem, 429: Problem})
def verify_code(body: CodeIn) -> Token | Response:
    """Prove the address by the six-digit code of the mail, and be signed in."""
    visit = Visit(request.user_agent.string)
    outcome = password_sign_in.sign_in_by_code(current_actor(), body.email, body.verification_code, visit)
    if outcome is password_sign_in.Refusal.WRONG:
        return problem(400, "wrong_code", _("This code does not work. Check it, or ask for a new email."))
    return answer(outcome)


@accounts_api.get("/auth/verify")
@endpoint(ANYONE, query=LinkQuery, answers={200: None})
def verify_link(query: LinkQuery) -> Response:
    """A page for people with the one button that verifies, at the address that the existing mails link to."""
    return verification_page(query.token, verification.look_at_link(query.token))


@accounts_api.post("/auth/resend-verification")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def resend(body: AddressIn) -> Message:
    """Send a new link; the answer is the same for every address."""
    verification.resend(current_actor(), body.email)
    return Message(message="If this address is unconfirmed, we have sent a new link.")

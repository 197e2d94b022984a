"""JSON endpoints for registering and confirming one's email."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, request
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.accounts.authentication.outcome import ClientInfo, Refusal
from portal.accounts.authentication.schemas import Token
from portal.accounts.authentication.serializers import sign_in_response
from portal.accounts.blueprints import accounts_api
from portal.accounts.models import VerifiedBy
from portal.accounts.registration import verification
from portal.accounts.registration.register import register_disclosing_conflicts
from portal.accounts.registration.schemas import CodeIn, LinkQuery, Registered, RegistrationIn
from portal.accounts.registration.views import verification_page
from portal.accounts.schemas import AddressIn
from portal.api.endpoint import endpoint
from portal.api.schemas import Message, Problem
from portal.core.access import ANYONE, current_actor
from portal.core.errors import Conflict
from portal.web.http.even_duration import hide_duration
from portal.web.http.problems import problem

LEGACY_CONFLICTS = {"email_taken": "Email already registered"}


@contextmanager
def legacy_conflict_texts() -> Iterator[None]:
    """Replace the texts of ``Conflict`` raised in the block by the English ones that legacy clients recognise.

    The error is raised again with its code and field; one without such a text keeps its own.
    """
    try:
        yield
    except Conflict as refusal:
        sentence = LEGACY_CONFLICTS.get(refusal.code, refusal.lazy_message)
        raise Conflict(refusal.code, sentence, field=refusal.field) from None


@accounts_api.post("/auth/register")
@endpoint(ANYONE, body=RegistrationIn, answers={201: Registered, 429: Problem})
def register(body: RegistrationIn) -> tuple[Registered, int]:
    """Register a graduate or an alumni friend.

    Whoever is on the allow list is verified by an emailed link, everybody else by the alumni office. 400 with the code
    `email_taken` if the email is registered, 422 for unusable values, 429 after too many registrations from one
    network.
    """
    with legacy_conflict_texts():
        account = register_disclosing_conflicts(current_actor(), body.registration(locale=str(get_locale())))
    if account.verification == VerifiedBy.MAIL:
        message = "Registration successful. Please check your email for a confirmation link."
    else:
        message = "Registration successful. Your account is pending manual verification by the alumni office."
    return Registered(message=message, email=account.email), 201


@accounts_api.post("/auth/verify")
@endpoint(ANYONE, body=CodeIn, answers={200: Token, 401: Problem, 429: Problem})
def verify_code(body: CodeIn) -> Token | Response:
    """Confirm the email of a new account by the six-digit code that was sent to it, and sign in.

    400 with the code `wrong_code` if it does not work, 401 if the account may not sign in, 429 after too many wrong
    codes.
    """
    client = ClientInfo(request.user_agent.string)
    outcome = verification.sign_in_by_code(current_actor(), body.email, body.verification_code, client)
    if outcome is Refusal.WRONG:
        return problem(400, "wrong_code", _("This code does not work. Check it, or ask for a new email."))
    return sign_in_response(outcome)


@accounts_api.get("/auth/verify")
@endpoint(ANYONE, query=LinkQuery, answers={200: None})
def verify_link(query: LinkQuery) -> Response:
    """Return the HTML page with the button that confirms one's email; earlier emails link to this URL.

    The status is 400 for an expired or unknown link, and 200 also if the email is confirmed already.
    """
    return verification_page(query.token, verification.inspect_link(query.token))


@accounts_api.post("/auth/resend-verification")
@endpoint(ANYONE, body=AddressIn, answers={200: Message, 429: Problem})
def resend(body: AddressIn) -> Message:
    """Email a new confirmation link to an account that waits for one; every email gets the same response.

    429 within 60 seconds of the previous request or after too many.
    """
    hide_duration()
    verification.resend(current_actor(), body.email)
    return Message(message="If this address is unconfirmed, we have sent a new link.")

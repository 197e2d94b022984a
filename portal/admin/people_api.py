"""The office's JSON about people; the first of it is what the old admin portal speaks."""

from __future__ import annotations

import uuid

from flask import Blueprint
from flask_babel import gettext as _

from portal.accounts import queries as accounts
from portal.accounts.authentication import second_factor, sessions
from portal.accounts.status import decisions
from portal.admin import people, services
from portal.admin.people import OfficePerson
from portal.admin.person import nobody, sign_ins_of
from portal.admin.schemas import (
    Address,
    AddressMessage,
    Ban,
    SessionsEnded,
    User,
    UserQuery,
    UserSession,
    Verification,
    VerificationMessage,
    WarningText,
)
from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message, Problem
from portal.core.access import current_actor, holds
from portal.permissions.catalogue import Permission

blueprint = Blueprint("admin_people_api", __name__)

READS = holds(Permission.PEOPLE_READ_ALL)
VERIFIES = holds(Permission.PEOPLE_VERIFY)
BANS = holds(Permission.PEOPLE_BAN)
APPOINTS = holds(Permission.GROUPS_CHANGE)
SECURES = holds(Permission.ACCOUNTS_SECURE)


@blueprint.get("/admin/users")
@endpoint(READS, query=UserQuery, answers={200: Envelope[User]})
def list_users(query: UserQuery) -> Envelope[User]:
    """Everybody who has an account, the newest first; ``search`` looks at names and addresses."""
    found = people.users(current_actor(), **query.model_dump())
    return Envelope[User].of(found.map(as_user))


@blueprint.get("/admin/banned")
@endpoint(READS, answers={200: list[User]})
def list_banned() -> list[User]:
    """Everybody who is banned."""
    return [as_user(person) for person in people.banned_people(current_actor())]


@blueprint.post("/admin/verify")
@endpoint(VERIFIES, body=Verification, answers={200: VerificationMessage})
def verify(body: Verification) -> VerificationMessage:
    """Accept a person, or give somebody another role."""
    account = decisions.verify(current_actor(), account_of(body.email), body.role)
    return VerificationMessage(message=_("User verified successfully"), email=account.email, role=account.role)


@blueprint.post("/admin/unverify")
@endpoint(VERIFIES, body=Address, answers={200: AddressMessage})
def unverify(body: Address) -> AddressMessage:
    """Take the verification back and end the person's sign-ins."""
    account = decisions.unverify(current_actor(), account_of(body.email))
    return AddressMessage(message=_("User unverified successfully"), email=account.email)


@blueprint.post("/admin/ban/<uuid:account_id>")
@endpoint(BANS, body=Ban, answers={200: Message, 404: Problem})
def ban(account_id: uuid.UUID, body: Ban) -> Message:
    """Shut a person out, for good or until a moment; it counts on their very next request. The body may be empty."""
    decisions.ban(current_actor(), account_id, reason=body.reason, until=body.until)
    return Message(message=_("User banned successfully"))


@blueprint.post("/admin/unban/<uuid:account_id>")
@endpoint(BANS, answers={200: Message, 404: Problem})
def unban(account_id: uuid.UUID) -> Message:
    """Let a person in again."""
    decisions.unban(current_actor(), account_id)
    return Message(message=_("User unbanned successfully"))


@blueprint.post("/admin/users/<uuid:account_id>/warn")
@endpoint(BANS, body=WarningText, answers={200: Message, 404: Problem})
def warn(account_id: uuid.UUID, body: WarningText) -> Message:
    """Ask a person to mind something: by mail, and on the portal until they say that they have read it."""
    decisions.warn(current_actor(), account_id, body.text)
    return Message(message=_("Warning sent by email. It stays on the portal until it is read."))


@blueprint.put("/admin/users/<uuid:account_id>/groups/<string:group>")
@endpoint(APPOINTS, answers={200: Message, 404: Problem})
def appoint(account_id: uuid.UUID, group: str) -> Message:
    """Give a person the rights of ``moderators`` or ``administrators``; a second time changes nothing."""
    services.appoint(current_actor(), account_id, group)
    return Message(message=_("The rights are given."))


@blueprint.delete("/admin/users/<uuid:account_id>/groups/<string:group>")
@endpoint(APPOINTS, answers={200: Message, 404: Problem})
def dismiss(account_id: uuid.UUID, group: str) -> Message:
    """Take these rights back; a second time changes nothing. The last administrator keeps theirs (400)."""
    services.dismiss(current_actor(), account_id, group)
    return Message(message=_("The rights are taken back."))


@blueprint.get("/admin/users/<uuid:account_id>/sessions")
@endpoint(SECURES, answers={200: list[UserSession], 404: Problem})
def list_sessions(account_id: uuid.UUID) -> list[UserSession]:
    """Where a person is signed in, the last used first."""
    return [UserSession.model_validate(sign_in) for sign_in in sign_ins_of(account_id)]


@blueprint.delete("/admin/users/<uuid:account_id>/sessions/<uuid:session_id>")
@endpoint(SECURES, answers={200: Message, 404: Problem})
def end_session(account_id: uuid.UUID, session_id: uuid.UUID) -> Message:
    """End one of a person's sign-ins; a second time changes nothing."""
    sessions.end_one(current_actor(), account_id, session_id)
    return Message(message=_("That device is signed out."))


@blueprint.delete("/admin/users/<uuid:account_id>/sessions")
@endpoint(SECURES, answers={200: SessionsEnded, 404: Problem})
def end_sessions(account_id: uuid.UUID) -> SessionsEnded:
    """End every sign-in of a person."""
    ended = sessions.end_every_one(current_actor(), account_id)
    return SessionsEnded(message=_("They are signed out everywhere."), ended=ended)


@blueprint.delete("/admin/users/<uuid:account_id>/second-factor")
@endpoint(SECURES, answers={200: Message, 404: Problem})
def remove_second_factor(account_id: uuid.UUID) -> Message:
    """Help somebody who has lost their second step; every sign-in of theirs ends, and they are told."""
    second_factor.remove(current_actor(), account_id)
    return Message(message=_("Two-step verification is off, and they are signed out everywhere. We have emailed them."))


def account_of(email: str) -> uuid.UUID:
    account = accounts.find_by_email(email)
    if account is None:
        raise nobody()
    return account.id


def as_user(person: OfficePerson) -> User:
    return User(
        id=str(person.id),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        graduation_year=None if person.graduation_year is None else str(person.graduation_year),
        role=person.role,
        location=person.city.location if person.city else None,
        biography=person.biography,
        show_location=person.show_location,
        telegram_alias=person.telegram_alias,
        is_verified=person.is_verified,
        is_banned=person.is_banned,
    )

"""The JSON endpoints about people; the legacy admin front end uses the first of them."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from portal.accounts import queries as accounts
from portal.accounts.authentication import second_factor, sessions
from portal.accounts.status import decisions
from portal.admin.blueprints import admin_people_api
from portal.admin.people import queries, services
from portal.admin.people.person import sessions_of, user_not_found
from portal.admin.people.queries import OfficePerson
from portal.admin.people.schemas import (
    Address,
    AddressMessage,
    Ban,
    SessionsEnded,
    User,
    UserQuery,
    Verification,
    VerificationMessage,
    WarningText,
)
from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message, Problem
from portal.api.shapes.session import UserSession
from portal.core.access import current_actor, holds
from portal.permissions.catalogue import Permission

READS = holds(Permission.PEOPLE_READ_ALL)
VERIFIES = holds(Permission.PEOPLE_VERIFY)
BANS = holds(Permission.PEOPLE_BAN)
APPOINTS = holds(Permission.GROUPS_CHANGE)
SECURES = holds(Permission.ACCOUNTS_SECURE)


@admin_people_api.get("/admin/users")
@endpoint(READS, query=UserQuery, answers={200: Envelope[User]})
def list_users(query: UserQuery) -> Envelope[User]:
    """List all accounts, the newest first; `search` matches names and emails.

    With `banned` or `verified`, list only the accounts of which that is true, or false.
    """
    page = queries.page_of_users(current_actor(), **query.model_dump())
    return Envelope[User].of(page.map(to_user))


@admin_people_api.get("/admin/banned")
@endpoint(READS, answers={200: list[User]})
def list_banned() -> list[User]:
    """List everybody who is banned now, the newest account first."""
    return [to_user(person) for person in queries.banned_people(current_actor())]


@admin_people_api.post("/admin/verify")
@endpoint(VERIFIES, body=Verification, answers={200: VerificationMessage})
def verify(body: Verification) -> VerificationMessage:
    """Verify a person, change their role, or both, and email them.

    Status 404 for an unknown email, 400 for a verified person without a `role` to change to and for a role for staff.
    """
    account = decisions.verify(current_actor(), account_id_of(body.email), body.role)
    return VerificationMessage(message=_("User verified successfully"), email=account.email, role=account.role)


@admin_people_api.post("/admin/unverify")
@endpoint(VERIFIES, body=Address, answers={200: AddressMessage})
def unverify(body: Address) -> AddressMessage:
    """Withdraw a person's verification, end their sessions, and email them.

    Status 404 for an unknown email, 400 if the person is not verified or is the last administrator.
    """
    account = decisions.unverify(current_actor(), account_id_of(body.email))
    return AddressMessage(message=_("User unverified successfully"), email=account.email)


@admin_people_api.post("/admin/ban/<uuid:account_id>")
@endpoint(BANS, body=Ban, answers={200: Message, 404: Problem})
def ban(account_id: uuid.UUID, body: Ban) -> Message:
    """Ban a person, for good or until a moment. It counts on their very next request. The body may be empty.

    The person is emailed the reason, and their sessions end. Status 400 if the person is banned already, is the caller
    or is the last administrator; 422 if `until` is in the past or more than twenty years ahead.
    """
    decisions.ban(current_actor(), account_id, reason=body.reason, until=body.until)
    return Message(message=_("User banned successfully"))


@admin_people_api.post("/admin/unban/<uuid:account_id>")
@endpoint(BANS, answers={200: Message, 404: Problem})
def unban(account_id: uuid.UUID) -> Message:
    """Lift a person's ban and email them. Status 400 if the person is not banned or is the caller."""
    decisions.unban(current_actor(), account_id)
    return Message(message=_("User unbanned successfully"))


@admin_people_api.post("/admin/users/<uuid:account_id>/warn")
@endpoint(BANS, body=WarningText, answers={200: Message, 404: Problem})
def warn(account_id: uuid.UUID, body: WarningText) -> Message:
    """Warn a person, by email and on the portal until they mark the warning as read. Status 422 for an empty text."""
    decisions.warn(current_actor(), account_id, body.text)
    return Message(message=_("Warning sent by email. It stays on the portal until it is read."))


@admin_people_api.put("/admin/users/<uuid:account_id>/groups/<string:group>")
@endpoint(APPOINTS, answers={200: Message, 404: Problem})
def appoint(account_id: uuid.UUID, group: str) -> Message:
    """Add a person to the group `moderators` or `administrators`, and email them; a second time changes nothing.

    Status 404 for any other group.
    """
    services.appoint(current_actor(), account_id, group)
    return Message(message=_("The rights are given."))


@admin_people_api.delete("/admin/users/<uuid:account_id>/groups/<string:group>")
@endpoint(APPOINTS, answers={200: Message, 404: Problem})
def dismiss(account_id: uuid.UUID, group: str) -> Message:
    """Remove a person from the group `moderators` or `administrators`; a second time changes nothing.

    The person is emailed. Status 400 for the last administrator, 404 for any other group.
    """
    services.dismiss(current_actor(), account_id, group)
    return Message(message=_("The rights are taken back."))


@admin_people_api.get("/admin/users/<uuid:account_id>/sessions")
@endpoint(SECURES, answers={200: list[UserSession], 404: Problem})
def list_sessions(account_id: uuid.UUID) -> list[UserSession]:
    """List a person's open sessions, the most recently used first."""
    return [UserSession.of(session) for session in sessions_of(account_id)]


@admin_people_api.delete("/admin/users/<uuid:account_id>/sessions/<uuid:session_id>")
@endpoint(SECURES, answers={200: Message, 404: Problem})
def end_session(account_id: uuid.UUID, session_id: uuid.UUID) -> Message:
    """End one of a person's sessions; a second time changes nothing. Status 404 if it is no session of theirs."""
    sessions.end_one(current_actor(), account_id, session_id)
    return Message(message=_("That device is signed out."))


@admin_people_api.delete("/admin/users/<uuid:account_id>/sessions")
@endpoint(SECURES, answers={200: SessionsEnded, 404: Problem})
def end_sessions(account_id: uuid.UUID) -> SessionsEnded:
    """End every session of a person, and return how many there were."""
    ended = sessions.sign_out_account(current_actor(), account_id)
    return SessionsEnded(message=_("They are signed out everywhere."), ended=ended)


@admin_people_api.delete("/admin/users/<uuid:account_id>/second-factor")
@endpoint(SECURES, answers={200: Message, 404: Problem})
def remove_second_factor(account_id: uuid.UUID) -> Message:
    """Remove the second factor of a person who has lost it; their sessions end, and they are notified.

    Status 400 if the account has no second factor.
    """
    second_factor.remove(current_actor(), account_id)
    return Message(message=_("Two-step verification is off, and they are signed out everywhere. We have emailed them."))


def account_id_of(email: str) -> uuid.UUID:
    """Return the id of the account with this email; raise ``NotFound`` if there is none."""
    account = accounts.find_by_email(email)
    if account is None:
        raise user_not_found()
    return account.id


def to_user(person: OfficePerson) -> User:
    """Return the JSON shape of a person for the lists of accounts."""
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

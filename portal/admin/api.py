"""The office for the old admin portal."""

from __future__ import annotations

import uuid

from flask import Blueprint, request
from flask_babel import gettext as _

from portal.accounts import queries as accounts
from portal.accounts.services import standing
from portal.admin import allow_list, queries
from portal.admin.queries import OfficePerson
from portal.admin.schemas import (
    Address,
    AddressMessage,
    EventQuery,
    EventSettings,
    OfficeEvent,
    Uploaded,
    User,
    UserQuery,
    Verification,
    VerificationMessage,
)
from portal.admin.spreadsheets import uploaded_file
from portal.api.endpoint import endpoint
from portal.api.schemas import Envelope, Message
from portal.core.access import current_actor, holds
from portal.core.errors import NotFound
from portal.events import services as events
from portal.events import wire
from portal.events.records import WireEvent
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.settings import services as settings
from portal.settings.registry import AUTO_APPROVE

blueprint = Blueprint("admin_api", __name__)


@blueprint.get("/admin/users")
@endpoint(holds(Permission.PEOPLE_READ_ALL), query=UserQuery, answers={200: Envelope[User]})
def list_users(query: UserQuery) -> Envelope[User]:
    """Everybody who has an account, the newest first; ``search`` looks at names and addresses."""
    found = queries.users(current_actor(), **query.model_dump())
    return Envelope[User].of(found.map(as_user))


@blueprint.get("/admin/banned")
@endpoint(holds(Permission.PEOPLE_READ_ALL), answers={200: list[User]})
def list_banned() -> list[User]:
    """Everybody who is banned."""
    return [as_user(person) for person in queries.banned_people(current_actor())]


@blueprint.post("/admin/verify")
@endpoint(holds(Permission.PEOPLE_VERIFY), body=Verification, answers={200: VerificationMessage})
def verify(body: Verification) -> VerificationMessage:
    """Accept a person, or give somebody another role."""
    account = standing.verify(current_actor(), account_of(body.email), body.role)
    return VerificationMessage(message=_("User verified successfully"), email=account.email, role=account.role)


@blueprint.post("/admin/unverify")
@endpoint(holds(Permission.PEOPLE_VERIFY), body=Address, answers={200: AddressMessage})
def unverify(body: Address) -> AddressMessage:
    """Take the verification back and end the person's sign-ins."""
    account = standing.unverify(current_actor(), account_of(body.email))
    return AddressMessage(message=_("User unverified successfully"), email=account.email)


@blueprint.post("/admin/ban/<uuid:account_id>")
@endpoint(holds(Permission.PEOPLE_BAN), answers={200: Message})
def ban(account_id: uuid.UUID) -> Message:
    """Shut a person out; it counts on their very next request."""
    standing.ban(current_actor(), account_id)
    return Message(message=_("User banned successfully"))


@blueprint.post("/admin/unban/<uuid:account_id>")
@endpoint(holds(Permission.PEOPLE_BAN), answers={200: Message})
def unban(account_id: uuid.UUID) -> Message:
    """Let a person in again."""
    standing.unban(current_actor(), account_id)
    return Message(message=_("User unbanned successfully"))


@blueprint.get("/admin/events")
@endpoint(holds(Permission.EVENTS_MODERATE), query=EventQuery, answers={200: Envelope[OfficeEvent]})
def list_events(query: EventQuery) -> Envelope[OfficeEvent]:
    """Events in every state, the furthest in the future first."""
    found = wire.for_office(current_actor(), search=query.search, cursor=query.cursor, limit=query.limit)
    return Envelope[OfficeEvent].of(found.map(as_event))


@blueprint.post("/admin/events/approve/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def approve(event_id: uuid.UUID) -> Message:
    """Open an event to all members."""
    events.approve(current_actor(), event_id)
    return Message(message=_("The event is approved."))


@blueprint.post("/admin/events/decline/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def decline(event_id: uuid.UUID) -> Message:
    """Close an event to everybody but its organiser."""
    events.decline(current_actor(), event_id)
    return Message(message=_("The event is declined."))


@blueprint.post("/admin/events/unapprove/<uuid:event_id>")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: Message})
def unapprove(event_id: uuid.UUID) -> Message:
    """Put an event back into the queue."""
    events.unapprove(current_actor(), event_id)
    return Message(message=_("The event waits for a decision again."))


@blueprint.get("/admin/settings/events")
@endpoint(holds(Permission.EVENTS_MODERATE), answers={200: EventSettings})
def event_settings() -> EventSettings:
    """Whether new events are open at once."""
    return EventSettings(auto_approve=registry.fresh()[AUTO_APPROVE])


@blueprint.post("/admin/settings/events/toggle-auto-approve")
@endpoint(holds(Permission.SETTINGS_CHANGE), answers={200: EventSettings})
def toggle_auto_approve() -> EventSettings:
    """Turn the switch over, and say how it stands now."""
    return EventSettings(auto_approve=settings.turn_over(current_actor(), AUTO_APPROVE))


@blueprint.post("/admin/upload-allowed-emails")
@endpoint(holds(Permission.ALLOW_LIST_IMPORT), answers={200: Uploaded}, upload=True)
def upload_allowed_emails() -> Uploaded:
    """Put the addresses of an .xlsx or .csv file (part ``file``) on the allow list."""
    imported = allow_list.import_file(current_actor(), *uploaded_file(request.files.get("file")))
    return Uploaded(success=True, message=imported.sentence)


def account_of(email: str) -> uuid.UUID:
    account = accounts.find_by_email(email)
    if account is None:
        raise NotFound("account_not_found", _("User not found"))
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


def as_event(event: WireEvent) -> OfficeEvent:
    return OfficeEvent(**event.emitted())

"""Notifications about events: their occasions, their recipients, and the payloads of their messages."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Uuid, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from portal.accounts import queries as accounts
from portal.cities import queries as cities
from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.clock import now
from portal.events import messages
from portal.events.extension_points import REVIEW_PATH
from portal.events.models import Event, Participation
from portal.events.queries import with_zones
from portal.notifications.services import notify_many, notify_office
from portal.outbox.kinds import MessageKind
from portal.permissions.catalogue import Permission

DECISIONS = {
    Approval.APPROVED: messages.APPROVED,
    Approval.DECLINED: messages.DECLINED,
    Approval.PENDING: messages.RETURNED,
}

EVENTS_PATH = "/events"


def notify_office_of_review(event: Event) -> None:
    """Notify everybody who may approve events that this event waits for review.

    Each time it enters review is a new notification.
    """
    owner = accounts.find(event.owner_id)
    notify_office(
        Permission.EVENTS_MODERATE,
        messages.TO_REVIEW,
        key=_key(messages.TO_REVIEW, event),
        payload={**_payload(event), "owner": owner.name if owner else ""},
        target_url=REVIEW_PATH.implementation(),
    )


def notify_of_decision(event: Event, before: Approval, actor: Actor) -> None:
    """Notify the organiser of the office's decision, which is already stored in the event.

    Of an event that is neither over nor cancelled, participants and people on the waiting list are notified too: if it
    is now approved, that it has changed, and if it was approved ``before`` and is now declined, that it will not take
    place. The actor is not among them.
    """
    approval = Approval(event.approval)
    kind = DECISIONS[approval]
    _notify_people(event, kind, _people([event.owner_id]), note=event.decision_note or "")
    if event.is_over(now()) or event.cancelled_at is not None:
        return
    if approval is Approval.APPROVED:
        _notify_participants(event, messages.CHANGED, but={actor.account_id, event.owner_id})
    elif before is Approval.APPROVED and approval is Approval.DECLINED:
        _notify_participants(event, messages.CANCELLED, but={actor.account_id, event.owner_id}, path=EVENTS_PATH)


def notify_of_change(event: Event, actor: Actor) -> None:
    """Notify participants, people on the waiting list and the organiser that the event has changed.

    The actor, who changed it, is not notified.
    """
    _notify_participants(event, messages.CHANGED, but={actor.account_id})


def notify_of_cancellation(event: Event, actor: Actor, *, is_deleted: bool = False) -> None:
    """Notify participants, people on the waiting list and the organiser that the event will not take place.

    The actor is not notified, and nobody is if the event is not approved. With ``is_deleted`` the notices lead to the
    list of events, else to the page of the event.
    """
    if event.approval == Approval.APPROVED:
        path = EVENTS_PATH if is_deleted else None
        _notify_participants(event, messages.CANCELLED, but={actor.account_id}, path=path)


def notify_of_free_places(event: Event, account_ids: Sequence[uuid.UUID]) -> None:
    """Notify the people with these account ids, who were on the waiting list of the event, that they have a place."""
    _notify_people(event, messages.PLACE_FREE, _people(account_ids))


def notify_of_removal(event: Event, account_id: uuid.UUID) -> None:
    """Notify the person with this account id that the organiser or the office has removed them from the event."""
    _notify_people(event, messages.REMOVED, _people([account_id]))


def _notify_participants(
    event: Event, kind: MessageKind, *, but: set[uuid.UUID | None], path: str | None = None
) -> None:
    """Notify participants, people on the waiting list and the organiser of an event, except the accounts in ``but``.

    ``path`` is the path to which the notices lead, by default the page of the event.
    """
    attending = select(Participation.account_id).where(Participation.event_id == event.id)
    (concerned,) = attending.union(select(literal(event.owner_id))).subquery("concerned").columns
    _notify_people(event, kind, select(concerned).where(concerned.not_in(but - {None})), path)


def _people(account_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    return select(func.unnest(literal(list(account_ids), ARRAY(Uuid))))


def _notify_people(
    event: Event, kind: MessageKind, people: Select[uuid.UUID], path: str | None = None, **values: str
) -> None:
    """Notify each of the people whose account ids are selected, with the time of the event by their own clock too.

    ``path`` is the path to which the notices lead, by default the page of the event; ``values`` go into the payload.
    """
    shared = _payload(event) | values
    account_id, zone = with_zones(people).subquery("recipients").columns
    own_zone = func.coalesce(func.to_jsonb(zone), literal(None, JSONB))
    payload = func.jsonb_set(literal(shared, JSONB), ["when", "viewer_zone"], own_zone)
    target_url = _path(event) if path is None else path
    notify_many(select(account_id, payload), kind, key=_key(kind, event), target_url=target_url)


def _key(kind: MessageKind, event: Event) -> str:
    """Return a key that is unique to the kind, the event and this moment, because each change is notified by itself."""
    return f"{kind.name}:{event.id}:{now().isoformat()}"


def _payload(event: Event) -> dict[str, Any]:
    """Return the payload that every message about the event has, for a recipient whose time zone is unknown."""
    city = cities.find(event.city_id) if event.city_id is not None else None
    starts = event.starts_local.isoformat()
    when = {
        "starts": starts,
        "ends": event.ends_local.isoformat() if event.ends_local else None,
        "starts_at": event.starts_at.isoformat(),
        "time_zone": event.time_zone,
        "city": {"name": city.name, "name_ru": city.name_ru} if city else None,
        "viewer_zone": None,
    }
    return {"title": event.title, "starts": starts, "place": event.place, "when": when}


def _path(event: Event) -> str:
    return f"{EVENTS_PATH}/{event.id}"

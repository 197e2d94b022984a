"""The events that an actor may see, one of them, and the errors for the others."""

from __future__ import annotations

import uuid
from functools import lru_cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, false, or_, select

from portal.core.actor import Actor
from portal.core.approval import Approval
from portal.core.db.lists import SHAPES_MAX, caller_values, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.errors import Forbidden, NotFound
from portal.events import policies
from portal.events.models import Event
from portal.extensions import db


def visible_to(actor: Actor) -> Select[Event]:
    """Return a statement for the events that the actor may see.

    Members see approved events and their own in every state, the office all events, visitors none. Neither do people
    who wait for the office: they get ``outlines``.
    """
    statement = select(Event)
    if policies.is_office(actor):
        return statement
    if actor.account_id is None or actor.is_waiting:
        return statement.where(false())
    return statement.where(or_(Event.approval == Approval.APPROVED, Event.owner_id == actor.account_id))


def find(actor: Actor, event_id: uuid.UUID, *, lock: bool = False) -> Event:
    """Return the row of an event; raise ``NotFound`` if it does not exist or the actor may not see it.

    With ``lock`` the row is read anew and locked until the transaction ends, so that other transactions that take this
    lock can change neither the event nor its participants meanwhile.
    """
    statement = visible_to(actor).where(Event.id == event_id)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    event = db.session.scalar(statement)
    if event is None:
        raise no_such_event()
    return event


def may_see_cover(actor: Actor, picture_id: uuid.UUID) -> bool:
    """Return whether the picture with this id is the cover of an event that the actor may see.

    For people who wait for the office, it is one whose outline they may see.
    """
    return bool(_events_with_cover(kind_of(actor)).rows(**caller_values(actor), picture=picture_id))


@lru_cache(SHAPES_MAX)
def _events_with_cover(actor: Actor) -> RawQuery:
    """Return the query of an event with the cover ``picture``, whose cover callers of the kind ``actor`` may see."""
    visible = select(Event).where(Event.approval == Approval.APPROVED) if actor.is_waiting else visible_to(actor)
    return RawQuery(visible.where(Event.cover_id == bindparam("picture")).with_only_columns(Event.id).limit(1))


def not_yours() -> Forbidden:
    """Return the error for an actor who changes an event without being its organiser or the office."""
    return Forbidden("not_yours", _("Only the organiser or the alumni office can change this event."))


def no_such_event() -> NotFound:
    """Return the error for an event that does not exist or that the actor may not see.

    It is one error for both, so that it does not reveal whether the event exists.
    """
    return NotFound("no_such_event", _("This event does not exist, or you cannot see it."))

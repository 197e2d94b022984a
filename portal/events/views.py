"""Pages of events."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from portal.cities.models import City
from portal.cities.picker import CityChoices, picker_of
from portal.core.access import MEMBER, PICTURE_CAP, access, current_actor, holds
from portal.events import queries, services
from portal.events.filters import EventFilter, Tab
from portal.events.forms import EventForm, NoteForm
from portal.events.labels import event_span, time_zone_label, written_moment
from portal.events.models import Attendance
from portal.events.settings import AUTO_APPROVE
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.web.http.responses import render, see_other, wants_fragment
from portal.web.list_filters import Chip, chips_of
from portal.web.templating.filters import city_name

blueprint = Blueprint("events", __name__)
for template_filter in (event_span, time_zone_label, written_moment):
    blueprint.add_app_template_filter(template_filter)

JOIN_FRAGMENTS = {"row": "events/_join.html"}
"""The fragment after joining by variant of the control; the page of an event has one of its own."""
OFFICE = holds(Permission.EVENTS_MODERATE)


@blueprint.get("/events")
@access(MEMBER)
def index() -> Response:
    """List the events of a tab, narrowed by the query arguments."""
    return list_page(EventFilter.from_query_args(request.args))


@blueprint.get("/events/mine")
@access(MEMBER)
def mine() -> Response:
    """List the events that the viewer organises, in every state."""
    return list_page(EventFilter(tab=Tab.MINE))


@blueprint.get("/events/<uuid:event_id>")
@access(MEMBER)
def show(event_id: uuid.UUID) -> Response:
    """Show one event."""
    event = queries.details(current_actor(), event_id)
    return render("events/show.html", event=event, note_form=NoteForm(), left=False)


@blueprint.get("/events/<uuid:event_id>/people")
@access(MEMBER)
def people(event_id: uuid.UUID) -> Response:
    """List everybody who goes, and for the organiser and the office also the waiting list."""
    actor = current_actor()
    event = queries.details(actor, event_id)
    going = queries.participants(actor, event_id, until=request.args.get("until"))
    waiting = queries.waiting_list(actor, event_id) if event.may_edit else []
    return render("events/people.html", fragment="events/_people.html", event=event, going=going, waiting=waiting)


@blueprint.route("/events/new", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def new() -> Response:
    """Create an event."""
    actor = current_actor()
    form = EventForm.for_new_event(queries.home_zone(actor), request.args.get("city", type=int))
    picker = picker_of(form)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            event = services.create(actor, form.to_input(), event_id=form.event_id)
            flash(created_message(event.approval))
            return see_other("events.show", event_id=event.id)
    return render("events/new.html", **form_context(form, picker))


@blueprint.route("/events/<uuid:event_id>/edit", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def edit(event_id: uuid.UUID) -> Response:
    """Change an event."""
    event = queries.editable(current_actor(), event_id)
    form = EventForm.from_event(event)
    picker = picker_of(form)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            services.edit(current_actor(), event_id, form.apply_to)
            flash(_("Changes saved."))
            return see_other("events.show", event_id=event_id)
    return render("events/edit.html", event=event, **form_context(form, picker))


@blueprint.post("/events/<uuid:event_id>/join")
@access(MEMBER)
def join(event_id: uuid.UUID) -> Response:
    """Join an event or its waiting list."""
    joined = services.join(current_actor(), event_id)
    is_waiting = joined.state is Attendance.WAITING
    return attendance_response(event_id, _("You are on the waiting list.") if is_waiting else _("You are going."))


@blueprint.post("/events/<uuid:event_id>/leave")
@access(MEMBER)
def leave(event_id: uuid.UUID) -> Response:
    """Leave an event or its waiting list."""
    left = services.leave(current_actor(), event_id)
    return attendance_response(event_id, _("You are no longer going."), left=left)


@blueprint.post("/events/<uuid:event_id>/people/<uuid:account_id>/remove")
@access(MEMBER)
def remove(event_id: uuid.UUID, account_id: uuid.UUID) -> Response:
    """Remove a person from an event."""
    services.remove(current_actor(), event_id, account_id)
    flash(_("Removed from the list. We will notify them."))
    return see_other("events.people", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/cancel")
@access(MEMBER)
def cancel(event_id: uuid.UUID) -> Response:
    """Cancel an event."""
    services.cancel(current_actor(), event_id)
    flash(_("Event cancelled. We will notify everyone who was going."))
    return see_other("events.show", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/delete")
@access(MEMBER)
def delete(event_id: uuid.UUID) -> Response:
    """Delete an event for good."""
    services.delete(current_actor(), event_id)
    flash(_("Event deleted."))
    return see_other("events.mine")


@blueprint.post("/events/<uuid:event_id>/approve")
@access(OFFICE)
def approve(event_id: uuid.UUID) -> Response:
    """Publish an event."""
    services.approve(current_actor(), event_id)
    flash(_("Event approved. We will notify the organiser."))
    return see_other("events.show", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/decline")
@access(OFFICE)
def decline(event_id: uuid.UUID) -> Response:
    """Decline an event, with an optional reason for its organiser."""
    services.decline(current_actor(), event_id, NoteForm().note.data)
    flash(_("Event declined. We will notify the organiser."))
    return see_other("events.show", event_id=event_id)


def list_page(filters: EventFilter) -> Response:
    """Render a list; the query argument ``until`` unfolds it to one page beyond that cursor."""
    actor = current_actor()
    events = queries.page_until(actor, filters, until=request.args.get("until"))
    cities = queries.cities_of(actor, filters.tab)
    return render(
        "events/index.html",
        fragment="events/_listing.html",
        events=events,
        filters=filters,
        more=list_url(filters, until=events.next_cursor) if events.next_cursor else None,
        total=queries.count(actor, filters),
        cities=cities,
        chips=chips(filters, cities),
    )


def list_url(filters: EventFilter, **changes: Any) -> str:
    """Return the URL of a list, with changed query arguments."""
    endpoint = "events.mine" if filters.tab is Tab.MINE else "events.index"
    return url_for(endpoint, **filters.to_query_args(**changes))


def chips(filters: EventFilter, cities: list[City]) -> list[Chip]:
    """Return the criteria in use as chips."""
    labels: dict[str | tuple[str, ...], str | None] = {
        "q": filters.search,
        "city": next((city_name(city) for city in cities if city.id == filters.city_id), None),
        "where": {True: _("Online"), False: _("In person"), None: None}[filters.online],
    }
    return chips_of(filters, labels, list_url)


def attendance_response(event_id: uuid.UUID, message: str, *, left: bool = False) -> Response:
    """Return the control that was pressed in its new state, or without scripts a redirect to the event's page.

    The query argument ``look`` says which variant of the control it was.
    """
    if not wants_fragment():
        flash(message)
        return see_other("events.show", event_id=event_id)
    event = queries.details(current_actor(), event_id)
    variant = request.args.get("look", "")
    fragment = JOIN_FRAGMENTS.get(variant, "events/_attendance.html")
    return render("events/show.html", fragment=fragment, event=event, left=left, announce=message)


def form_context(form: EventForm, picker: CityChoices) -> dict[str, Any]:
    """Return the template context that both pages with the form need."""
    is_reviewed = not registry.get(AUTO_APPROVE)
    return {"form": form, "picker": picker, "is_reviewed": is_reviewed, "status": form.status}


def created_message(approval: str) -> str:
    """Return the message for the organiser after creating an event."""
    if approval == "approved":
        return _("Your event is published: all members can see it.")
    return _("The alumni office is reviewing your event. We will notify you of the decision.")

"""The pages of events."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from portal.cities.picker import CityChoices, picker_of
from portal.core.access import MEMBER, PICTURE_CAP, SIGNED_IN, access, current_actor, holds
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.events import outlines, queries, services
from portal.events.filters import EventFilter, Tab
from portal.events.forms import EventForm, NoteForm
from portal.events.labels import by_month, event_span, time_zone_label, written_for_viewer, written_moment, written_when
from portal.events.models import Attendance
from portal.events.services import JoinResult, LeaveResult, Reviewed
from portal.events.settings import AUTO_APPROVE
from portal.permissions.catalogue import Permission
from portal.profiles.visibility import CityLabel
from portal.settings import registry
from portal.undo.offers import flash_refusals, offer_undo_of_act
from portal.web.http.responses import go_to, is_htmx, read_anew, render, see_other
from portal.web.list_filters import Chip, chips_of
from portal.web.templating.filters import city_name
from portal.web.undo import offer_undo, page_before_undo

blueprint = Blueprint("events", __name__)
for template_filter in (by_month, event_span, time_zone_label, written_for_viewer, written_moment, written_when):
    blueprint.add_app_template_filter(template_filter)

JUST_NOW = timedelta(minutes=1)
"""How long ago somebody may have joined so that a repeated click still offers to undo it."""
OFFICE = holds(Permission.EVENTS_MODERATE)


@blueprint.get("/events")
@access(SIGNED_IN)
def index() -> Response:
    """Show the events of the tab that the query arguments choose, narrowed by their criteria.

    Whoever waits for the office sees the outlines of upcoming events.
    """
    if current_actor().is_waiting:
        return render("events/outlines.html", events=outlines.upcoming(), listed_max=outlines.LISTED_MAX)
    return list_page(EventFilter.from_query_args(request.args))


@blueprint.get("/events/mine")
@access(MEMBER)
def mine() -> Response:
    """Show the events that the viewer organises, in every state."""
    return list_page(EventFilter(tab=Tab.MINE))


@blueprint.get("/events/<uuid:event_id>")
@access(SIGNED_IN)
def show(event_id: uuid.UUID) -> Response:
    """Show the page of one event, or its outline to somebody who waits for the office."""
    if current_actor().is_waiting:
        return render("events/outline.html", event=outlines.find(event_id))
    event = queries.details(current_actor(), event_id)
    return render("events/show.html", event=event, note_form=NoteForm())


@blueprint.get("/events/<uuid:event_id>/people")
@access(MEMBER)
def people(event_id: uuid.UUID) -> Response:
    """Show the people who go to an event, and to its organiser and the office also the waiting list."""
    actor = current_actor()
    event = queries.details(actor, event_id)
    going = queries.participants(actor, event_id, until=request.args.get("until"))
    waiting = queries.waiting_list(actor, event_id) if event.may_edit else []
    return render("events/people.html", fragment="events/_people.html", event=event, going=going, waiting=waiting)


@blueprint.get("/events/<uuid:event_id>/people/print")
@access(MEMBER)
def print_people(event_id: uuid.UUID) -> Response:
    """Show the whole list of participants for paper, with the waiting list, to the organiser and the office."""
    actor = current_actor()
    event = queries.editable(actor, event_id)
    going, waiting = queries.attendance_list(actor, event_id)
    return render("events/print.html", event=event, going=going, waiting=waiting)


@blueprint.route("/events/new", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def new() -> Response:
    """Show the form for a new event; create the event if the form is sent and valid."""
    actor = current_actor()
    form = EventForm.for_new_event(queries.home_zone(actor), suggested_city(actor))
    picker = event_picker(form, actor)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            event = services.create(actor, form.to_input(), event_id=form.event_id)
            flash(created_message(event.approval))
            return see_other("events.show", event_id=event.id)
    return render("events/new.html", **form_context(form, picker))


@blueprint.route("/events/<uuid:event_id>/edit", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def edit(event_id: uuid.UUID) -> Response:
    """Show the form to change an event, to its organiser and the office; save it if it is sent and valid."""
    event = queries.editable(current_actor(), event_id)
    form = EventForm.from_event(event)
    picker = event_picker(form, current_actor())
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            services.edit(current_actor(), event_id, form.apply_to)
            flash(_("Changes saved."))
            return see_other("events.show", event_id=event_id)
    return render("events/edit.html", event=event, **form_context(form, picker))


@blueprint.post("/events/<uuid:event_id>/join")
@access(MEMBER)
def join(event_id: uuid.UUID) -> Response:
    """Add the viewer to an event, or to its waiting list if it is full, and offer to undo that."""
    with refusal_as_message():
        joined = services.join(current_actor(), event_id, claim=request.form.get("claim", ""))
        say_joined(event_id, joined)
    return read_anew(page_before_undo(url_for("events.show", event_id=event_id)))


@blueprint.post("/events/<uuid:event_id>/leave")
@access(MEMBER)
def leave(event_id: uuid.UUID) -> Response:
    """Remove the viewer from an event or its waiting list, and offer to undo that."""
    with refusal_as_message():
        left = services.leave(current_actor(), event_id)
        say_left(event_id, left)
    return read_anew(page_before_undo(url_for("events.show", event_id=event_id)))


@blueprint.post("/events/<uuid:event_id>/people/<uuid:account_id>/remove")
@access(MEMBER)
def remove(event_id: uuid.UUID, account_id: uuid.UUID) -> Response:
    """Remove a person from an event or its waiting list, for its organiser and the office, and notify the person."""
    services.remove(current_actor(), event_id, account_id)
    flash(_("Removed from the list. We will notify them."))
    return see_other("events.people", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/cancel")
@access(MEMBER)
def cancel(event_id: uuid.UUID) -> Response:
    """Cancel an event, for its organiser and the office, and notify its participants."""
    services.cancel(current_actor(), event_id)
    flash(_("Event cancelled. We will notify everyone who was going."))
    return see_other("events.show", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/delete")
@access(MEMBER)
def delete(event_id: uuid.UUID) -> Response:
    """Delete an event for good, for its organiser and the office."""
    services.delete(current_actor(), event_id)
    flash(_("Event deleted."))
    return see_other("events.mine")


@blueprint.post("/events/<uuid:event_id>/approve")
@access(OFFICE)
def approve(event_id: uuid.UUID) -> Response:
    """Approve an event, so that all members see it, and offer to undo it until its organiser is notified."""
    reviewed = services.approve_undoably(current_actor(), event_id)
    offer_undo_of_decision(reviewed, _("Event approved."))
    return see_other("events.show", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/decline")
@access(OFFICE)
def decline(event_id: uuid.UUID) -> Response:
    """Decline an event for the reason from the form, and offer to undo it until its organiser is notified."""
    form = NoteForm()
    if form.validate_on_submit():
        with form.catching():
            reviewed = services.decline_undoably(current_actor(), event_id, form.note.data or "")
            offer_undo_of_decision(reviewed, _("Event declined."))
            return see_other("events.show", event_id=event_id)
    event = queries.details(current_actor(), event_id)
    return render("events/show.html", event=event, note_form=form, status=form.status)


@blueprint.post("/events/decisions/<uuid:act_id>/undo")
@access(OFFICE)
def undo_decision(act_id: uuid.UUID) -> Response:
    """Undo the viewer's own decision about an event, and redirect to the page where the undo bar was.

    What stands against it (it is too late, or undone already) is shown there as a message.
    """
    with flash_refusals():
        services.undo_decision(current_actor(), act_id)
        flash(_("Undone. No email goes out."))
    return go_to(page_before_undo(url_for("events.index")))


def offer_undo_of_decision(reviewed: Reviewed, message: str) -> None:
    """Offer to undo a decision about an event; ``message`` says what was decided."""
    offer_undo_of_act(message, url_for("events.undo_decision", act_id=reviewed.act_id))


def list_page(filters: EventFilter) -> Response:
    """Return the page with the events that the filter admits, or to htmx the fragment of its list.

    With the query argument ``until``, a cursor, it shows the list from its start to one page beyond that cursor.
    """
    actor = current_actor()
    events = queries.page_until(actor, filters, until=request.args.get("until"))
    cities, total = queries.cities_and_count(actor, filters)
    return render(
        "events/index.html",
        fragment="events/_listing.html",
        events=events,
        filters=filters,
        more=list_url(filters, until=events.next_cursor) if events.next_cursor else None,
        total=total,
        cities=cities,
        chips=chips(filters, cities),
    )


def list_url(filters: EventFilter, **changes: Any) -> str:
    """Return the URL of the list of events with the filter's query arguments.

    ``changes`` replaces or adds query arguments; ``None`` removes one.
    """
    endpoint = "events.mine" if filters.tab is Tab.MINE else "events.index"
    return url_for(endpoint, **filters.to_query_args(**changes))


def chips(filters: EventFilter, cities: Iterable[CityLabel]) -> list[Chip]:
    """Return a removable chip for each criterion of the filter that is in use: text, city, and online or in person.

    ``cities`` holds the names of cities; one that is not among them gets no chip.
    """
    labels: dict[str | tuple[str, ...], str | None] = {
        "q": filters.search,
        "city": next((city_name(city) for city in cities if city.id == filters.city_id), None),
        "where": {True: _("Online"), False: _("In person"), None: None}[filters.online],
    }
    return chips_of(filters, labels, list_url)


@contextmanager
def refusal_as_message() -> Iterator[None]:
    """Flash the message of a ``Conflict`` or ``NotFound`` raised in the block, if htmx asks for the changed page.

    That page then shows what is true now. Without htmx the error is raised again.
    """
    try:
        yield
    except (Conflict, NotFound) as refusal:
        if not is_htmx():
            raise
        flash(refusal.message, "refusal")


def say_joined(event_id: uuid.UUID, joined: JoinResult) -> None:
    """Flash that the viewer goes to the event or waits for a place; if they joined just now, offer to undo it."""
    is_waiting = joined.state is Attendance.WAITING
    message = _("You are on the waiting list.") if is_waiting else _("You are going.")
    if not joined.is_new and now() - joined.since > JUST_NOW:
        flash(message)
        return
    offer_undo(message, url_for("events.leave", event_id=event_id))


def say_left(event_id: uuid.UUID, left: LeaveResult | None) -> None:
    """Flash that the viewer does not go to the event any more, and offer to undo it; ``None`` if they did not go."""
    if left is None:
        flash(_("You are not going."))
        return
    was_waiting = left.state is Attendance.WAITING
    offer_undo(
        _("You have left the waiting list.") if was_waiting else _("You are no longer going."),
        url_for("events.join", event_id=event_id),
        consequence=_("Your place went to the first person on the waiting list.") if left.is_passed_on else "",
        fields={"claim": services.claim(current_actor(), event_id, left.since)},
    )


def suggested_city(actor: Actor) -> int | None:
    """Return the id of the city with which a new event begins: that of the query argument, else the organiser's own."""
    if "city" in request.args:
        return request.args.get("city", type=int)
    home = queries.home_city(actor)
    return home.id if home else None


def event_picker(form: EventForm, actor: Actor) -> CityChoices:
    """Return the cities that the form offers, and let the form know the currency of the chosen one."""
    picker = picker_of(form)
    form.suppose_currency(picker, queries.home_city(actor) if form.is_online.data else None)
    return picker


def form_context(form: EventForm, picker: CityChoices) -> dict[str, Any]:
    """Return the template variables of the pages that create or change an event.

    They are the form, its city picker, whether events are reviewed by the office, and the HTTP status.
    """
    is_reviewed = not registry.get(AUTO_APPROVE)
    return {"form": form, "picker": picker, "is_reviewed": is_reviewed, "status": form.status}


def created_message(approval: str) -> str:
    """Return the message to the organiser after creating an event: it is published, or it waits for review."""
    if approval == "approved":
        return _("Your event is published: all members can see it.")
    return _("The alumni office is reviewing your event. We will notify you of the decision.")

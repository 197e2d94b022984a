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
from portal.events.filters import Filter, Tab
from portal.events.forms import EventForm, NoteForm
from portal.events.labels import event_span, whose_clock, written_moment
from portal.events.models import Attendance
from portal.events.settings import AUTO_APPROVE
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.web.http.responses import render, see_other, wants_fragment
from portal.web.templating.filters import city_name

blueprint = Blueprint("events", __name__)
for function in (event_span, whose_clock, written_moment):
    blueprint.add_app_template_filter(function)

JOIN_FRAGMENTS = {"row": "events/_join.html"}
OFFICE = holds(Permission.EVENTS_MODERATE)


@blueprint.get("/events")
@access(MEMBER)
def index() -> Response:
    """All lists but one's own: ``tab`` and the filters are in the address."""
    return listed(Filter.of(request.args))


@blueprint.get("/events/mine")
@access(MEMBER)
def mine() -> Response:
    """What the reader organises, in every state."""
    return listed(Filter(tab=Tab.MINE))


@blueprint.get("/events/<uuid:event_id>")
@access(MEMBER)
def show(event_id: uuid.UUID) -> Response:
    event = queries.details(current_actor(), event_id)
    return render("events/show.html", event=event, note_form=NoteForm(), left=False)


@blueprint.get("/events/<uuid:event_id>/people")
@access(MEMBER)
def people(event_id: uuid.UUID) -> Response:
    """Everybody who goes; the organiser also sees who waits."""
    actor = current_actor()
    event = queries.details(actor, event_id)
    going = queries.participants(actor, event_id, until=request.args.get("until"))
    waiting = queries.waiting_list(actor, event_id) if event.may_edit else []
    return render("events/people.html", fragment="events/_people.html", event=event, going=going, waiting=waiting)


@blueprint.route("/events/new", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def new() -> Response:
    actor = current_actor()
    form = EventForm.blank(queries.home_zone(actor), request.args.get("city", type=int))
    picker = picker_of(form)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            event = services.create(actor, form.draft(), event_id=form.event_id)
            flash(said_of_new(event.approval))
            return see_other("events.show", event_id=event.id)
    return render("events/new.html", **form_context(form, picker))


@blueprint.route("/events/<uuid:event_id>/edit", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def edit(event_id: uuid.UUID) -> Response:
    event = queries.editable(current_actor(), event_id)
    form = EventForm.of(event)
    picker = picker_of(form)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            services.edit(current_actor(), event_id, form.revise)
            flash(_("Changes saved."))
            return see_other("events.show", event_id=event_id)
    return render("events/edit.html", event=event, **form_context(form, picker))


@blueprint.post("/events/<uuid:event_id>/join")
@access(MEMBER)
def join(event_id: uuid.UUID) -> Response:
    joined = services.join(current_actor(), event_id)
    waits = joined.state is Attendance.WAITING
    return attendance_changed(event_id, _("You are on the waiting list.") if waits else _("You are going."))


@blueprint.post("/events/<uuid:event_id>/leave")
@access(MEMBER)
def leave(event_id: uuid.UUID) -> Response:
    left = services.leave(current_actor(), event_id)
    return attendance_changed(event_id, _("You are no longer going."), left=left)


@blueprint.post("/events/<uuid:event_id>/people/<uuid:account_id>/remove")
@access(MEMBER)
def remove(event_id: uuid.UUID, account_id: uuid.UUID) -> Response:
    services.remove(current_actor(), event_id, account_id)
    flash(_("Removed from the list. We will notify them."))
    return see_other("events.people", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/cancel")
@access(MEMBER)
def cancel(event_id: uuid.UUID) -> Response:
    services.cancel(current_actor(), event_id)
    flash(_("Event cancelled. We will notify everyone who was going."))
    return see_other("events.show", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/delete")
@access(MEMBER)
def delete(event_id: uuid.UUID) -> Response:
    services.delete(current_actor(), event_id)
    flash(_("Event deleted."))
    return see_other("events.mine")


@blueprint.post("/events/<uuid:event_id>/approve")
@access(OFFICE)
def approve(event_id: uuid.UUID) -> Response:
    services.approve(current_actor(), event_id)
    flash(_("Event approved. We will notify the organiser."))
    return see_other("events.show", event_id=event_id)


@blueprint.post("/events/<uuid:event_id>/decline")
@access(OFFICE)
def decline(event_id: uuid.UUID) -> Response:
    services.decline(current_actor(), event_id, NoteForm().note.data)
    flash(_("Event declined. We will notify the organiser."))
    return see_other("events.show", event_id=event_id)


def listed(wanted: Filter) -> Response:
    """The page of a list; ``until`` in the address unfolds it that far."""
    actor = current_actor()
    found = queries.page_until(actor, wanted, until=request.args.get("until"))
    cities = queries.cities_of(actor, wanted.tab)
    return render(
        "events/index.html",
        fragment="events/_listing.html",
        events=found,
        wanted=wanted,
        more=address_of(wanted, found.next_cursor),
        total=queries.count(actor, wanted),
        cities=cities,
        chips=chips_of(wanted, cities),
    )


def address_of(wanted: Filter, until: str | None) -> str | None:
    """Where the same list is unfolded further; ``None`` at its end."""
    endpoint = "events.mine" if wanted.tab is Tab.MINE else "events.index"
    arguments: dict[str, Any] = wanted.address(until=until)
    return url_for(endpoint, **arguments) if until else None


def attendance_changed(event_id: uuid.UUID, sentence: str, *, left: bool = False) -> Response:
    """The control that was pressed, or for browsers without scripts the event's page."""
    if not wants_fragment():
        flash(sentence)
        return see_other("events.show", event_id=event_id)
    event = queries.details(current_actor(), event_id)
    fragment = JOIN_FRAGMENTS.get(request.args.get("look", ""), "events/_attendance.html")
    return render("events/show.html", fragment=fragment, event=event, left=left, announce=sentence)


def form_context(form: EventForm, picker: CityChoices) -> dict[str, Any]:
    """What both pages with the form need."""
    is_reviewed = not registry.get(AUTO_APPROVE)
    return {"form": form, "picker": picker, "is_reviewed": is_reviewed, "status": form.status}


def chips_of(wanted: Filter, cities: list[City]) -> list[tuple[str, str]]:
    """The filters in use, each with the address without it."""
    shown = {
        "q": wanted.search,
        "city": next((city_name(city) for city in cities if city.id == wanted.city_id), None),
        "where": {True: _("Online"), False: _("In person"), None: None}[wanted.online],
    }
    return [
        (label, url_for("events.index", **wanted.address(**{name: None}))) for name, label in shown.items() if label
    ]


def said_of_new(approval: str) -> str:
    """What the organiser reads after creating an event."""
    if approval == "approved":
        return _("Your event is published: all members can see it.")
    return _("The alumni office is reviewing your event. We will notify you of the decision.")

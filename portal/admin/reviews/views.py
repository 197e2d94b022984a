"""The pages on which the alumni office decides about registrations and events."""

from __future__ import annotations

import uuid

from flask import Response, flash, request
from flask_babel import gettext as _

from portal.accounts.status import decisions
from portal.admin.blueprints import admin
from portal.admin.reviews import queries
from portal.admin.reviews.forms import DecisionForm, DeclineForm
from portal.core.access import access, current_actor, holds
from portal.core.errors import Conflict
from portal.events import queries as event_queries
from portal.events import services as events
from portal.permissions.catalogue import Permission
from portal.web.http.responses import render, see_other


@admin.get("/admin/verification")
@access(holds(Permission.PEOPLE_VERIFY))
def verification() -> Response:
    """Show the people who wait for the office, in detail the one with the id in ``?person=``, or else the first."""
    return queue_page(request.args.get("person", type=uuid.UUID), DeclineForm(formdata=None))


@admin.post("/admin/verification/<uuid:account_id>/accept")
@access(holds(Permission.PEOPLE_VERIFY))
def accept(account_id: uuid.UUID) -> Response:
    """Verify a person, email them, and redirect to the people who wait for the office.

    A conflict (they are verified already) is shown there as a message.
    """
    try:
        account = decisions.verify(current_actor(), account_id)
        flash(_("%(name)s can sign in now; we have emailed them.", name=account.name))
    except Conflict as error:
        flash(error.message, "refusal")
    return see_other("admin.verification")


@admin.post("/admin/verification/<uuid:account_id>/decline")
@access(holds(Permission.PEOPLE_BAN))
def decline(account_id: uuid.UUID) -> Response:
    """Decline a registration by banning the person, email them the reason, and redirect to the people who wait.

    The person can be accepted again from the list of banned people. A form without a reason is shown again; a conflict
    (they are banned already) is shown as a message.
    """
    form = DeclineForm()
    if not form.validate_on_submit():
        return queue_page(account_id, form)
    try:
        account = decisions.ban(current_actor(), account_id, reason=form.reason.data or "")
        flash(_("%(name)s is declined; we have emailed them the reason.", name=account.name))
    except Conflict as error:
        flash(error.message, "refusal")
    return see_other("admin.verification")


@admin.get("/admin/events", endpoint="events")
@access(holds(Permission.EVENTS_MODERATE))
def list_events() -> Response:
    """Show the events that wait for review, the longest waiting first."""
    waiting = event_queries.to_review(current_actor())
    return render("admin/events.html", events=waiting, form=DecisionForm(), declining=None)


@admin.post("/admin/events/<uuid:event_id>/approve")
@access(holds(Permission.EVENTS_MODERATE))
def approve_event(event_id: uuid.UUID) -> Response:
    """Publish an event to all members, notify its organiser, and redirect to the events that wait for review.

    A conflict (the event is approved already) is shown there as a message.
    """
    try:
        event = events.approve(current_actor(), event_id)
        flash(_("“%(title)s” is approved; all members can see it.", title=event.title))
    except Conflict as error:
        flash(error.message, "refusal")
    return see_other("admin.events")


@admin.post("/admin/events/<uuid:event_id>/decline")
@access(holds(Permission.EVENTS_MODERATE))
def decline_event(event_id: uuid.UUID) -> Response:
    """Decline an event, notify its organiser with an optional reason, and redirect to the events that wait for review.

    A form with errors is shown again, with the conflict where the event is declined already.
    """
    form = DecisionForm()
    if form.validate_on_submit():
        with form.catching():
            event = events.decline(current_actor(), event_id, form.note.data)
            flash(_("“%(title)s” is declined; we have emailed the organiser.", title=event.title))
            return see_other("admin.events")
    waiting = event_queries.to_review(current_actor())
    return render("admin/events.html", events=waiting, form=form, declining=event_id, status=form.status)


def queue_page(chosen_id: uuid.UUID | None, form: DeclineForm) -> Response:
    """Return the page of the people who wait for the office, with the chosen one in detail.

    A form with errors stays open with its input, and determines the status of the response.
    """
    queue = queries.verification_queue(current_actor(), chosen_id)
    fragment = "admin/_verification.html"
    return render("admin/verification.html", fragment=fragment, queue=queue, form=form, status=form.status)

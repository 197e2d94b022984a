"""The pages on which the alumni office decides about registrations and events."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from portal.accounts.status import registrations, reversible
from portal.admin.blueprints import admin
from portal.admin.offers import offer_undo_of_earlier_review, offer_undo_of_event, offer_undo_of_review
from portal.admin.refusals import flash_conflicts, showing_refusals
from portal.admin.reviews import queries
from portal.admin.reviews.forms import DecisionForm, ReviewForm
from portal.core.access import access, current_actor, holds
from portal.events import queries as event_queries
from portal.events import services as events
from portal.permissions.catalogue import Permission
from portal.undo.offers import flash_refusals
from portal.web.http.responses import render, see_other, wants_fragment


@admin.get("/admin/verification")
@access(holds(Permission.PEOPLE_VERIFY))
def verification() -> Response:
    """Show the people who wait for the office, in detail the one with the id in ``?person=``, or else the first."""
    return queue_page(request.args.get("person", type=uuid.UUID), ReviewForm(formdata=None))


@admin.post("/admin/verification/<uuid:account_id>/accept")
@access(holds(Permission.PEOPLE_VERIFY))
def accept(account_id: uuid.UUID) -> Response:
    """Verify a person, hold back their email for a moment, and show the next person who waits.

    A conflict (a colleague was quicker) is shown there as a message; a form with errors is shown again.
    """
    form = ReviewForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            decided = registrations.accept(current_actor(), account_id, form.note.data or "")
            offer_undo_of_review(decided, _("%(name)s can sign in now.", name=decided.account.name))
    return queue_after(account_id, form)


@admin.post("/admin/verification/<uuid:account_id>/ask")
@access(holds(Permission.PEOPLE_VERIFY))
def ask(account_id: uuid.UUID) -> Response:
    """Ask a person a question, hold back the email for a moment, and show the next person who waits.

    A conflict (a colleague was quicker) is shown there as a message; a form with errors is shown again.
    """
    form = ReviewForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            decided = registrations.ask(current_actor(), account_id, form.note.data or "")
            offer_undo_of_review(decided, _("Your question to %(name)s is saved.", name=decided.account.name))
    return queue_after(account_id, form)


@admin.post("/admin/verification/<uuid:account_id>/decline")
@access(holds(Permission.PEOPLE_BAN))
def decline(account_id: uuid.UUID) -> Response:
    """Decline a registration for the reason given, hold back the email for a moment, and show the next person.

    A conflict (a colleague was quicker) is shown there as a message; a form without a reason is shown again.
    """
    form = ReviewForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            decided = registrations.decline(current_actor(), account_id, form.note.data or "")
            offer_undo_of_review(decided, _("%(name)s is declined.", name=decided.account.name))
    return queue_after(account_id, form)


@admin.post("/admin/verification/undo/<uuid:act_id>")
@access(holds(Permission.PEOPLE_VERIFY))
def undo_review(act_id: uuid.UUID) -> Response:
    """Undo the viewer's own decision about a registration, and show the person in the queue again.

    What stands against it (it is too late, or undone already) is shown there as a message.
    """
    with flash_refusals():
        account = reversible.undo(current_actor(), act_id)
        flash(_("Undone. No email goes out."))
        offer_undo_of_earlier_review()
        return queue_at(account.id)
    return queue_at(None)


@admin.get("/admin/events", endpoint="events")
@access(holds(Permission.EVENTS_MODERATE))
def list_events() -> Response:
    """Show the events that wait for review, the longest waiting first."""
    return events_page(DecisionForm(formdata=None))


@admin.post("/admin/events/<uuid:event_id>/approve")
@access(holds(Permission.EVENTS_MODERATE))
def approve_event(event_id: uuid.UUID) -> Response:
    """Publish an event to all members, hold back the emails for a moment, and show the events that wait for review.

    A conflict (the event is approved already) is shown there as a message.
    """
    with flash_conflicts():
        reviewed = events.approve_undoably(current_actor(), event_id)
        message = _("“%(title)s” is approved; all members can see it.", title=reviewed.event.title)
        offer_undo_of_event(reviewed, message)
    return see_other("admin.events")


@admin.post("/admin/events/<uuid:event_id>/decline")
@access(holds(Permission.EVENTS_MODERATE))
def decline_event(event_id: uuid.UUID) -> Response:
    """Decline an event for the reason given, hold back the emails for a moment, and show the events that wait.

    A form without a reason is shown again, with the conflict where the event is declined already.
    """
    form = DecisionForm()
    if form.validate_on_submit():
        with form.catching():
            reviewed = events.decline_undoably(current_actor(), event_id, form.note.data or "")
            offer_undo_of_event(reviewed, _("“%(title)s” is declined.", title=reviewed.event.title))
            return see_other("admin.events")
    return events_page(form, declining=event_id)


def queue_page(chosen_id: uuid.UUID | None, form: ReviewForm) -> Response:
    """Return the page of the people who wait for the office, with the chosen one in detail.

    A form with errors is shown with its input, determines the status of the response, and keeps the URL of the page.
    """
    queue = queries.verification_queue(current_actor(), chosen_id)
    fragment = "admin/_verification.html"
    response = render("admin/verification.html", fragment=fragment, queue=queue, form=form, status=form.status)
    if form.errors:
        response.headers["HX-Push-Url"] = "false"
    return response


def queue_after(account_id: uuid.UUID, form: ReviewForm) -> Response:
    """Return the answer to a decision: the form with its errors, or the queue with the next person who waits."""
    if form.errors:
        return queue_page(account_id, form)
    return queue_at(queries.next_to_verify(account_id))


def queue_at(account_id: uuid.UUID | None) -> Response:
    """Return the queue with a person in detail: a redirect to its page, or the fragment for htmx.

    The URL of the page is replaced, so that going back does not lead to people who were decided about.
    """
    arguments: dict[str, Any] = {"person": account_id} if account_id else {}
    if not wants_fragment():
        return see_other("admin.verification", **arguments)
    response = queue_page(account_id, ReviewForm(formdata=None))
    response.headers["HX-Replace-Url"] = url_for("admin.verification", **arguments)
    return response


def events_page(form: DecisionForm, *, declining: uuid.UUID | None = None) -> Response:
    """Return the page of the events that wait for review; a form with errors is shown again for ``declining``."""
    actor = current_actor()
    waiting = event_queries.to_review(actor)
    total = len(waiting) if len(waiting) < event_queries.REVIEW_MAX else event_queries.to_review_count(actor)
    context: dict[str, Any] = {"events": waiting, "total": total}
    context |= {"descriptions": queries.descriptions(actor, waiting), "form": form, "declining": declining}
    return render("admin/events.html", status=form.status, **context)

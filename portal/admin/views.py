"""Pages of the alumni office."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from portal.accounts.status import decisions
from portal.admin import allow_list, queries, services
from portal.admin.forms import AllowListForm, DecisionForm, DeclineForm, SettingsForm
from portal.admin.labels import CHANNELS, STATES
from portal.admin.spreadsheets import uploaded_file
from portal.core.access import UPLOAD_CAP, access, current_actor, holds
from portal.core.errors import Conflict
from portal.events import queries as event_queries
from portal.events import services as events
from portal.outbox.kinds import label_of
from portal.outbox.models import State
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.web.http.responses import render, see_other

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@access(holds(Permission.PEOPLE_READ_ALL))
def index() -> Response:
    """What waits for me, and how are we doing."""
    return render("admin/index.html", overview=queries.overview(current_actor()))


@blueprint.get("/admin/verification")
@access(holds(Permission.PEOPLE_VERIFY))
def verification() -> Response:
    """Who wants to come in."""
    return queue_page(request.args.get("person", type=uuid.UUID), DeclineForm(formdata=None))


@blueprint.post("/admin/verification/<uuid:account_id>/accept")
@access(holds(Permission.PEOPLE_VERIFY))
def accept(account_id: uuid.UUID) -> Response:
    """Let a person in."""
    try:
        account = decisions.verify(current_actor(), account_id)
        flash(_("%(name)s can sign in now; we have emailed them.", name=account.name))
    except Conflict as refusal:
        flash(refusal.message, "refusal")
    return see_other("admin.verification")


@blueprint.post("/admin/verification/<uuid:account_id>/decline")
@access(holds(Permission.PEOPLE_BAN))
def decline(account_id: uuid.UUID) -> Response:
    """Turn a person away; they are among the banned, and can be let in again from there."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return queue_page(account_id, form)
    try:
        account = decisions.ban(current_actor(), account_id, reason=form.reason.data or "")
        flash(_("%(name)s is declined; we have emailed them the reason.", name=account.name))
    except Conflict as refusal:
        flash(refusal.message, "refusal")
    return see_other("admin.verification")


@blueprint.get("/admin/events", endpoint="events")
@access(holds(Permission.EVENTS_MODERATE))
def list_events() -> Response:
    """What wants to be published."""
    waiting = event_queries.to_review(current_actor())
    return render("admin/events.html", events=waiting, form=DecisionForm(), declining=None)


@blueprint.post("/admin/events/<uuid:event_id>/approve")
@access(holds(Permission.EVENTS_MODERATE))
def approve_event(event_id: uuid.UUID) -> Response:
    """Open an event to all members."""
    try:
        event = events.approve(current_actor(), event_id)
        flash(_("“%(title)s” is approved; all members can see it.", title=event.title))
    except Conflict as refusal:
        flash(refusal.message, "refusal")
    return see_other("admin.events")


@blueprint.post("/admin/events/<uuid:event_id>/decline")
@access(holds(Permission.EVENTS_MODERATE))
def decline_event(event_id: uuid.UUID) -> Response:
    """Send an event back to its organiser."""
    form = DecisionForm()
    if form.validate_on_submit():
        with form.catching():
            event = events.decline(current_actor(), event_id, form.note.data)
            flash(_("“%(title)s” is declined; we have emailed the organiser.", title=event.title))
            return see_other("admin.events")
    waiting = event_queries.to_review(current_actor())
    return render("admin/events.html", events=waiting, form=form, declining=event_id, status=form.status)


@blueprint.route("/admin/allow-list", methods=["GET", "POST"], endpoint="allow_list")
@access(holds(Permission.ALLOW_LIST_IMPORT), body_cap=UPLOAD_CAP)
def show_allow_list() -> Response:
    """Whom the university vouches for, and more of them from a file."""
    form, imported = AllowListForm(), None
    if form.validate_on_submit():
        with form.catching():
            imported = allow_list.import_file(current_actor(), *uploaded_file(form.file.data))
    total = queries.allowed_addresses()
    return render("admin/allow_list.html", form=form, imported=imported, total=total, status=form.status)


@blueprint.route("/admin/settings", methods=["GET", "POST"], endpoint="settings")
@access(holds(Permission.SETTINGS_CHANGE))
def change_settings() -> Response:
    """What the office decides once for all."""
    form = SettingsForm.of(registry.get_all())
    if form.validate_on_submit():
        with form.catching():
            services.change_settings(current_actor(), form.chosen())
            flash(_("Settings saved."))
            return see_other("admin.settings")
    return render("admin/settings.html", form=form, status=form.status)


@blueprint.get("/admin/outbox")
@access(holds(Permission.OUTBOX_READ))
def outbox() -> Response:
    """What the portal sends, and what it could not send."""
    state = request.args.get("state", State.WAITING, type=State)
    found = queries.messages(state, cursor=request.args.get("cursor"))
    context: dict[str, Any] = {"state": state, "found": found, "counts": queries.message_counts(), "states": STATES}
    context |= {"label": label_of, "channels": CHANNELS}
    return render("admin/outbox.html", fragment="admin/_messages.html", **context)


def queue_page(chosen_id: uuid.UUID | None, form: DeclineForm) -> Response:
    """The queue with one person beside it; a refused form is open there, with what was typed."""
    queue = queries.verification(current_actor(), chosen_id)
    fragment = "admin/_verification.html"
    return render("admin/verification.html", fragment=fragment, queue=queue, form=form, status=form.status)

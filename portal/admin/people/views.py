"""The alumni office's pages about people: the list, one person, and the actions on that person's page."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.authentication import second_factor, sessions
from portal.accounts.devices import device_name
from portal.accounts.labels import FACTOR_NAMES, METHOD_NAMES
from portal.accounts.models import Role
from portal.accounts.status import reversible
from portal.admin.blueprints import admin_people
from portal.admin.labels import ACCOUNT_STATUSES, CHANNELS, GROUPS, ROLES, STATES, describe_details
from portal.admin.offers import offer_undo_of_decision
from portal.admin.people import queries, services
from portal.admin.people.filters import OfficePeopleFilter
from portal.admin.people.forms import BanForm, WarnForm
from portal.admin.people.person import person_details
from portal.admin.people.timeline import by_heading
from portal.admin.refusals import flash_conflicts
from portal.audit.services import label_of
from portal.core.access import access, current_actor, holds
from portal.outbox.kinds import label_of as message_label
from portal.permissions.catalogue import Permission
from portal.profiles import services as profiles
from portal.profiles.labels import AUDIENCE_LABELS
from portal.undo.offers import flash_refusals
from portal.web.forms.base import PortalForm
from portal.web.http.responses import go_to, render, see_other
from portal.web.list_filters import Chip, chips_of
from portal.web.undo import page_before_undo

READS = holds(Permission.PEOPLE_READ_ALL)
VERIFIES = holds(Permission.PEOPLE_VERIFY)
BANS = holds(Permission.PEOPLE_BAN)
APPOINTS = holds(Permission.GROUPS_CHANGE)
SECURES = holds(Permission.ACCOUNTS_SECURE)


@admin_people.get("/admin/people")
@access(READS)
def index() -> Response:
    """Show the list of people of every account status, narrowed by the query arguments."""
    filters = OfficePeopleFilter.from_query_args(request.args)
    people = queries.page_until(current_actor(), filters, until=request.args.get("until"))
    context: dict[str, Any] = {"people": people, "filters": filters, "roles": ROLES, "statuses": ACCOUNT_STATUSES}
    context |= {"total": queries.count(filters), "counted_max": queries.COUNTED_MAX, "chips": chips(filters)}
    context["more"] = list_url(filters, until=people.next_cursor) if people.next_cursor else None
    context["nearest"] = queries.nearest(current_actor(), filters) if filters.search and not people.items else []
    return render("admin/people.html", fragment="admin/_people.html", **context)


@admin_people.get("/admin/people/<uuid:account_id>")
@access(READS)
def show(account_id: uuid.UUID) -> Response:
    """Show one person and the actions that the viewer may take, and record in the audit trail that they saw them."""
    return person_page(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/verify")
@access(VERIFIES)
def verify(account_id: uuid.UUID) -> Response:
    """Verify a person, in the role they registered with or in the other one, and email them.

    Redirect to the person's page, where a conflict, such as a person who is verified already, is shown as a message.
    """
    with flash_conflicts():
        decided = reversible.verify(current_actor(), account_id, request.form.get("role") or None)
        offer_undo_of_decision(decided, _("%(name)s can sign in now.", name=decided.account.name))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/unverify")
@access(VERIFIES)
def unverify(account_id: uuid.UUID) -> Response:
    """Withdraw a person's verification, sign them out everywhere, and email them.

    Redirect to the person's page, where a conflict (they are not verified, or the last administrator) is shown as a
    message.
    """
    with flash_conflicts():
        decided = reversible.unverify(current_actor(), account_id)
        offer_undo_of_decision(decided, _("%(name)s has to be verified again.", name=decided.account.name))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/role")
@access(VERIFIES)
def change_role(account_id: uuid.UUID) -> Response:
    """Change a graduate to an alumni friend, or the reverse, and email them.

    Redirect to the person's page, where a conflict (they are not verified, or staff) is shown as a message.
    """
    with flash_conflicts():
        account = services.change_role(current_actor(), account_id, request.form.get("role", ""))
        flash(role_change_message(account.name, account.role))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/year/confirm")
@access(VERIFIES)
def confirm_year(account_id: uuid.UUID) -> Response:
    """Confirm the graduation year that the page showed, if the person still gives it.

    Redirect to the person's page, where a conflict (the year has changed, or is confirmed) is shown as a message.
    """
    with flash_conflicts():
        year = profiles.confirm_year(current_actor(), account_id, request.form.get("year", type=int))
        flash(_("Graduation year confirmed: %(year)s.", year=str(year)))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/ban")
@access(BANS)
def ban(account_id: uuid.UUID) -> Response:
    """Ban a person, for good or until a day, sign them out everywhere, and email them the reason.

    Redirect to the person's page, where a conflict (they are banned already, the viewer, or the last administrator) is
    shown as a message. A form with errors is shown again.
    """
    form = BanForm()
    if form.validate_on_submit():
        with form.catching(), flash_conflicts():
            decided = reversible.ban(current_actor(), account_id, reason=form.reason.data or "", until=form.ends_at())
            offer_undo_of_decision(decided, _("%(name)s is banned.", name=decided.account.name))
    return person_page(account_id, invalid_form=form) if form.errors else redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/unban")
@access(BANS)
def unban(account_id: uuid.UUID) -> Response:
    """Lift a person's ban and email them.

    Redirect to the person's page, where a conflict (they are not banned, or are the viewer) is shown as a message.
    """
    with flash_conflicts():
        decided = reversible.unban(current_actor(), account_id)
        offer_undo_of_decision(decided, _("%(name)s is no longer banned.", name=decided.account.name))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/warn")
@access(BANS)
def warn(account_id: uuid.UUID) -> Response:
    """Warn a person by email and on the portal, until they mark the warning as read.

    Redirect to the person's page. A form with errors is shown again.
    """
    form = WarnForm()
    if form.validate_on_submit():
        with form.catching(), flash_conflicts():
            decided = reversible.warn(current_actor(), account_id, form.text.data or "")
            offer_undo_of_decision(decided, _("The warning stays on the portal until it is read."))
    return person_page(account_id, invalid_form=form) if form.errors else redirect_to_person(account_id)


@admin_people.post("/admin/people/undo/<uuid:act_id>")
@access(READS)
def undo(act_id: uuid.UUID) -> Response:
    """Undo the viewer's own decision about a person, and redirect to that person's page.

    What stands against it (it is too late, or undone already) is shown as a message, on the page of the bar.
    """
    with flash_refusals():
        account = reversible.undo(current_actor(), act_id)
        flash(_("Undone. No email goes out."))
        return redirect_to_person(account.id)
    return go_to(page_before_undo(url_for("admin_people.index")))


@admin_people.post("/admin/people/<uuid:account_id>/groups/<string:group>/appoint")
@access(APPOINTS)
def appoint(account_id: uuid.UUID, group: str) -> Response:
    """Add a person to a built-in group of the office, email them, and redirect to their page.

    Status 404 for any other group.
    """
    with flash_conflicts():
        account = services.appoint(current_actor(), account_id, group)
        flash(_("%(name)s has new rights: %(group)s.", name=account.name, group=GROUPS[group]))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/groups/<string:group>/dismiss")
@access(APPOINTS)
def dismiss(account_id: uuid.UUID, group: str) -> Response:
    """Remove a person from a built-in group of the office, email them, and redirect to their page.

    A conflict (they are the last administrator) is shown there as a message. Status 404 for any other group.
    """
    with flash_conflicts():
        account = services.dismiss(current_actor(), account_id, group)
        flash(_("%(name)s no longer has these rights: %(group)s.", name=account.name, group=GROUPS[group]))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/sign-ins/<uuid:session_id>/end")
@access(SECURES)
def end_sign_in(account_id: uuid.UUID, session_id: uuid.UUID) -> Response:
    """Sign a person out on one device and redirect to their page; status 404 if the session is not theirs."""
    sessions.end_one(current_actor(), account_id, session_id)
    flash(_("That device is signed out."))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/sign-ins/end")
@access(SECURES)
def end_sign_ins(account_id: uuid.UUID) -> Response:
    """Sign a person out on all devices and redirect to their page, where a message says how many devices these were."""
    ended = sessions.sign_out_account(current_actor(), account_id)
    flash(ngettext("Signed out on %(num)s device.", "Signed out on %(num)s devices.", ended))
    return redirect_to_person(account_id)


@admin_people.post("/admin/people/<uuid:account_id>/second-factor/remove")
@access(SECURES)
def remove_second_factor(account_id: uuid.UUID) -> Response:
    """Remove the second factor of a person who has lost it, sign them out everywhere, and email them.

    Redirect to the person's page, where a conflict (they have no second factor) is shown as a message.
    """
    with flash_conflicts():
        second_factor.remove(current_actor(), account_id)
        flash(_("Two-step verification is off, and they are signed out everywhere. We have emailed them."))
    return redirect_to_person(account_id)


def redirect_to_person(account_id: uuid.UUID) -> Response:
    """Return a redirect to the office's page about the person."""
    return see_other("admin_people.show", account_id=account_id)


def person_page(account_id: uuid.UUID, *, invalid_form: PortalForm | None = None) -> Response:
    """Return the office's page about a person; a form with errors is shown in place of its dialog, with its input.

    The status is that of ``invalid_form``, or 200 without one. Raise ``NotFound`` for an unknown id.
    """
    only_office, until = request.args.get("by") == "office", request.args.get("until")
    context: dict[str, Any] = {
        "details": person_details(current_actor(), account_id, only_office=only_office, until=until),
        "only_office": only_office,
        "invalid_form": invalid_form,
        "ban_form": invalid_form if isinstance(invalid_form, BanForm) else BanForm(formdata=None),
        "warn_form": invalid_form if isinstance(invalid_form, WarnForm) else WarnForm(formdata=None),
        **person_labels(),
    }
    status = invalid_form.status if invalid_form else 200
    return render("admin/person.html", fragment="admin/person/_timeline.html", status=status, **context)


def person_labels() -> dict[str, Any]:
    """Return the labels and the functions for labels that the page about a person uses, by their names in templates."""
    return {
        "roles": ROLES,
        "groups": GROUPS,
        "states": STATES,
        "channels": CHANNELS,
        "audiences": AUDIENCE_LABELS,
        "factors": FACTOR_NAMES,
        "methods": METHOD_NAMES,
        "by_heading": by_heading,
        "action_label": label_of,
        "message_label": message_label,
        "describe_details": describe_details,
        "device_name": device_name,
    }


def list_url(filters: OfficePeopleFilter, **changes: Any) -> str:
    """Return the URL of the office's list of people under a filter; ``changes`` replace query arguments.

    A change of ``None`` removes the argument.
    """
    return url_for("admin_people.index", **filters.to_query_args(**changes))


def chips(filters: OfficePeopleFilter) -> list[Chip]:
    """Return a chip, by which it can be removed, for each criterion of the filter that is in use."""
    labels: dict[str | tuple[str, ...], str | None] = {
        "q": filters.search,
        "standing": str(ACCOUNT_STATUSES[filters.status]) if filters.status else None,
        "role": str(ROLES[filters.role]) if filters.role else None,
    }
    return chips_of(filters, labels, list_url)


def role_change_message(name: str, role: str) -> str:
    """Return the sentence that confirms to the office that the person of this name has the role now."""
    if role == Role.ALUMNI_FRIEND:
        return _("%(name)s is now an alumni friend; we have emailed them.", name=name)
    return _("%(name)s is now a graduate; we have emailed them.", name=name)

"""The office's pages about people: who there is, who somebody is, and what is done about them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.authentication import second_factor, sessions
from portal.accounts.devices import device_name
from portal.accounts.labels import FACTOR_NAMES, METHOD_NAMES
from portal.accounts.models import Role
from portal.accounts.status import decisions
from portal.admin import people, services
from portal.admin.filters import PeopleFilter
from portal.admin.forms import BanForm, WarnForm
from portal.admin.labels import ACTIONS, GROUPS, ROLES, STANDINGS, detail
from portal.admin.person import open_file
from portal.core.access import access, current_actor, holds
from portal.core.errors import Conflict
from portal.permissions.catalogue import Permission
from portal.profiles import services as profiles
from portal.web.forms.base import PortalForm
from portal.web.http.responses import render, see_other

blueprint = Blueprint("admin_people", __name__)

READS = holds(Permission.PEOPLE_READ_ALL)
VERIFIES = holds(Permission.PEOPLE_VERIFY)
BANS = holds(Permission.PEOPLE_BAN)
APPOINTS = holds(Permission.GROUPS_CHANGE)
SECURES = holds(Permission.ACCOUNTS_SECURE)


@blueprint.get("/admin/people")
@access(READS)
def index() -> Response:
    """Who there is, in whatever standing; the filters are in the address."""
    wanted = PeopleFilter.of(request.args)
    found = people.people_until(current_actor(), wanted, until=request.args.get("until"))
    context: dict[str, Any] = {"people": found, "wanted": wanted, "roles": ROLES, "standings": STANDINGS}
    context |= {"total": people.count(wanted), "counted_max": people.COUNTED_MAX}
    context |= {"more": address_of(wanted, found.next_cursor), "chips": chips_of(wanted)}
    return render("admin/people.html", fragment="admin/_people.html", **context)


@blueprint.get("/admin/people/<uuid:account_id>")
@access(READS)
def show(account_id: uuid.UUID) -> Response:
    """Who somebody is, and what can be done about them."""
    return person_page(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/verify")
@access(VERIFIES)
def verify(account_id: uuid.UUID) -> Response:
    """Let a person in, as what they said to be or in the other role."""
    with conflicts_told():
        account = decisions.verify(current_actor(), account_id, request.form.get("role") or None)
        flash(_("%(name)s can sign in now; we have emailed them.", name=account.name))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/unverify")
@access(VERIFIES)
def unverify(account_id: uuid.UUID) -> Response:
    """Take the verification back."""
    with conflicts_told():
        account = decisions.unverify(current_actor(), account_id)
        flash(_("%(name)s can no longer sign in; we have emailed them.", name=account.name))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/role")
@access(VERIFIES)
def change_role(account_id: uuid.UUID) -> Response:
    """Make a graduate an alumni friend, or the reverse."""
    with conflicts_told():
        account = services.change_role(current_actor(), account_id, request.form.get("role", ""))
        flash(said_of_role(account.name, account.role))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/year/confirm")
@access(VERIFIES)
def confirm_year(account_id: uuid.UUID) -> Response:
    """Count a person to the class of the year that the page showed, if they still give it."""
    with conflicts_told():
        year = profiles.confirm_year(current_actor(), account_id, request.form.get("year", type=int))
        flash(_("Graduation year confirmed: %(year)s.", year=str(year)))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/ban")
@access(BANS)
def ban(account_id: uuid.UUID) -> Response:
    """Shut a person out, for good or until a day."""
    form = BanForm()
    if form.validate_on_submit():
        with form.catching(), conflicts_told():
            account = decisions.ban(current_actor(), account_id, reason=form.reason.data or "", until=form.end())
            flash(_("%(name)s is banned; we have emailed them.", name=account.name))
    return person_page(account_id, refused=form) if form.errors else shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/unban")
@access(BANS)
def unban(account_id: uuid.UUID) -> Response:
    """Let a person in again."""
    with conflicts_told():
        account = decisions.unban(current_actor(), account_id)
        flash(_("%(name)s is no longer banned; we have emailed them.", name=account.name))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/warn")
@access(BANS)
def warn(account_id: uuid.UUID) -> Response:
    """Ask a person to mind something."""
    form = WarnForm()
    if form.validate_on_submit():
        with form.catching(), conflicts_told():
            decisions.warn(current_actor(), account_id, form.text.data or "")
            flash(_("Warning sent by email. It stays on the portal until it is read."))
    return person_page(account_id, refused=form) if form.errors else shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/groups/<string:group>/appoint")
@access(APPOINTS)
def appoint(account_id: uuid.UUID, group: str) -> Response:
    """Give a person the rights of a group."""
    with conflicts_told():
        account = services.appoint(current_actor(), account_id, group)
        flash(_("%(name)s has new rights: %(group)s.", name=account.name, group=GROUPS[group]))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/groups/<string:group>/dismiss")
@access(APPOINTS)
def dismiss(account_id: uuid.UUID, group: str) -> Response:
    """Take the rights of a group back."""
    with conflicts_told():
        account = services.dismiss(current_actor(), account_id, group)
        flash(_("%(name)s no longer has these rights: %(group)s.", name=account.name, group=GROUPS[group]))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/sign-ins/<uuid:session_id>/end")
@access(SECURES)
def end_sign_in(account_id: uuid.UUID, session_id: uuid.UUID) -> Response:
    """Sign a person out on one device."""
    sessions.end_one(current_actor(), account_id, session_id)
    flash(_("That device is signed out."))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/sign-ins/end")
@access(SECURES)
def end_sign_ins(account_id: uuid.UUID) -> Response:
    """Sign a person out everywhere."""
    ended = sessions.end_every_one(current_actor(), account_id)
    flash(ngettext("Signed out on %(num)s device.", "Signed out on %(num)s devices.", ended))
    return shown_again(account_id)


@blueprint.post("/admin/people/<uuid:account_id>/second-factor/remove")
@access(SECURES)
def remove_second_factor(account_id: uuid.UUID) -> Response:
    """Help somebody who has lost their second step."""
    with conflicts_told():
        second_factor.remove(current_actor(), account_id)
        flash(_("Two-step verification is off, and they are signed out everywhere. We have emailed them."))
    return shown_again(account_id)


@contextmanager
def conflicts_told() -> Iterator[None]:
    """Pressed twice, or somebody else was quicker: a sentence, not an error page."""
    try:
        yield
    except Conflict as refusal:
        flash(refusal.message, "refusal")


def shown_again(account_id: uuid.UUID) -> Response:
    return see_other("admin_people.show", account_id=account_id)


def person_page(account_id: uuid.UUID, *, refused: PortalForm | None = None) -> Response:
    """The page; a form that was refused stands on it open, with what was typed."""
    context: dict[str, Any] = {
        "file": open_file(current_actor(), account_id),
        "refused": refused,
        "ban_form": refused if isinstance(refused, BanForm) else BanForm(formdata=None),
        "warn_form": refused if isinstance(refused, WarnForm) else WarnForm(formdata=None),
    }
    words = {"roles": ROLES, "groups": GROUPS, "actions": ACTIONS, "factors": FACTOR_NAMES, "methods": METHOD_NAMES}
    context |= {**words, "detail": detail, "device_name": device_name}
    return render("admin/person.html", status=refused.status if refused else 200, **context)


def address_of(wanted: PeopleFilter, until: str | None) -> str | None:
    """Where the same list is unfolded further; ``None`` at its end."""
    return url_for("admin_people.index", **wanted.address(until=until)) if until else None


def chips_of(wanted: PeopleFilter) -> list[tuple[str, str]]:
    """The filters in use, each with the address without it."""
    shown = {
        "q": wanted.search,
        "standing": wanted.standing and str(STANDINGS[wanted.standing]),
        "role": wanted.role and str(ROLES[wanted.role]),
    }
    return [
        (label, url_for("admin_people.index", **wanted.address(**{name: None})))
        for name, label in shown.items()
        if label
    ]


def said_of_role(name: str, role: str) -> str:
    if role == Role.ALUMNI_FRIEND:
        return _("%(name)s is now an alumni friend; we have emailed them.", name=name)
    return _("%(name)s is now a graduate; we have emailed them.", name=name)

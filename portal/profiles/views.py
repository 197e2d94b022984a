"""Pages of profiles and of their settings."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from portal.cities.extension_points import MAP_URL
from portal.cities.picker import picker_of
from portal.core.access import ANYONE, MEMBER, PICTURE_CAP, access, current_actor
from portal.profiles import office_access, queries, services
from portal.profiles.completion import missing
from portal.profiles.forms.own_profile import AudienceForm, ProfileForm
from portal.profiles.labels import AUDIENCE_LABELS, PREVIEWS
from portal.profiles.relationships import RELATIONSHIP_TEMPLATE
from portal.profiles.viewers import ViewerKind
from portal.web.http.responses import render, see_other

blueprint = Blueprint("profiles", __name__)


def shared_context() -> dict[str, Any]:
    """Return the template variables that ``profiles/_person.html`` and the profile form need besides the person."""
    return {
        "audiences": AUDIENCE_LABELS,
        "map_url": MAP_URL.implementation,
        "relationship_template": RELATIONSHIP_TEMPLATE.implementation(),
    }


@blueprint.get("/people/me")
@access(MEMBER)
def me() -> Response:
    """Show the caller's own profile; with the query argument ``as``, as viewers of that ``ViewerKind`` see it."""
    kind = request.args.get("as", type=ViewerKind)
    if kind is None:
        own = queries.own(current_actor())
        return render("profiles/show.html", person=own, missing=missing(own), **shared_context())
    person = queries.own_as(current_actor(), kind)
    return render("profiles/seen_as.html", person=person, kind=kind, previews=PREVIEWS, **shared_context())


@blueprint.get("/people/<uuid:account_id>")
@access(ANYONE)
def show(account_id: uuid.UUID) -> Response:
    """Show the profile of one person as the caller may see it; 404 if there is nobody whom they may see.

    Visitors see public fields, or are asked to sign in. What the office sees is recorded.
    """
    person = office_access.read_profile(current_actor(), account_id)
    response = render("profiles/show.html", person=person, missing=missing(person), **shared_context())
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.route("/settings/profile", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def edit() -> Response:
    """Show the form of the caller's own profile, and save it when it is submitted.

    Submitting its city search only shows the cities found and saves nothing.
    """
    actor = current_actor()
    own = queries.own(actor)
    form = ProfileForm.of(own)
    picker = picker_of(form)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            services.update_own(actor, form.changes())
            flash(_("Profile saved."))
            return see_other("profiles.me")
    return render("profiles/edit.html", form=form, person=own, picker=picker, status=form.status, **shared_context())


@blueprint.route("/settings/privacy", methods=["GET", "POST"])
@access(MEMBER)
def privacy() -> Response:
    """Show and change the audiences of the caller's own fields, and show when the office saw their profile."""
    actor = current_actor()
    own = queries.own(actor)
    form = AudienceForm.of(own)
    if form.validate_on_submit():
        with form.catching():
            services.update_own(actor, form.changes())
            flash(_("Privacy settings saved."))
            return see_other("profiles.privacy")
    context: dict[str, Any] = {
        "class_year": queries.class_year_of(actor),
        "profile_views": office_access.views_by_office(actor),
    }
    return render("profiles/privacy.html", form=form, person=own, previews=PREVIEWS, status=form.status, **context)

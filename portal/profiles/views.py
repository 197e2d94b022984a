"""Pages about people."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from portal.cities.picker import picker_of
from portal.core.access import ANYONE, MEMBER, PICTURE_CAP, access, current_actor
from portal.profiles import lookups, queries, services
from portal.profiles.completion import missing
from portal.profiles.forms import AudienceForm, ProfileForm
from portal.profiles.labels import AUDIENCE_WORDS, LOOKS
from portal.profiles.viewers import Kind
from portal.web.http.responses import render, see_other

blueprint = Blueprint("profiles", __name__)

WORDS: dict[str, Any] = {"audiences": AUDIENCE_WORDS}


@blueprint.get("/people/me")
@access(MEMBER)
def me() -> Response:
    """The caller's own profile; with ``as`` in the address, as somebody of another kind gets it."""
    kind = request.args.get("as", type=Kind)
    if kind is None:
        own = queries.own(current_actor())
        return render("profiles/show.html", person=own, missing=missing(own), **WORDS)
    person = queries.own_as(current_actor(), kind)
    return render("profiles/seen_as.html", person=person, kind=kind, looks=LOOKS, **WORDS)


@blueprint.get("/people/<uuid:account_id>")
@access(ANYONE)
def show(account_id: uuid.UUID) -> Response:
    """Who this is; strangers see what is open to everybody, or sign in."""
    person = lookups.look_up(current_actor(), account_id)
    response = render("profiles/show.html", person=person, missing=missing(person), **WORDS)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.route("/settings/profile", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def edit() -> Response:
    """What others know of me, and how I change it."""
    actor = current_actor()
    own = queries.own(actor)
    form = ProfileForm.of(own)
    picker = picker_of(form)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            services.update_own(actor, form.changes())
            flash(_("Profile saved."))
            return see_other("profiles.me")
    return render("profiles/edit.html", form=form, person=own, picker=picker, status=form.status, **WORDS)


@blueprint.route("/settings/privacy", methods=["GET", "POST"])
@access(MEMBER)
def privacy() -> Response:
    """Who sees what of me, and who of the office has looked."""
    actor = current_actor()
    own = queries.own(actor)
    form = AudienceForm.of(own)
    if form.validate_on_submit():
        with form.catching():
            services.update_own(actor, form.changes())
            flash(_("Privacy settings saved."))
            return see_other("profiles.privacy")
    context: dict[str, Any] = {"class_year": queries.class_year_of(actor), "looks": lookups.looks_at(actor)}
    return render("profiles/privacy.html", form=form, person=own, kinds=LOOKS, status=form.status, **context)

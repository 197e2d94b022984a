"""Pages about people."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, request
from flask_babel import gettext as _

from portal.core.access import MEMBER, PICTURE_CAP, access, current_actor
from portal.profiles import city_picker, queries, services
from portal.profiles.city_picker import picker_of
from portal.profiles.forms import ProfileForm
from portal.profiles.ties import ties_to
from portal.profiles.visibility import Person
from portal.profiles.wording import AUDIENCE_WORDS
from portal.web.render import render, see_other

blueprint = Blueprint("profiles", __name__)


@blueprint.get("/people/me")
@access(MEMBER)
def me() -> Response:
    """The caller's own profile."""
    return shown(queries.own(current_actor()))


@blueprint.get("/people/<uuid:account_id>")
@access(MEMBER)
def show(account_id: uuid.UUID) -> Response:
    """Who this is."""
    return shown(queries.find(current_actor(), account_id))


@blueprint.route("/settings/profile", methods=["GET", "POST"])
@access(MEMBER, body_cap=PICTURE_CAP)
def edit() -> Response:
    """What others know of me, and how I change it."""
    actor = current_actor()
    own = queries.own(actor)
    form = ProfileForm.of(own)
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            services.update_own(actor, form.changes())
            flash(_("Your profile is saved."))
            return see_other("profiles.me")
    return render("profiles/edit.html", form=form, person=own, picker=picker_of(form), status=form.status)


@blueprint.get("/settings/profile/cities")
@access(MEMBER)
def city_choices() -> Response:
    """Cities to choose from while their name is being typed; without a name the one that the form opened with."""
    typed = request.args.get("city_query", "")
    saved_id = request.args.get("city_saved", type=int)
    chosen_id = request.args.get("city_id", type=int) if typed.strip() else saved_id
    picker = city_picker.city_choices(typed, chosen_id, saved_id=saved_id)
    return render("profiles/_city_choices.html", picker=picker)


def shown(person: Person) -> Response:
    """The page of one person."""
    ties = ties_to(current_actor(), person.id)
    return render("profiles/show.html", person=person, ties=ties, audiences=AUDIENCE_WORDS)

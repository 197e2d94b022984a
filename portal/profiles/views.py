"""Pages of profiles and of their settings."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from portal.cities.extension_points import MAP_URL
from portal.cities.picker import picker_of
from portal.core.access import ANYONE, MEMBER, PICTURE_CAP, SIGNED_IN, access, current_actor
from portal.profiles import office_access, queries, services
from portal.profiles.completion import missing
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.first_steps import city_question
from portal.profiles.forms.city import chosen_audiences
from portal.profiles.forms.own_profile import AudienceForm, ProfileForm
from portal.profiles.labels import (
    AUDIENCE_LABELS,
    FIELD_ICONS,
    FIELD_LABELS,
    PREVIEWS,
    SHORT_AUDIENCE_LABELS,
    city_audience_notes,
    city_saved_message,
    field_values,
)
from portal.profiles.models import Audience
from portal.profiles.relationships import RELATIONSHIP_TEMPLATE
from portal.profiles.viewers import ViewerKind
from portal.profiles.visibility import Person
from portal.web.http.responses import go_to, render, see_other
from portal.web.i18n.selection import language
from portal.web.navigation import home_url
from portal.web.undo import offer_undo, page_before_undo

blueprint = Blueprint("profiles", __name__)


def shared_context() -> dict[str, Any]:
    """Return the template variables that ``profiles/_person.html`` and the profile form need besides the person."""
    return {
        "audiences": AUDIENCE_LABELS,
        "map_url": MAP_URL.implementation,
        "relationship_template": RELATIONSHIP_TEMPLATE.implementation(),
    }


@blueprint.get("/people/me")
@access(SIGNED_IN)
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


@blueprint.get("/settings")
@access(SIGNED_IN)
def settings() -> Response:
    """Redirect to the first of the pages with settings."""
    return see_other("profiles.edit")


@blueprint.route("/settings/profile", methods=["GET", "POST"])
@access(SIGNED_IN, body_cap=PICTURE_CAP)
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
            saved = services.update_own(actor, form.changes())
            is_news = is_shown_elsewhere(own, saved)
            flash(city_message(saved, queries.shown_sizes(actor)) if is_news else _("Profile saved."))
            return see_other("profiles.me")
    context = {"picker": picker, "city_notes": city_audience_notes(queries.shown_sizes(actor)), **shared_context()}
    return render("profiles/edit.html", form=form, person=own, status=form.status, **context)


@blueprint.route("/settings/city", methods=["GET", "POST"])
@access(SIGNED_IN)
def city() -> Response:
    """Ask for the caller's city and who may see it, and save both; then return to the page in the field ``next``.

    Submitting its city search only shows the cities found and saves nothing.
    """
    actor = current_actor()
    question, target = city_question(actor, queries.own(actor)), page_before_undo(url_for("profiles.me"))
    form = question.form
    if not form.is_searching and form.validate_on_submit():
        with form.catching():
            flash(city_message(services.update_own(actor, form.changes()), question.sizes))
            return go_to(target)
    return render("profiles/city.html", question=question, next=target, status=form.status)


@blueprint.post("/settings/first-steps/hide")
@access(MEMBER)
def hide_first_steps() -> Response:
    """Hide the first steps on the caller's home page and offer to undo that."""
    services.hide_first_steps(current_actor(), hidden=True)
    offer_undo(_("The first steps are hidden."), url_for("profiles.show_first_steps"))
    return go_to(home_url())


@blueprint.post("/settings/first-steps/show")
@access(MEMBER)
def show_first_steps() -> Response:
    """Show the first steps on the caller's home page again."""
    services.hide_first_steps(current_actor(), hidden=False)
    return go_to(home_url())


@blueprint.route("/settings/privacy", methods=["GET", "POST"])
@access(SIGNED_IN)
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
    views, year = office_access.views_by_office(actor), queries.class_year_of(actor)
    return render("profiles/privacy.html", status=form.status, **privacy_context(form, own, views, year))


def privacy_context(
    form: AudienceForm, own: Person, profile_views: list[office_access.ProfileView], class_year: int | None
) -> dict[str, Any]:
    """Return the template variables of the privacy page.

    ``rows`` are the fields with what they say now; ``public`` are the labels of the filled ones that everyone sees.
    """
    values = field_values(own, language())
    rows = [(field, form[field.key], values.get(name)) for name, field in AUDIENCE_FIELDS.items()]
    return {
        "form": form,
        "person": own,
        "rows": rows,
        "public": [FIELD_LABELS[field.name] for field, choice, value in rows if value and choice.data == "public"],
        "icons": FIELD_ICONS,
        "labels": FIELD_LABELS,
        "short_labels": SHORT_AUDIENCE_LABELS,
        "audiences": AUDIENCE_LABELS,
        "previews": PREVIEWS,
        "profile_views": profile_views,
        "class_year": class_year,
    }


def is_shown_elsewhere(before: Person, after: Person) -> bool:
    """Return whether a change of one's profile has set another city, or shows the city to other people."""
    chosen = [(person.city, chosen_audiences(person)["city_audience"]) for person in (before, after)]
    return after.city is not None and chosen[0] != chosen[1]


def city_message(person: Person, sizes: queries.AudienceSizes | None) -> str:
    """Return the sentence after one's own city was saved, which says who can see it now."""
    assert person.city is not None
    audience = Audience(chosen_audiences(person)["city_audience"])
    return city_saved_message(person.city.label(language()), audience, sizes)

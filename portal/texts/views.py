"""The pages of the texts, and the page that asks to agree to the privacy notice."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_babel import format_date, get_locale

from portal.core.access import ANYONE, SIGNED_IN, access, current_actor
from portal.texts import consent, queries
from portal.texts.forms import AgreementForm
from portal.texts.models import TextKind
from portal.texts.rendering import contact_email, to_html
from portal.web.http.responses import go_to, render
from portal.web.navigation import home_url
from portal.web.preferences import own_path

blueprint = Blueprint("texts", __name__)
blueprint.add_app_template_global(contact_email)


@blueprint.get("/help", defaults={"kind": TextKind.HELP}, endpoint="help")
@blueprint.get("/privacy", defaults={"kind": TextKind.PRIVACY}, endpoint="privacy")
@blueprint.get("/contact", defaults={"kind": TextKind.CONTACT}, endpoint="contact")
@access(ANYONE)
def show(kind: TextKind) -> Response:
    """Show one of the texts in the language of the request; the privacy notice with its version."""
    text = queries.current(kind)
    version = queries.privacy_version() if kind is TextKind.PRIVACY else None
    html = to_html(text.in_language(str(get_locale())))
    changed_on = format_date(text.changed_at, "long").rstrip(".") if text.changed_at else None
    return render("texts/show.html", text=text, html=html, version=version, changed_on=changed_on)


@blueprint.route("/privacy/agree", methods=["GET", "POST"])
@access(SIGNED_IN)
def agree() -> Response:
    """Ask to agree to the privacy notice in force, store the consent, and go on to ``next``.

    Whoever has agreed already goes on at once. A notice that has changed since the page was opened is shown again.
    """
    actor, form = current_actor(), AgreementForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        with form.catching():
            consent.agree(actor, form.version.data)
            return go_to(target_of(form))
    elif consent.has_agreed(actor):
        return go_to(target_of(form))
    is_first = consent.last_version(actor.id) is None
    version = queries.privacy_version()
    return render("texts/agree.html", form=form, version=version, is_first=is_first, status=form.status)


def target_of(form: AgreementForm) -> str:
    """Return the path of this portal to which the form leads, by default the home page."""
    return own_path(form.next.data) if form.next.data else home_url()

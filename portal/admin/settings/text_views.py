"""The pages on which the office changes the texts that everybody can read."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _

from portal.admin.blueprints import admin
from portal.admin.labels import TEXT_LABELS
from portal.admin.settings.text_forms import TextForm
from portal.core.access import TEXT_CAP, access, current_actor, holds
from portal.permissions.catalogue import Permission
from portal.texts import queries, services
from portal.texts.models import TextKind
from portal.web.http.responses import render, see_other


@admin.route("/admin/settings/help", methods=["GET", "POST"], defaults={"kind": TextKind.HELP})
@admin.route("/admin/settings/privacy", methods=["GET", "POST"], defaults={"kind": TextKind.PRIVACY})
@admin.route("/admin/settings/contact", methods=["GET", "POST"], defaults={"kind": TextKind.CONTACT})
@access(holds(Permission.SETTINGS_CHANGE), body_cap=TEXT_CAP)
def change_text(kind: TextKind) -> Response:
    """Show one of the texts in both languages; a POST stores it and redirects to the settings."""
    text = queries.current(kind)
    form = TextForm.of(text)
    if form.validate_on_submit():
        with form.catching():
            services.change_text(current_actor(), form.change(kind))
            flash(_("Text saved."))
            return see_other("admin.settings")
    label, version = TEXT_LABELS[kind], queries.privacy_version()
    return render("admin/text.html", form=form, text=text, label=label, version=version, status=form.status)

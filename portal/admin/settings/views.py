"""The page of the settings."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext as _

from portal.admin.blueprints import admin
from portal.admin.settings import services
from portal.admin.settings.forms import OfficeSettingsForm
from portal.core.access import access, current_actor, holds
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.web.http.responses import render, see_other


@admin.route("/admin/settings", methods=["GET", "POST"], endpoint="settings")
@access(holds(Permission.SETTINGS_CHANGE))
def change_settings() -> Response:
    """Show the settings that the office can switch on and off; a POST changes them and redirects to the page.

    A form with errors is shown again.
    """
    form = OfficeSettingsForm.from_values(registry.get_all())
    if form.validate_on_submit():
        with form.catching():
            services.change_settings(current_actor(), form.chosen_values())
            flash(_("Settings saved."))
            return see_other("admin.settings")
    return render("admin/settings.html", form=form, status=form.status)

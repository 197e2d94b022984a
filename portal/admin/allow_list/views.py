"""The page of the allow list."""

from __future__ import annotations

from flask import Response

from portal.admin.allow_list import queries, services
from portal.admin.allow_list.forms import AllowListForm
from portal.admin.allow_list.spreadsheets import uploaded_file
from portal.admin.blueprints import admin
from portal.core.access import UPLOAD_CAP, access, current_actor, holds
from portal.permissions.catalogue import Permission
from portal.web.http.responses import render


@admin.route("/admin/allow-list", methods=["GET", "POST"], endpoint="allow_list")
@access(holds(Permission.ALLOW_LIST_IMPORT), body_cap=UPLOAD_CAP)
def show_allow_list() -> Response:
    """Show how many emails are on the allow list; a POST adds those of an uploaded file and shows the result."""
    form, imported = AllowListForm(), None
    if form.validate_on_submit():
        with form.catching():
            imported = services.import_file(current_actor(), *uploaded_file(form.file.data))
    total = queries.allowed_emails_count()
    return render("admin/allow_list.html", form=form, imported=imported, total=total, status=form.status)

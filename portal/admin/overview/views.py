"""The first page of the alumni office."""

from __future__ import annotations

from flask import Response

from portal.admin.blueprints import admin
from portal.admin.overview import queries
from portal.core.access import access, current_actor, holds
from portal.permissions.catalogue import Permission
from portal.web.http.responses import render


@admin.get("/admin")
@access(holds(Permission.PEOPLE_READ_ALL))
def index() -> Response:
    """Show the queues on which the viewer may decide, and numbers about the portal."""
    return render("admin/index.html", overview=queries.overview(current_actor()))

"""The page of the outbox."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from portal.admin.blueprints import admin
from portal.admin.labels import CHANNELS, STATES
from portal.admin.outbox import queries
from portal.core.access import access, holds
from portal.outbox.kinds import label_of
from portal.outbox.models import State
from portal.permissions.catalogue import Permission
from portal.web.http.responses import render


@admin.get("/admin/outbox")
@access(holds(Permission.OUTBOX_READ))
def outbox() -> Response:
    """Show the messages in the state of ``?state=``, by default those that wait, and how many are in each state."""
    state = request.args.get("state", State.WAITING, type=State)
    page = queries.messages(state, cursor=request.args.get("cursor"))
    context: dict[str, Any] = {"state": state, "message_page": page, "counts": queries.message_counts()}
    context |= {"states": STATES, "label": label_of, "channels": CHANNELS}
    return render("admin/outbox.html", fragment="admin/_messages.html", **context)

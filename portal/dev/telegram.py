"""The page of the Telegram messages that a portal without a bot would have sent."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.core.access import ANYONE, access
from portal.core.environment import settings
from portal.dev import chats
from portal.outbox.transports.telegram import uses_chats
from portal.web.http.responses import render

blueprint = Blueprint("dev_telegram", __name__)


@blueprint.get("/telegram")
@access(ANYONE)
def show() -> Response:
    """Show the newest stored Telegram messages; only those to the chat in the query argument ``to`` if it is given."""
    chat = request.args.get("to", "")
    return render("dev/telegram.html", chats=chats.newest(chat), chat=chat, is_used=uses_chats(settings()))

"""The chats of a portal without a Telegram bot: what it would have written there."""

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
    chat = request.args.get("to", "")
    return render("dev/telegram.html", chats=chats.newest(chat), chat=chat, kept_here=uses_chats(settings()))

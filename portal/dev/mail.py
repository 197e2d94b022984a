"""The mailbox of a portal without a mail server: what would have been sent, to be read and followed."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request

from portal.core.access import ANYONE, access
from portal.core.environment import settings
from portal.dev import mailbox
from portal.outbox.transports.mail import uses_mailbox
from portal.web.http.responses import render

# The mail is somebody else's words: it may look as it likes and lead away, and nothing more.
BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)

blueprint = Blueprint("dev", __name__)


@blueprint.get("/mail")
@access(ANYONE)
def mail() -> Response:
    recipient = request.args.get("to", "")
    kept_here = uses_mailbox(settings())
    return render("dev/mail.html", mails=mailbox.newest(recipient), recipient=recipient, kept_here=kept_here)


@blueprint.get("/mail/<uuid:mail_id>")
@access(ANYONE)
def one_mail(mail_id: uuid.UUID) -> Response:
    return render("dev/one_mail.html", mail=mailbox.find(mail_id))


@blueprint.get("/mail/<uuid:mail_id>/body")
@access(ANYONE)
def mail_body(mail_id: uuid.UUID) -> Response:
    """What a mail program would show; links leave the frame."""
    html = mailbox.find(mail_id).html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, headers={"Content-Security-Policy": BODY_POLICY, "X-Frame-Options": "SAMEORIGIN"})

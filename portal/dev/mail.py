"""Pages of the mails that a portal without a mail server would have sent."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request

from portal.core.access import ANYONE, access
from portal.core.environment import settings
from portal.dev import stored_mails
from portal.outbox.transports.mail import uses_mailbox
from portal.web.http.responses import render

# A mail may contain text of other people: it may have its own styles and links, and nothing else.
BODY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)

blueprint = Blueprint("dev", __name__)


@blueprint.get("/mail")
@access(ANYONE)
def mail() -> Response:
    """Show the newest stored mails; only those to the query argument ``to`` if it is given."""
    recipient = request.args.get("to", "")
    is_used = uses_mailbox(settings())
    return render("dev/mail.html", mails=stored_mails.newest(recipient), recipient=recipient, is_used=is_used)


@blueprint.get("/mail/<uuid:mail_id>")
@access(ANYONE)
def one_mail(mail_id: uuid.UUID) -> Response:
    """Show one stored mail; raise ``NotFound`` if there is none with this id."""
    return render("dev/one_mail.html", mail=stored_mails.find(mail_id))


@blueprint.get("/mail/<uuid:mail_id>/body")
@access(ANYONE)
def mail_body(mail_id: uuid.UUID) -> Response:
    """Return the HTML body of a stored mail, for the frame on its page; its links open outside the frame.

    Scripts and forms in it are blocked. Raise ``NotFound`` for an unknown mail.
    """
    html = stored_mails.find(mail_id).html.replace("<head>", '<head><base target="_top">', 1)
    return Response(html, headers={"Content-Security-Policy": BODY_POLICY, "X-Frame-Options": "SAMEORIGIN"})

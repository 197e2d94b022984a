"""Error handlers: every error becomes a page, a fragment or, by ``portal.web.http.problems``, JSON."""

from __future__ import annotations

from flask import Flask, Response, current_app, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from portal.core.access import request_channel
from portal.core.actor import Channel
from portal.core.db import failures
from portal.core.db.unit_of_work import CommitUnknown
from portal.core.errors import DomainError, ReauthenticationNeeded, TooMany, Unauthenticated, WaitingForOffice
from portal.web.http.problems import (
    TOO_SLOW,
    UNAVAILABLE,
    WRONG_HOST,
    problem,
    problem_of_domain_error,
    problem_of_http_error,
)
from portal.web.http.responses import go_to, is_htmx, render, wants_fragment
from portal.web.http.sessions import anonymous
from portal.web.http.stale_forms import handle_stale_form, kept_form, lead_to_sign_in
from portal.web.preferences import page_of_form


def init_app(app: Flask) -> None:
    """Register the error handlers of this module with the application."""
    app.register_error_handler(DomainError, handle_domain_error)
    app.register_error_handler(HTTPException, handle_http_error)
    app.register_error_handler(CSRFError, handle_invalid_token)
    app.register_error_handler(DataError, handle_data_error)
    app.register_error_handler(Exception, handle_failure)


def wants_json() -> bool:
    """Return whether the current request belongs to the API, so that its errors are JSON."""
    return request_channel() is Channel.API


def handle_domain_error(error: DomainError) -> ResponseReturnValue:
    """Return the response to an error of a service: JSON in the API, else an error page or fragment with its message.

    Some errors redirect instead: ``Unauthenticated`` to the sign-in form, ``ReauthenticationNeeded`` to
    re-authentication, and a visit without the required second factor to the security settings. ``TooMany`` sets
    ``Retry-After``.
    """
    if wants_json():
        return problem_of_domain_error(error)
    if isinstance(error, Unauthenticated):
        return redirect_to_sign_in(error)
    if isinstance(error, ReauthenticationNeeded):
        return redirect_to_reauthentication(error)
    if error.code == "second_factor_needed" and request.method == "GET":
        flash(error.message, "refusal")
        return go_to(url_for("account.security"))
    heading = _("Not open yet") if isinstance(error, WaitingForOffice) else None
    response = error_page(error.status, error.message, heading)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def handle_invalid_token(error: CSRFError) -> ResponseReturnValue:
    """Return the response to a form with a stale token, or to the error of its access.

    That is a redirect to sign-in or re-authentication, or a refusal.
    """
    try:
        return handle_stale_form(error)
    except DomainError as refusal:
        return handle_domain_error(refusal)


def is_visit() -> bool:
    """Return whether the request is for a page, by a link or by htmx, and not for a fragment or by a form."""
    return request.method == "GET" and not wants_fragment()


def redirect_to_sign_in(error: Unauthenticated) -> ResponseReturnValue:
    """Return a redirect to sign-in, which leads back to the page of the request, or for a fragment to the one around.

    A form in which something was typed is kept instead; after any other one a message says why.
    """
    if is_visit():
        return go_to(url_for("accounts.login", next=request.full_path.rstrip("?")))
    if request.method == "GET":
        return go_to(url_for("accounts.login", next=page_of_form() or "/"))
    return kept_form(error) or lead_to_sign_in()


def redirect_to_reauthentication(error: ReauthenticationNeeded) -> ResponseReturnValue:
    """Return a redirect to re-authentication, which leads back to the page of the request.

    A form in which something was typed is kept instead. After any other one, and a request for a fragment, the way back
    is to the page that sent it, or to the security settings if that is unknown; a message says why.
    """
    if is_visit():
        return go_to(url_for("account.prove", next=request.full_path.rstrip("?")))
    if request.method == "POST" and (kept := kept_form(error)):
        return kept
    flash(error.message, "refusal")
    return go_to(url_for("account.prove", next=page_of_form() or url_for("account.security")))


def handle_http_error(error: HTTPException) -> ResponseReturnValue:
    """Return the response to an HTTP error of Flask or Werkzeug: a JSON problem in the API, else an error page.

    A foreign host gets plain text, a redirect or ready response stays as it is, and a failed error handler gets the
    response to its own error.
    """
    if isinstance(error, InternalServerError) and error.original_exception:  # an error handler has failed
        return handle_failure(error.original_exception)
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    if wants_json():
        return problem_of_http_error(error)
    if isinstance(error, SecurityError):
        # The links of a page would lead to the foreign host.
        return Response(str(WRONG_HOST), 400, mimetype="text/plain")
    response = error_page(error.code or 500, default_message(error.code or 500))
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def handle_data_error(error: DataError) -> ResponseReturnValue:
    """Return an error page or problem (422) for a value that passed validation and does not fit its column; log it."""
    current_app.logger.warning("value refused by the database: %s", type(error.orig).__name__)
    message = _("One of the values cannot be saved. Check what you entered.")
    return problem(422, "unstorable_value", message) if wants_json() else error_page(422, message)


def handle_failure(error: BaseException) -> ResponseReturnValue:
    """Log an unexpected error, and return a page or problem with status 500.

    The status is 503 if the database is unavailable or the result of the commit unknown.
    """
    g.setdefault("actor", anonymous(request_channel()))
    failures.log(current_app.logger, error, "request %s failed", g.get("request_id"))
    status, message = 500, default_message(500)
    if isinstance(error, CommitUnknown):
        status, message = (
            503,
            _("The connection was lost while saving. Check whether it was saved before you try again."),
        )
    elif failures.is_unavailable(error):
        status, message = 503, default_message(503)
    return problem(status, "failure", message) if wants_json() else error_page(status, message)


def error_page(status: int, message: object, heading: str | None = None) -> Response:
    """Return the error page, or its fragment if htmx asks for one, with ``status`` and ``message``.

    Without a ``heading`` it has the one that belongs to the status. Where htmx asks for a page, to take a part out of
    it, the whole content is replaced: that part is not in this page.
    """
    context = {"code": status, "message": message, "heading": heading}
    response = render("errors/page.html", fragment="errors/_fragment.html", status=status, **context)
    if is_htmx() and not wants_fragment():
        response.headers.update({"HX-Retarget": "#content", "HX-Reselect": "#content", "HX-Reswap": "outerHTML"})
    return response


def default_message(status: int) -> str:
    """Return what has happened and what to do next, for an error of ``status`` without a message of its own."""
    messages = {
        400: _(
            "This page was open for too long, or something was lost on the way. Go back, reload the page and try again."
        ),
        403: _("You do not have permission to do this."),
        404: _("There is nothing here. The page may have been removed, or the link may be wrong."),
        405: _("This link cannot be opened that way. Go back and use the buttons on the page."),
        408: str(TOO_SLOW),
        413: _("This is too large. Choose a smaller file or a shorter text."),
        414: _("This link is too long."),
        415: _("This kind of content is not accepted here."),
        429: _("Too many tries in a row. Wait a minute and try again."),
        503: str(UNAVAILABLE),
    }
    if status in messages:
        return messages[status]
    return _("Something went wrong on our side, and we have recorded it. Try again in a minute.")

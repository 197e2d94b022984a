"""Error handlers: every error becomes a page, a fragment or, by ``portal.web.http.problems``, JSON."""

from __future__ import annotations

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from portal.core.access import ANYONE, current_actor, request_channel, requirements_of
from portal.core.actor import Channel
from portal.core.db.unit_of_work import CommitUnknown, is_unavailable
from portal.core.errors import DomainError, ReauthenticationNeeded, TooMany, Unauthenticated
from portal.web.http.problems import WRONG_HOST, problem, problem_of_domain_error, problem_of_http_error
from portal.web.http.responses import render, wants_fragment
from portal.web.http.sessions import anonymous
from portal.web.preferences import path_of_page

STALE_FORM = lazy_gettext("Someone has signed in or out since this page was opened. Reload the page and try again.")


def init_app(app: Flask) -> None:
    """Register the error handlers of this module with the application."""
    app.register_error_handler(DomainError, handle_domain_error)
    app.register_error_handler(HTTPException, handle_http_error)
    app.register_error_handler(CSRFError, handle_stale_form)
    app.register_error_handler(DataError, handle_data_error)
    app.register_error_handler(Exception, handle_failure)


def wants_json() -> bool:
    """Return whether the current request belongs to the API, so that its errors are JSON."""
    return request_channel() is Channel.API


def handle_domain_error(error: DomainError) -> ResponseReturnValue:
    """Return the response to an error of a service: JSON in the API, else an error page or fragment with its message.

    Some errors redirect instead: a visitor's visit to a page of members to the sign-in form, ``ReauthenticationNeeded``
    to re-authentication, and a visit without the required second factor to the security settings. ``TooMany`` sets
    ``Retry-After``.
    """
    if wants_json():
        return problem_of_domain_error(error)
    if isinstance(error, Unauthenticated) and request.method == "GET" and not wants_fragment():
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), 303)
    if isinstance(error, ReauthenticationNeeded):
        return redirect_to_reauthentication(error)
    if error.code == "second_factor_needed" and request.method == "GET" and not wants_fragment():
        flash(error.message, "refusal")
        return redirect(url_for("account.security"), 303)
    response = error_page(error.status, error.message)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def redirect_to_reauthentication(error: ReauthenticationNeeded) -> ResponseReturnValue:
    """Return a redirect to re-authentication, which leads back to the page of the request.

    After a form or an htmx request that is the page that sent it, where the person must submit the form again; a
    message says why. htmx gets the redirect as ``HX-Redirect``.
    """
    is_visit = request.method == "GET" and not wants_fragment()
    if not is_visit:
        flash(error.message, "refusal")
    url = url_for("account.prove", next=request.full_path.rstrip("?") if is_visit else referring_page())
    return Response(headers={"HX-Redirect": url}) if wants_fragment() else redirect(url, 303)


def referring_page() -> str:
    """Return the path of the portal's page that sent the form or asked for the fragment.

    If it is unknown, foreign or answers no GET, return the path of the security settings.
    """
    path = path_of_page(request.headers.get("HX-Current-URL") or request.referrer or "")
    return url_for("account.security") if path == "/" else path


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


def handle_stale_form(error: CSRFError) -> ResponseReturnValue:
    """Return the error page (400) for a form whose CSRF token is missing or belongs to another session.

    Signing out when signed out already is no error and leads to the landing page.
    """
    if current_actor().is_authenticated:
        return error_page(400, STALE_FORM)
    if request.endpoint == "accounts.logout":
        return redirect(url_for("home.landing"), 303)
    requirements = requirements_of(current_app.view_functions[request.endpoint or ""])
    if requirements is None or requirements.access == ANYONE:
        return error_page(400, STALE_FORM)
    return error_page(400, _("You were signed out, and nothing was changed. Sign in and try again."))


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
    current_app.logger.exception("request failed", extra={"request_id": g.get("request_id")})
    status, message = 500, default_message(500)
    if isinstance(error, CommitUnknown):
        status, message = (
            503,
            _("The connection was lost while saving. Check whether it was saved before you try again."),
        )
    elif is_unavailable(error):
        status, message = 503, default_message(503)
    return problem(status, "failure", message) if wants_json() else error_page(status, message)


def error_page(status: int, message: object) -> Response:
    """Return the error page, or its fragment if htmx asks for a swap, with ``status`` and ``message``."""
    return render("errors/page.html", fragment="errors/_fragment.html", status=status, code=status, message=message)


def default_message(status: int) -> str:
    """Return what has happened and what to do next, for an error of ``status`` without a message of its own."""
    messages = {
        400: _(
            "This page was open for too long, or something was lost on the way. Go back, reload the page and try again."
        ),
        403: _("You do not have permission to do this."),
        404: _("There is nothing here. The page may have been removed, or the link may be wrong."),
        405: _("This link cannot be opened that way. Go back and use the buttons on the page."),
        413: _("This is too large. Choose a smaller file or a shorter text."),
        414: _("This link is too long."),
        415: _("This kind of content is not accepted here."),
        429: _("Too many tries in a row. Wait a minute and try again."),
        503: _("The portal is busy or under maintenance. Try again in a minute; nothing you saved is lost."),
    }
    if status in messages:
        return messages[status]
    return _("Something went wrong on our side, and we have recorded it. Try again in a minute.")

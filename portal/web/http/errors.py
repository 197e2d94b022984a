"""Every refusal and failure as a page or a fragment; JSON errors live in ``portal.api.errors``."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from portal.api.errors import WRONG_HOST, problem, problem_of_domain_error, problem_of_http_error
from portal.core.access import ANYONE, current_actor, request_channel, requirements_of
from portal.core.actor import Channel
from portal.core.db.unit_of_work import CommitUnknown, is_unavailable
from portal.core.errors import DomainError, ReauthenticationNeeded, TooMany, Unauthenticated
from portal.web.http.responses import render, wants_fragment
from portal.web.http.sessions import anonymous
from portal.web.preferences import answers_get, own_address

OTHER_SIGN_IN = lazy_gettext("Someone has signed in or out since this page was opened. Reload the page and try again.")


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, answer_domain_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(CSRFError, answer_stale_form)
    app.register_error_handler(DataError, answer_data_error)
    app.register_error_handler(Exception, answer_failure)


def wants_json() -> bool:
    return request_channel() is Channel.API


def answer_domain_error(error: DomainError) -> ResponseReturnValue:
    if wants_json():
        return problem_of_domain_error(error)
    if isinstance(error, Unauthenticated) and request.method == "GET" and not wants_fragment():
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), 303)
    if isinstance(error, ReauthenticationNeeded):
        return lead_to_proof(error)
    if error.code == "second_factor_needed" and request.method == "GET" and not wants_fragment():
        flash(error.message, "refusal")
        return redirect(url_for("account.security"), 303)
    response = error_page(error.status, error.message)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def lead_to_proof(error: ReauthenticationNeeded) -> ResponseReturnValue:
    """To where one shows that it is oneself, and from there back to where one was: a form must be sent again."""
    is_visit = request.method == "GET" and not wants_fragment()
    if not is_visit:
        flash(error.message, "refusal")
    address = url_for("account.prove", next=request.full_path.rstrip("?") if is_visit else page_before())
    return Response(headers={"HX-Redirect": address}) if wants_fragment() else redirect(address, 303)


def page_before() -> str:
    """The page of ours that a form or fragment was asked for from, if the browser says so."""
    before = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    address = own_address(before._replace(scheme="", netloc="").geturl())
    is_ours = before.netloc == request.host and answers_get(before.path)
    return address if is_ours else url_for("account.security")


def answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError) and error.original_exception:  # what words a refusal has failed itself
        return answer_failure(error.original_exception)
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    if wants_json():
        return problem_of_http_error(error)
    if isinstance(error, SecurityError):
        # Without a host of ours a page has no links.
        return Response(str(WRONG_HOST), 400, mimetype="text/plain")
    response = error_page(error.code or 500, sentence(error.code or 500))
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def answer_stale_form(error: CSRFError) -> ResponseReturnValue:
    """A form of another sign-in; whoever is signed out already has what signing out would do."""
    if current_actor().is_authenticated:
        return error_page(400, OTHER_SIGN_IN)
    if request.endpoint == "accounts.logout":
        return redirect(url_for("home.landing"), 303)
    gate = requirements_of(current_app.view_functions[request.endpoint or ""])
    if gate is None or gate.access == ANYONE:
        return error_page(400, OTHER_SIGN_IN)
    return error_page(400, _("You were signed out, and nothing was changed. Sign in and try again."))


def answer_data_error(error: DataError) -> ResponseReturnValue:
    """A value that passed every shape check and still does not fit its column is the sender's mistake."""
    current_app.logger.warning("value refused by the database: %s", type(error.orig).__name__)
    message = _("One of the values cannot be saved. Check what you entered.")
    return problem(422, "unstorable_value", message) if wants_json() else error_page(422, message)


def answer_failure(error: BaseException) -> ResponseReturnValue:
    g.setdefault("actor", anonymous(request_channel()))
    current_app.logger.exception("request failed", extra={"request_id": g.get("request_id")})
    status, message = 500, sentence(500)
    if isinstance(error, CommitUnknown):
        status, message = (
            503,
            _("The connection was lost while saving. Check whether it was saved before you try again."),
        )
    elif is_unavailable(error):
        status, message = 503, sentence(503)
    return problem(status, "failure", message) if wants_json() else error_page(status, message)


def error_page(status: int, message: object) -> Response:
    return render("errors/page.html", fragment="errors/_fragment.html", status=status, code=status, message=message)


def sentence(status: int) -> str:
    """What happened and what to do next, for errors that no service worded."""
    sentences = {
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
    if status in sentences:
        return sentences[status]
    return _("Something went wrong on our side, and we have recorded it. Try again in a minute.")

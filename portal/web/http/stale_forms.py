"""Forms that come back: what was typed into them survives a token of another session, and a sign-in that has ended.

A browser sends a stale form when its cookie was lost, or when someone signed in or out in another tab. Its view is run
again without saving anything, and shows the form with all that was typed and a fresh token. Passwords are not put into
a page: their fields are empty.
"""

from __future__ import annotations

from flask import Response, current_app, flash, g, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from portal.core.access import current_actor, requirements_of
from portal.core.db.unit_of_work import discarding
from portal.core.errors import DomainError, ReauthenticationNeeded
from portal.web.http.responses import go_to, is_htmx, render
from portal.web.preferences import own_path, page_of_form

FOR_VISITORS = frozenset(
    {
        "accounts.login",
        "accounts.request_code",
        "accounts.enter_code",
        "accounts.second_login",
        "accounts.resend_second_code",
        "accounts.register",
        "accounts.registered",
        "accounts.correct",
        "accounts.resend",
    }
)
"""Endpoints whose forms have nothing left to do once somebody is signed in."""

NOT_TYPED = frozenset({"csrf_token", "next", "token"})


def handle_stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Return the form again (400) with all that was typed and a fresh token, after a token of another or no session.

    A form without fields, such as a button, leads back to its page, which asks to press it again. Somebody who is
    signed in by now is redirected from a form for visitors, and whoever has signed out already from signing out. Raise
    what ``shown_again`` raises for a form that the caller may not, or no longer, send.
    """
    actor = current_actor()
    if request.endpoint == "accounts.logout" and not actor.is_authenticated:
        return go_to(url_for("home.landing"))
    if request.endpoint in FOR_VISITORS and actor.is_authenticated:
        flash(_("You are signed in already."))
        return go_to(own_path(request.form.get("next", "")))
    shown = shown_again()
    if shown is not None:
        return shown
    flash(_("Someone has signed in or out since this page was opened. Nothing was changed: try again."), "refusal")
    return go_to(page_of_form() or "/")


def shown_again() -> Response | None:
    """Return what the view shows for the form of the request when nothing is done with it, with status 400.

    Return ``None`` for a view that validates no form, for one that redirects or refuses, and for a form of another
    site, which must not fill in ours. Raise ``Unauthenticated``, ``ReauthenticationNeeded`` or ``Forbidden`` if the
    caller may not, or no longer, open the form.
    """
    view = current_app.view_functions[request.endpoint or ""]
    requirements = requirements_of(view)
    assert requirements is not None, "the application starts with declared access only"
    requirements.access.check(current_actor())
    if not validates_a_form() or is_of_another_site():
        return None
    g.is_stale_form = True
    try:
        with discarding():
            shown = make_response(current_app.ensure_sync(view)(**(request.view_args or {})))
    except DomainError:
        return None
    shown.status_code = 400 if shown.status_code == 422 else shown.status_code
    return None if shown.status_code in range(300, 400) else shown


def kept_form(error: DomainError) -> Response | None:
    """Return a page (401) that keeps what was typed while its author signs in, or proves again who they are.

    ``error`` says which of the two. The way there opens in a new tab; the form is then sent again and comes back with a
    fresh token. Return ``None`` for a form in which nothing is typed, for one of another site, and for htmx.
    """
    fields = [(name, text) for name, text in request.form.items(multi=True) if may_be_kept(name)]
    if not fields or is_htmx() or not validates_a_form() or is_of_another_site():
        return None
    endpoint = "account.prove" if isinstance(error, ReauthenticationNeeded) else "accounts.login"
    return render(
        "errors/kept_form.html",
        status=401,
        fields=fields,
        action=request.full_path.rstrip("?"),
        way=url_for(endpoint),
        needs_proof=endpoint == "account.prove",
    )


def lead_to_sign_in() -> Response:
    """Return a redirect from a form to sign-in, which leads back to the form's page; a message says why."""
    flash(_("You were signed out, and nothing was changed. Sign in and try again."), "refusal")
    return go_to(url_for("accounts.login", next=page_of_form() or "/"))


def may_be_kept(name: str) -> bool:
    """Return whether a field of a form may be put into a page again: neither a token nor a password."""
    return name not in NOT_TYPED and "password" not in name


def validates_a_form() -> bool:
    """Return whether the view of the request validates a form, and so shows it again; a mere button has none."""
    view = current_app.view_functions[request.endpoint or ""]
    return "validate_on_submit" in view.__code__.co_names


def is_of_another_site() -> bool:
    """Return whether the browser says that the form was sent by a page of another site."""
    origin = request.headers.get("Origin")
    is_ours = origin is None or origin.rpartition("//")[2] == request.host
    return not is_ours or request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}

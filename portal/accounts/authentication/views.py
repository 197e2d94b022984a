"""Pages for signing in, signing out and re-authentication."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import (
    code_sign_in,
    password_sign_in,
    pending_sign_in,
    reauthentication,
    second_factor_challenge,
    sessions,
)
from portal.accounts.authentication.callers import resolve_actor
from portal.accounts.authentication.forms import CodeRequestForm, LoginForm, ReauthenticationForm
from portal.accounts.authentication.one_time_secrets import CodeCheck
from portal.accounts.authentication.outcome import ClientInfo, Refusal, SecondFactorRequired, SignedIn
from portal.accounts.blueprints import account_pages, accounts_pages
from portal.accounts.forms import CodeForm
from portal.accounts.labels import CHANNEL_TEXTS, FACTOR_TEXTS, ban_text, wrong_code_text
from portal.core.access import ANYONE, MEMBER, access, current_actor
from portal.core.actor import Channel
from portal.core.errors import DomainError, TooMany
from portal.outbox.models import MessageChannel
from portal.web.http.even_duration import hide_duration
from portal.web.http.responses import render, see_other
from portal.web.http.sessions import end_browser_session, start_browser_session
from portal.web.preferences import own_path


@accounts_pages.route("/login", methods=["GET", "POST"])
@access(ANYONE)
def login() -> Response:
    """Show the sign-in form; on submission, sign in by email and password, or go on to the second factor.

    Somebody who is signed in already is redirected.
    """
    if request.method == "GET" and current_actor().is_authenticated:
        return redirect_to(request.args.get("next"))
    form = LoginForm(next=request.args.get("next", ""), email=pending_sign_in.email_to_sign_in())
    if form.validate_on_submit():
        with form.catching():
            outcome = password_sign_in.sign_in(current_actor(), form.email.data, form.password.data, client_info())
            if not isinstance(outcome, Refusal):
                return continue_sign_in(outcome, form.next.data)
            form.add_error(None, refusal_text(outcome, form.email.data))
    return render("accounts/login.html", fragment="accounts/_login.html", form=form, status=form.status)


@accounts_pages.route("/login/code", methods=["GET", "POST"], defaults={"channel": MessageChannel.MAIL})
@accounts_pages.route("/login/telegram", methods=["GET", "POST"], defaults={"channel": MessageChannel.TELEGRAM})
@access(ANYONE)
def request_code(channel: MessageChannel) -> Response:
    """Show the form that asks for an email; on submission, send a sign-in code by email or Telegram.

    ``channel`` comes from the URL. The browser then goes on to the form for the code, also if nothing was sent.
    """
    hide_duration()
    form = CodeRequestForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        with form.catching():
            requested = code_sign_in.request_code(current_actor(), form.email.data, channel)
            if requested.is_repeated:
                flash(_("A code was sent a moment ago. It still works. You can ask for another one in a minute."))
            pending_sign_in.remember(requested.token, channel=channel.value, email=form.email.data, next=form.next.data)
            return see_other("accounts.enter_code")
    texts, pending = CHANNEL_TEXTS[channel], pending_sign_in.current()
    return render(
        "accounts/request_code.html", form=form, channel=channel, texts=texts, pending=pending, status=form.status
    )


@accounts_pages.route("/login/code/enter", methods=["GET", "POST"])
@access(ANYONE)
def enter_code() -> Response:
    """Show the form for a sign-in code that was requested in this browser; on submission, sign in by it.

    Without such a request, the browser is redirected to the form that requests one.
    """
    pending, form = pending_sign_in.current(), CodeForm()
    if not pending.channel:
        return see_other("accounts.request_code", channel=MessageChannel.MAIL.value)
    channel = MessageChannel(pending.channel)
    if form.validate_on_submit():
        with form.catching():
            outcome = code_sign_in.sign_in(current_actor(), pending.token, form.code.data, channel, client_info())
            if isinstance(outcome, SignedIn | SecondFactorRequired):
                return continue_sign_in(outcome, pending.next)
            form.add_error("code", code_refusal_text(outcome, pending.email))
    texts = CHANNEL_TEXTS[channel]
    return render(
        "accounts/enter_code.html", form=form, channel=channel, texts=texts, pending=pending, status=form.status
    )


@accounts_pages.route("/login/second-step", methods=["GET", "POST"])
@access(ANYONE)
def second_login() -> Response:
    """Show the form for the code of the second factor; on submission, finish the sign-in by it.

    If it is opened after the started sign-in has expired, the browser is redirected to the sign-in form.
    """
    pending, form = pending_sign_in.current(), CodeForm()
    factor = second_factor_challenge.required_factor(pending.token)
    if factor is None and request.method == "GET":
        flash(_("That took too long. Sign in again."))
        return see_other("accounts.login")
    if form.validate_on_submit():
        with form.catching():
            outcome = second_factor_challenge.finish(current_actor(), pending.token, form.code.data, client_info())
            if isinstance(outcome, SignedIn):
                return continue_sign_in(outcome, pending.next)
            form.add_error("code", code_refusal_text(outcome, pending.email))
    text = FACTOR_TEXTS.get(factor)
    return render("accounts/second_factor.html", form=form, text=text, factor=factor, status=form.status)


@accounts_pages.post("/login/second-step/resend")
@access(ANYONE)
def resend_second_code() -> Response:
    """Send a new code for the second factor of the started sign-in, and redirect to the form for it.

    A flashed message says that it was sent or how long to wait. Nothing is sent if the sign-in is no longer valid.
    """
    pending = pending_sign_in.current()
    try:
        required = second_factor_challenge.resend_code(current_actor(), pending.token)
    except TooMany as refusal:
        flash(refusal.message, "refusal")
        return see_other("accounts.second_login")
    if required is not None:
        pending_sign_in.remember(required.token, next=pending.next)
        flash(_("We have sent you a new code."))
    return see_other("accounts.second_login")


@accounts_pages.post("/logout")
@access(ANYONE)
def logout() -> Response:
    """Sign out: end the session, clear the browser's cookie and redirect to the page for visitors."""
    sessions.sign_out(current_actor())
    end_browser_session()
    flash(_("You are signed out."))
    return see_other("home.landing")


@account_pages.route("/settings/security/proof", methods=["GET", "POST"])
@access(MEMBER)
def prove() -> Response:
    """Show the re-authentication form; on submission, check the password or code, and go on to ``next``.

    Without ``next``, the browser goes on to the page about security.
    """
    account = queries.get(current_actor().id)
    form = ReauthenticationForm(has_password=account.password_hash is not None, next=request.args.get("next", ""))
    if form.validate_on_submit():
        with form.catching():
            if reauthenticate(form):
                flash(_("Confirmed. We won't ask again for 10 minutes."))
                return redirect_to(form.next.data or url_for("account.security"))
            form.add_error("password" if form.typed_password else "code", _("This did not match. Try again."))
    return render("accounts/reauthentication.html", form=form, account=account, status=form.status)


def reauthenticate(form: ReauthenticationForm) -> bool:
    """Re-authenticate by the password or else by the code of a form, and return whether it was correct.

    Raise ``TooMany`` after too many failures.
    """
    if form.typed_password:
        return reauthentication.by_password(current_actor(), form.typed_password)
    return reauthentication.by_code(current_actor(), form.code.data or "")


@account_pages.post("/settings/security/proof/code")
@access(MEMBER)
def request_proof_code() -> Response:
    """Send a code for re-authentication by email, and redirect to the re-authentication form.

    A flashed message says that it was sent or why not.
    """
    try:
        reauthentication.send_code(current_actor())
        flash(_("We have emailed you a code."))
    except DomainError as refusal:
        flash(refusal.message, "refusal")
    return see_other("account.prove", next=request.form.get("next", ""))


def client_info() -> ClientInfo:
    """Return the User-Agent of this request as that of a client that does not refresh tokens."""
    return ClientInfo(request.user_agent.string)


def continue_sign_in(outcome: SignedIn | SecondFactorRequired, next_url: str | None) -> Response:
    """Sign the browser in and redirect to ``next_url``, or redirect to the second factor if one is required.

    The browser's cookie then holds the session, or the started sign-in.
    """
    if isinstance(outcome, SecondFactorRequired):
        pending_sign_in.remember(outcome.token, next=next_url)
        return see_other("accounts.second_login")
    actor = resolve_actor(outcome.sign_in.id, Channel.PAGE)
    assert actor is not None, "a session that was just opened is valid"
    start_browser_session(actor)
    return redirect_to(next_url)


def redirect_to(url: str | None) -> Response:
    """Return a redirect (303) to ``url`` if it is a path of this portal, or to the home page."""
    target = own_path(url) if url else url_for("home.index")
    response = redirect(target, 303)
    assert isinstance(response, Response)
    return response


def code_refusal_text(outcome: Refusal | CodeCheck, email: str) -> str:
    """Return the sentence that says why a code did not sign somebody in, in the language of the request."""
    return wrong_code_text(outcome) if isinstance(outcome, CodeCheck) else refusal_text(outcome, email)


def refusal_text(refusal: Refusal, email: str) -> str:
    """Return the text that says why a sign-in was refused and what to do next, in the language of the request.

    For a ban, ``email`` finds the account whose reason and end the text gives.
    """
    texts = {
        Refusal.WRONG: _("The email address or the password is wrong. Check both and try again."),
        Refusal.NOT_VERIFIED: _(
            "Your email is not confirmed yet. Open the link in our email, or ask for another one below."
        ),
        Refusal.PASSWORD_FIRST: _("Your account asks for the password first. Sign in with it, then enter the code."),
    }
    return texts[refusal] if refusal in texts else ban_text(queries.find_by_email(email))

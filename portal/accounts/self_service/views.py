"""Pages of one's own account: settings, security, password, email, sessions, warnings."""

from __future__ import annotations

import uuid

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import pending_sign_in, second_factor, sessions
from portal.accounts.authentication.outcome import ClientInfo
from portal.accounts.authentication.views import continue_sign_in, redirect_to
from portal.accounts.blueprints import account_pages, accounts_pages
from portal.accounts.devices import device_name, network_name
from portal.accounts.forms import CodeForm, LinkForm
from portal.accounts.labels import FACTOR_NAMES, METHOD_NAMES, wrong_code_text
from portal.accounts.self_service import email_change, password_change, preferences
from portal.accounts.self_service.email_change import UndoOutcome
from portal.accounts.self_service.forms import (
    EmailChangeForm,
    FactorForm,
    PasswordForm,
    ResetForm,
    ResetRequestForm,
    SettingsForm,
)
from portal.accounts.self_service.password_change import LinkState, WrongPassword
from portal.accounts.self_service.qr_codes import qr_code
from portal.accounts.status import decisions
from portal.core.access import ANYONE, MEMBER, RECENT_AUTH, SIGNED_IN, access, check_recent_auth, current_actor
from portal.core.errors import DomainError
from portal.web.http import cookies
from portal.web.http.even_duration import hide_duration
from portal.web.http.responses import render, see_other
from portal.web.http.sessions import end_browser_session
from portal.web.i18n.selection import LOCALES, speaking
from portal.web.preferences import set_preference_cookie

for template_filter in (device_name, network_name):
    account_pages.add_app_template_filter(template_filter)


@account_pages.app_template_global()
def unread_warnings() -> list[tuple[str, str]]:
    """Return a pair for each unread warning to the caller: the URL that marks it as read, and its text."""
    actor = current_actor()
    if not g.get("has_unread_warning"):
        return []
    warnings = queries.unread_warnings(actor.id)
    return [(url_for("account.read_warning", warning_id=warning.id), warning.text) for warning in warnings]


@account_pages.route("/settings/account", methods=["GET", "POST"])
@access(MEMBER)
def settings() -> Response:
    """Show the email of the account, and show and change its language, theme and time zone."""
    actor = current_actor()
    account = queries.get(actor.id)
    form = SettingsForm(locale=account.locale, theme=account.theme, time_zone=account.time_zone)
    if form.validate_on_submit():
        with form.catching():
            preferences.change_settings(actor, **form.preferences())
            return settings_saved(form)
    pending_email = email_change.pending_email(actor)
    return render("accounts/settings.html", form=form, account=account, pending_email=pending_email, status=form.status)


def settings_saved(form: SettingsForm) -> Response:
    """Return a redirect to the settings of the account after the form was saved.

    Its message is in the chosen language; language and theme are kept in cookies for the next visit.
    """
    with speaking(form.locale.data or request.accept_languages.best_match(LOCALES, LOCALES[0])):
        flash(_("Settings saved."))
    response = see_other("account.settings")
    set_preference_cookie(response, cookies.LOCALE, form.locale.data)
    set_preference_cookie(response, cookies.THEME, form.theme.data)
    return response


@account_pages.get("/settings/security")
@access(MEMBER)
def security() -> Response:
    """Show whether the account has a password, its second factor, and its open sessions."""
    actor = current_actor()
    return render(
        "accounts/security.html",
        account=queries.get(actor.id),
        state=second_factor.state_of(actor),
        sign_ins=queries.open_sign_ins(actor.id),
        methods=METHOD_NAMES,
        factors=FACTOR_NAMES,
        has_recent_auth=actor.has_recent_auth,
    )


@account_pages.route("/settings/security/password", methods=["GET", "POST"])
@access(MEMBER)
def password() -> Response:
    """Ask for a new password and store it: every session ends, and this browser gets a new one.

    Raise ``ReauthenticationNeeded`` for an account without a password if the last authentication is not recent.
    """
    actor = current_actor()
    has_password = queries.get(actor.id).password_hash is not None
    if not has_password:
        check_recent_auth(actor)
    form = PasswordForm(has_password=has_password)
    if form.validate_on_submit():
        with form.catching():
            current, client = form.data.get("current_password", ""), ClientInfo(request.user_agent.string)
            outcome = password_change.change(actor, current, form.new_password.data, client)
            if outcome is not WrongPassword.WRONG:
                response = continue_sign_in(outcome, url_for("account.security"))
                flash(_("Your password is changed. You are signed out everywhere else."))
                return response
            form.add_error("current_password", _("This is not your current password. Try again."))
    return render("accounts/password.html", form=form, status=form.status)


@account_pages.route("/settings/account/address", methods=["GET", "POST"])
@access(RECENT_AUTH)
def change_address() -> Response:
    """Ask for a new email of the account, send a code to it, and redirect to the page that asks for the code."""
    form = EmailChangeForm()
    if form.validate_on_submit():
        with form.catching():
            email_change.request_change(current_actor(), form.email.data)
            return see_other("account.confirm_address")
    return render("accounts/email.html", form=form, status=form.status)


@account_pages.route("/settings/account/address/code", methods=["GET", "POST"])
@access(MEMBER)
def confirm_address() -> Response:
    """Ask for the code that was sent to the new email, and change the email by it.

    Without a pending change redirect to the form for one.
    """
    actor, form = current_actor(), CodeForm()
    pending_email = email_change.pending_email(actor)
    if form.validate_on_submit():
        with form.catching():
            check = email_change.confirm_change(actor, form.code.data)
            if check.is_correct:
                flash(_("Your email address is changed. Sign in with the new one from now on."))
                return see_other("account.settings")
            form.add_error("code", wrong_code_text(check))
    if pending_email is None and not form.errors:
        return see_other("account.change_address")
    return render("accounts/email_code.html", form=form, pending_email=pending_email, status=form.status)


@account_pages.post("/settings/security/second-step")
@access(RECENT_AUTH)
def choose_factor() -> Response:
    """Set the second factor to a code by email or Telegram or to none; a change ends every other session."""
    try:
        second_factor.choose(current_actor(), FactorForm().factor.data or "")
        flash(_("Saved. You are signed out everywhere else."))
    except DomainError as refusal:
        flash(refusal.message, "refusal")
    return see_other("account.security")


@account_pages.route("/settings/security/authenticator", methods=["GET", "POST"])
@access(RECENT_AUTH)
def authenticator() -> Response:
    """Show the QR code for an authenticator app, and make the app the second factor by its first code.

    The response to a correct code shows the recovery codes; every other session ends.
    """
    actor, form = current_actor(), CodeForm()
    if form.validate_on_submit():
        with form.catching():
            recovery_codes = second_factor.confirm_authenticator(actor, form.code.data)
            if recovery_codes is not None:
                return render("accounts/recovery_codes.html", recovery_codes=recovery_codes)
            form.add_error("code", _("This code did not work. Enter a new one from the app."))
    setup = second_factor.pending_setup(actor)
    qr = qr_code(setup.uri) if setup else None
    return render("accounts/authenticator.html", form=form, setup=setup, qr=qr, status=form.status)


@account_pages.post("/settings/security/authenticator/key")
@access(RECENT_AUTH)
def begin_authenticator() -> Response:
    """Issue a key for an authenticator app, and redirect to the page that shows its QR code."""
    second_factor.begin_authenticator(current_actor())
    return see_other("account.authenticator")


@account_pages.post("/settings/security/recovery-codes")
@access(RECENT_AUTH)
def renew_recovery_codes() -> Response:
    """Replace the recovery codes and show the ten new ones; show a message if there is no authenticator app."""
    try:
        recovery_codes = second_factor.renew_recovery_codes(current_actor())
    except DomainError as refusal:
        flash(refusal.message, "refusal")
        return see_other("account.security")
    return render("accounts/recovery_codes.html", recovery_codes=recovery_codes)


@account_pages.post("/settings/security/sign-ins/<uuid:session_id>/end")
@access(MEMBER)
def end_sign_in(session_id: uuid.UUID) -> Response:
    """End one session of the account; if it is the session of this browser, sign the browser out."""
    actor = current_actor()
    sessions.end_one(actor, actor.id, session_id)
    flash(_("That device is signed out."))
    if session_id != actor.session_id:
        return see_other("account.security")
    end_browser_session()
    return see_other("home.landing")


@account_pages.post("/settings/security/sign-ins/end-others")
@access(MEMBER)
def end_other_sign_ins() -> Response:
    """End every session of the account except the one of this browser."""
    sessions.sign_out_elsewhere(current_actor())
    flash(_("You are signed out everywhere else."))
    return see_other("account.security")


@account_pages.post("/settings/security/sign-ins/end-all")
@access(MEMBER)
def end_all_sign_ins() -> Response:
    """End every session of the account, and sign this browser out."""
    sessions.sign_out_everywhere(current_actor())
    end_browser_session()
    flash(_("You are signed out everywhere."))
    return see_other("home.landing")


@account_pages.post("/settings/warnings/<uuid:warning_id>/read")
@access(SIGNED_IN)
def read_warning(warning_id: uuid.UUID) -> Response:
    """Mark a warning to the caller as read, and redirect to the page that showed it."""
    decisions.acknowledge_warning(current_actor(), warning_id)
    return redirect_to(request.form.get("next"))


@accounts_pages.route("/password/forgot", methods=["GET", "POST"])
@access(ANYONE)
def forgot() -> Response:
    """Ask for the email of an account, and email a link to reset its password; unknown emails get the same page.

    With ``sent`` in the URL it says where the email went.
    """
    hide_duration()
    form = ResetRequestForm(email=pending_sign_in.email_to_sign_in())
    if form.validate_on_submit():
        with form.catching():
            password_change.request_reset(current_actor(), form.email.data)
            pending_sign_in.remember_email(form.email.data)
            return see_other("accounts.forgot", sent="yes")
    sent_to = pending_sign_in.email_to_sign_in() if "sent" in request.args else ""
    return render("accounts/forgot.html", form=form, sent_to=sent_to, status=form.status)


@accounts_pages.route("/password/reset", methods=["GET", "POST"])
@access(ANYONE)
def reset() -> Response:
    """Ask for a new password and set it by the emailed link; 400 if the link is not valid."""
    form = ResetForm(token=request.args.get("token", ""))
    state = password_change.inspect_link(form.token.data)
    if form.validate_on_submit():
        with form.catching():
            state = password_change.reset(current_actor(), form.token.data, form.new_password.data)
            if state is LinkState.LIVE:
                return see_other("accounts.reset_done")
    status = form.status if state is LinkState.LIVE else 400
    return render("accounts/reset.html", form=form, is_live=state is LinkState.LIVE, status=status)


@accounts_pages.get("/password/reset/done")
@access(ANYONE)
def reset_done() -> Response:
    """Show that the new password is saved, and the way to sign in."""
    return render("accounts/reset_done.html")


@accounts_pages.route("/email/undo", methods=["GET", "POST"])
@access(ANYONE)
def undo_address() -> Response:
    """Show what the emailed link to the old email would undo, and undo it when the form is submitted.

    400 if the link is not valid.
    """
    form = LinkForm(token=request.args.get("token", ""))
    if form.validate_on_submit():
        outcome = email_change.undo(current_actor(), form.token.data)
    else:
        outcome = email_change.inspect_undo_link(form.token.data)
    status = 400 if outcome in {UndoOutcome.USED, UndoOutcome.EXPIRED} else 200
    return render("accounts/undo_email.html", form=form, outcome=outcome, status=status)

"""Pages on which people change their own account."""

from __future__ import annotations

import uuid

from flask import Response, flash, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import second_factor, sessions
from portal.accounts.authentication.sessions import Visit
from portal.accounts.authentication.views import go_on, onward
from portal.accounts.blueprints import account, accounts
from portal.accounts.devices import device_name, network_name
from portal.accounts.forms import CodeForm, LinkForm
from portal.accounts.labels import FACTOR_NAMES, METHOD_NAMES, refused_code
from portal.accounts.self_service import email_change, password_change, preferences
from portal.accounts.self_service.email_change import Undone
from portal.accounts.self_service.forms import (
    AddressForm,
    FactorForm,
    PasswordForm,
    ResetForm,
    ResetRequestForm,
    SettingsForm,
)
from portal.accounts.self_service.password_change import LinkState, WrongPassword
from portal.accounts.self_service.qr_codes import qr_code
from portal.accounts.status import decisions
from portal.core.access import ANYONE, MEMBER, RECENT_AUTH, access, check_recent_auth, current_actor
from portal.core.errors import DomainError
from portal.web.http.responses import render, see_other
from portal.web.http.sessions import leave
from portal.web.i18n.selection import LOCALE_COOKIE, LOCALES
from portal.web.preferences import THEME_COOKIE, keep

for function in (device_name, network_name):
    account.add_app_template_filter(function)


@accounts.app_template_global()
def unread_warnings() -> list[tuple[str, str]]:
    """Address to answer at and text of what the office asks the reader to mind."""
    actor = current_actor()
    if not actor.has_warning:
        return []
    found = queries.unread_warnings(actor.id)
    return [(url_for("account.read_warning", warning_id=warning.id), warning.text) for warning in found]


@account.route("/settings/account", methods=["GET", "POST"])
@access(MEMBER)
def settings() -> Response:
    """Language, look, time zone and address."""
    actor = current_actor()
    account = queries.get(actor.id)
    form = SettingsForm(locale=account.locale, theme=account.theme, time_zone=account.time_zone)
    if form.validate_on_submit():
        with form.catching():
            preferences.change_settings(actor, **form.chosen())
            return saved(form)
    return render(
        "accounts/settings.html", form=form, account=account, awaited=email_change.awaited(actor), status=form.status
    )


def saved(form: SettingsForm) -> Response:
    """Say so in the language that was chosen, and let this browser remember it for the next visit."""
    with force_locale(form.locale.data or request.accept_languages.best_match(LOCALES, LOCALES[0])):
        flash(_("Settings saved."))
    response = see_other("account.settings")
    keep(response, LOCALE_COOKIE, form.locale.data)
    keep(response, THEME_COOKIE, form.theme.data)
    return response


@account.get("/settings/security")
@access(MEMBER)
def security() -> Response:
    """How one signs in, and where one is signed in."""
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


@account.route("/settings/security/password", methods=["GET", "POST"])
@access(MEMBER)
def password() -> Response:
    """Change the password; everybody else who is signed in as this person is not any more."""
    actor = current_actor()
    has_password = queries.get(actor.id).password_hash is not None
    if not has_password:
        check_recent_auth(actor)
    form = PasswordForm(has_password=has_password)
    if form.validate_on_submit():
        with form.catching():
            current = form.current_password.data if "current_password" in form else ""
            outcome = password_change.change(actor, current, form.new_password.data, Visit(request.user_agent.string))
            if outcome is not WrongPassword.WRONG:
                response = go_on(outcome, url_for("account.security"))
                flash(_("Your password is changed. You are signed out everywhere else."))
                return response
            form.refuse("current_password", _("This is not your current password. Try again."))
    return render("accounts/password.html", form=form, status=form.status)


@account.route("/settings/account/address", methods=["GET", "POST"])
@access(RECENT_AUTH)
def change_address() -> Response:
    """Which address shall it be."""
    form = AddressForm()
    if form.validate_on_submit():
        with form.catching():
            email_change.request_change(current_actor(), form.email.data)
            return see_other("account.confirm_address")
    return render("accounts/address.html", form=form, status=form.status)


@account.route("/settings/account/address/code", methods=["GET", "POST"])
@access(MEMBER)
def confirm_address() -> Response:
    """The code that was sent to the new address."""
    actor, form = current_actor(), CodeForm()
    awaited = email_change.awaited(actor)
    if form.validate_on_submit():
        with form.catching():
            made = email_change.confirm_change(actor, form.code.data)
            if made.is_right:
                flash(_("Your email address is changed. Sign in with the new one from now on."))
                return see_other("account.settings")
            form.refuse("code", refused_code(made))
    if awaited is None and not form.errors:
        return see_other("account.change_address")
    return render("accounts/address_code.html", form=form, awaited=awaited, status=form.status)


@account.post("/settings/security/second-step")
@access(RECENT_AUTH)
def choose_factor() -> Response:
    """Codes by mail or Telegram, or no second step."""
    try:
        second_factor.choose(current_actor(), FactorForm().factor.data or "")
        flash(_("Saved. You are signed out everywhere else."))
    except DomainError as refusal:
        flash(refusal.message, "refusal")
    return see_other("account.security")


@account.route("/settings/security/authenticator", methods=["GET", "POST"])
@access(RECENT_AUTH)
def authenticator() -> Response:
    """Scan, type the number, keep the recovery codes."""
    actor, form = current_actor(), CodeForm()
    if form.validate_on_submit():
        with form.catching():
            recovery_codes = second_factor.confirm_authenticator(actor, form.code.data)
            if recovery_codes is not None:
                return render("accounts/recovery_codes.html", recovery_codes=recovery_codes)
            form.refuse("code", _("This code did not work. Enter a new one from the app."))
    setup = second_factor.pending_setup(actor)
    qr = qr_code(setup.address) if setup else None
    return render("accounts/authenticator.html", form=form, setup=setup, qr=qr, status=form.status)


@account.post("/settings/security/authenticator/key")
@access(RECENT_AUTH)
def begin_authenticator() -> Response:
    second_factor.begin_authenticator(current_actor())
    return see_other("account.authenticator")


@account.post("/settings/security/recovery-codes")
@access(RECENT_AUTH)
def renew_recovery_codes() -> Response:
    """Ten fresh ones."""
    try:
        recovery_codes = second_factor.renew_recovery_codes(current_actor())
    except DomainError as refusal:
        flash(refusal.message, "refusal")
        return see_other("account.security")
    return render("accounts/recovery_codes.html", recovery_codes=recovery_codes)


@account.post("/settings/security/sign-ins/<uuid:session_id>/end")
@access(MEMBER)
def end_sign_in(session_id: uuid.UUID) -> Response:
    """One of the list; one's own signs out."""
    actor = current_actor()
    sessions.end_one(actor, actor.id, session_id)
    flash(_("That device is signed out."))
    if session_id != actor.session_id:
        return see_other("account.security")
    leave()
    return see_other("home.landing")


@account.post("/settings/security/sign-ins/end-others")
@access(MEMBER)
def end_other_sign_ins() -> Response:
    sessions.sign_out_elsewhere(current_actor())
    flash(_("You are signed out everywhere else."))
    return see_other("account.security")


@account.post("/settings/security/sign-ins/end-all")
@access(MEMBER)
def end_all_sign_ins() -> Response:
    sessions.sign_out_everywhere(current_actor())
    leave()
    flash(_("You are signed out everywhere."))
    return see_other("home.landing")


@account.post("/settings/warnings/<uuid:warning_id>/read")
@access(MEMBER)
def read_warning(warning_id: uuid.UUID) -> Response:
    decisions.acknowledge(current_actor(), warning_id)
    return onward(request.form.get("next"))


@accounts.route("/password/forgot", methods=["GET", "POST"])
@access(ANYONE)
def forgot() -> Response:
    form = ResetRequestForm()
    if form.validate_on_submit():
        with form.catching():
            password_change.request_reset(current_actor(), form.email.data)
            flash(_("If this address has an account, we have emailed a link to it."))
            return see_other("accounts.forgot")
    return render("accounts/forgot.html", form=form, status=form.status)


@accounts.route("/password/reset", methods=["GET", "POST"])
@access(ANYONE)
def reset() -> Response:
    form = ResetForm(token=request.args.get("token", ""))
    state = password_change.look_at_link(form.token.data)
    if form.validate_on_submit():
        with form.catching():
            state = password_change.reset(current_actor(), form.token.data, form.new_password.data)
            if state is LinkState.LIVE:
                flash(_("Your new password is saved. Sign in with it."))
                return see_other("accounts.login")
    status = form.status if state is LinkState.LIVE else 400
    return render("accounts/reset.html", form=form, is_live=state is LinkState.LIVE, status=status)


@accounts.route("/email/undo", methods=["GET", "POST"])
@access(ANYONE)
def undo_address() -> Response:
    form = LinkForm(token=request.args.get("token", ""))
    if form.validate_on_submit():
        outcome = email_change.undo(current_actor(), form.token.data)
    else:
        outcome = email_change.look_at_undo(form.token.data)
    return render("accounts/undo.html", form=form, outcome=outcome, status=400 if outcome is Undone.OVER else 200)

"""Pages for registering and confirming one's email."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from portal.accounts.authentication import pending_sign_in
from portal.accounts.authentication.outcome import Refusal
from portal.accounts.authentication.views import client_info, continue_sign_in, refusal_text
from portal.accounts.blueprints import accounts_pages
from portal.accounts.forms import CodeForm, EmailForm, LinkForm
from portal.accounts.registration import pending_registration, verification
from portal.accounts.registration.forms import RegistrationForm
from portal.accounts.registration.register import correct_email, register_hiding_conflicts
from portal.accounts.registration.verification import LinkOutcome, PressedLink
from portal.core.access import ANYONE, access, current_actor
from portal.texts.queries import privacy_version
from portal.web.http.even_duration import hide_duration
from portal.web.http.responses import render, see_other


@accounts_pages.route("/register", methods=["GET", "POST"])
@access(ANYONE)
def register() -> Response:
    """Show the registration form; on submission, register and redirect to a page that says to expect an email.

    It does not show whether the email was registered already. On GET, somebody who is signed in is redirected to
    the home page.
    """
    if request.method == "GET" and current_actor().is_authenticated:
        return see_other("home.index")
    form = RegistrationForm(privacy_version())
    if form.validate_on_submit():
        with form.catching():
            bound = pending_registration.current().token
            token = register_hiding_conflicts(current_actor(), form.registration(), bound=bound)
            pending_registration.remember(token, form.email.data)
            return see_other("accounts.registered")
    response = render("accounts/register.html", fragment="accounts/_registration.html", form=form, status=form.status)
    if form.keeps_password:
        response.cache_control.no_store = True
    return response


@accounts_pages.route("/register/done", methods=["GET", "POST"])
@access(ANYONE)
def registered() -> Response:
    """Show where the email went, and the form for its code; on submission, confirm the email and sign in.

    It shows the same whether or not the email entered was registered already.
    """
    pending, form = pending_registration.current(), CodeForm()
    if form.validate_on_submit():
        with form.catching():
            actor = current_actor()
            outcome = verification.sign_in_here(actor, pending.token, pending.email, form.code.data, client_info())
            if not isinstance(outcome, Refusal):
                return continue_sign_in(outcome, None)
            form.add_error("code", code_refusal(outcome, pending.email))
    return registered_page(form, EmailForm(formdata=None, email=pending.email), form.status)


@accounts_pages.post("/register/email")
@access(ANYONE)
def correct() -> Response:
    """Send the link of a registration to another email, because the first one was mistyped."""
    pending, form = pending_registration.current(), EmailForm()
    if form.validate_on_submit():
        with form.catching():
            token = correct_email(current_actor(), pending.token, form.email.data)
            pending_registration.remember(token, form.email.data)
            flash(_("We have sent the email to the corrected address."))
            return see_other("accounts.registered")
    return registered_page(CodeForm(formdata=None), form, form.status)


def registered_page(form: CodeForm, correction: EmailForm, status: int) -> Response:
    """Return the page after registering, with the form for the code and the one that corrects the email."""
    pending = pending_registration.current()
    return render("accounts/registered.html", form=form, correction=correction, pending=pending, status=status)


def code_refusal(refusal: Refusal, email: str) -> str:
    """Return why a code did not confirm the email of a registration, in the language of the request."""
    if refusal is Refusal.WRONG:
        return _("This code does not work. Check it, or ask for a new email.")
    return refusal_text(refusal, email)


@accounts_pages.get("/verify")
@access(ANYONE)
def verify() -> Response:
    """Show the button that confirms one's email, for the emailed link with this token, or why the link is invalid."""
    token = request.args.get("token", "")
    return verification_page(token, verification.inspect_link(token))


@accounts_pages.post("/verify")
@access(ANYONE)
def press_link() -> Response:
    """Confirm the email by the link whose button was pressed, and sign in or redirect to the sign-in form.

    Only the browser in which the person registered is signed in. If the link is not valid or the email already
    confirmed, show that instead.
    """
    token, bound = request.form.get("token", ""), pending_registration.current().token
    pressed = verification.press_link(current_actor(), token, bound, client_info())
    if pressed.outcome in {LinkOutcome.VERIFIED, LinkOutcome.CONFIRMED}:
        return after_confirmation(pressed)
    return verification_page(token, pressed.outcome)


def after_confirmation(pressed: PressedLink) -> Response:
    """Return the redirect after an email was confirmed: to where the sign-in leads, or to the sign-in form."""
    flash(_("Your email is confirmed."))
    if pressed.sign_in is not None and not isinstance(pressed.sign_in, Refusal):
        return continue_sign_in(pressed.sign_in, None)
    pending_sign_in.remember_email(pressed.email)
    return see_other("accounts.login")


def verification_page(token: str, outcome: LinkOutcome) -> Response:
    """Return the page of a link: its button, or why it does not work and how to get another one.

    ``outcome`` is the result of the link. The status is 400 for an expired or unknown link, else 200.
    """
    status = 400 if outcome in {LinkOutcome.EXPIRED, LinkOutcome.UNKNOWN} else 200
    form = LinkForm(formdata=None, token=token)
    return render("accounts/verify.html", form=form, resend=EmailForm(formdata=None), outcome=outcome, status=status)


@accounts_pages.route("/verify/resend", methods=["GET", "POST"])
@access(ANYONE)
def resend() -> Response:
    """Show the form that asks for an email; on submission, email a new link to the account if it waits for one.

    The response does not show whether it does. The browser in which the person registered returns to the form for the
    code.
    """
    hide_duration()
    pending = pending_registration.current()
    form = EmailForm(email=pending_sign_in.email_to_sign_in())
    if form.validate_on_submit():
        with form.catching():
            verification.resend(current_actor(), form.email.data)
            if form.email.data == pending.email:
                flash(_("If this address is unconfirmed, we have sent a new link."))
                return see_other("accounts.registered")
            pending_sign_in.remember_email(form.email.data)
            return see_other("accounts.resend", sent="yes")
    sent_to = pending_sign_in.email_to_sign_in() if "sent" in request.args else ""
    return render("accounts/resend.html", form=form, sent_to=sent_to, status=form.status)

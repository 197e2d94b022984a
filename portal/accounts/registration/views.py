"""Pages for registering and confirming one's email."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from portal.accounts.blueprints import accounts_pages
from portal.accounts.forms import EmailForm, LinkForm
from portal.accounts.registration import verification
from portal.accounts.registration.forms import RegistrationForm
from portal.accounts.registration.register import register_hiding_conflicts
from portal.accounts.registration.verification import LinkOutcome
from portal.core.access import ANYONE, access, current_actor
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
    form = RegistrationForm()
    if form.validate_on_submit():
        with form.catching():
            register_hiding_conflicts(current_actor(), form.registration())
            return see_other("accounts.registered")
    return render("accounts/register.html", fragment="accounts/_registration.html", form=form, status=form.status)


@accounts_pages.get("/register/done")
@access(ANYONE)
def registered() -> Response:
    """Show that an email is on its way, whether or not the email entered was registered already."""
    return render("accounts/registered.html")


@accounts_pages.get("/verify")
@access(ANYONE)
def verify() -> Response:
    """Show the button that confirms one's email, for the emailed link with this token, or why the link is invalid."""
    token = request.args.get("token", "")
    return verification_page(token, verification.inspect_link(token))


@accounts_pages.post("/verify")
@access(ANYONE)
def press_link() -> Response:
    """Confirm the email by the link whose button was pressed, and redirect to the sign-in form.

    If the link is not valid or the email already confirmed, show that instead.
    """
    token = request.form.get("token", "")
    outcome = verification.verify_by_link(current_actor(), token)
    if outcome is LinkOutcome.VERIFIED:
        flash(_("Your email is confirmed. You can sign in now."))
        return see_other("accounts.login")
    return verification_page(token, outcome)


def verification_page(token: str, outcome: LinkOutcome) -> Response:
    """Return the page of a link: its button, or why it does not work and how to get another one.

    ``outcome`` is the result of the link. The status is 400 for an expired or unknown link, else 200.
    """
    status = 200 if outcome in {LinkOutcome.VERIFIED, LinkOutcome.ALREADY_VERIFIED} else 400
    form = LinkForm(formdata=None, token=token)
    return render("accounts/verify.html", form=form, resend=EmailForm(formdata=None), outcome=outcome, status=status)


@accounts_pages.route("/verify/resend", methods=["GET", "POST"])
@access(ANYONE)
def resend() -> Response:
    """Show the form that asks for an email; on submission, email a new link to the account if it waits for one.

    The response does not show whether it does.
    """
    form = EmailForm()
    if form.validate_on_submit():
        with form.catching():
            verification.resend(current_actor(), form.email.data)
            flash(_("If this address is unconfirmed, we have sent a new link."))
            return see_other("accounts.resend")
    return render("accounts/resend.html", form=form, status=form.status)

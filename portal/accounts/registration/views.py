"""Pages for registering and confirming one's email."""

from __future__ import annotations

from flask import Response, flash, request
from flask_babel import gettext as _

from portal.accounts.blueprints import accounts
from portal.accounts.forms import LinkForm, ResendForm
from portal.accounts.registration import verification
from portal.accounts.registration.forms import RegistrationForm
from portal.accounts.registration.register import register_quietly
from portal.accounts.registration.verification import Outcome as Verification
from portal.core.access import ANYONE, access, current_actor
from portal.web.http.responses import render, see_other


@accounts.route("/register", methods=["GET", "POST"])
@access(ANYONE)
def register() -> Response:
    if request.method == "GET" and current_actor().is_authenticated:
        return see_other("home.index")
    form = RegistrationForm()
    if form.validate_on_submit():
        with form.catching():
            register_quietly(current_actor(), form.registration())
            return see_other("accounts.registered")
    return render("accounts/register.html", fragment="accounts/_registration.html", form=form, status=form.status)


@accounts.get("/register/done")
@access(ANYONE)
def registered() -> Response:
    return render("accounts/registered.html")


@accounts.get("/verify")
@access(ANYONE)
def verify() -> Response:
    token = request.args.get("token", "")
    return verification_page(token, verification.look_at_link(token))


@accounts.post("/verify")
@access(ANYONE)
def press_link() -> Response:
    token = request.form.get("token", "")
    outcome = verification.verify_by_link(current_actor(), token)
    if outcome is Verification.VERIFIED:
        flash(_("Your email is confirmed. You can sign in now."))
        return see_other("accounts.login")
    return verification_page(token, outcome)


def verification_page(token: str, outcome: Verification) -> Response:
    """What a link would do, or why it does not work any more and how to get another."""
    status = 200 if outcome in {Verification.VERIFIED, Verification.ALREADY} else 400
    form = LinkForm(formdata=None, token=token)
    return render("accounts/verify.html", form=form, resend=ResendForm(formdata=None), outcome=outcome, status=status)


@accounts.route("/verify/resend", methods=["GET", "POST"])
@access(ANYONE)
def resend() -> Response:
    form = ResendForm()
    if form.validate_on_submit():
        with form.catching():
            verification.resend(current_actor(), form.email.data)
            flash(_("If this address is unconfirmed, we have sent a new link."))
            return see_other("accounts.resend")
    return render("accounts/resend.html", form=form, status=form.status)

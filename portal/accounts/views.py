"""Pages for getting in and out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.forms import LinkForm, LoginForm, RegistrationForm, ResendForm
from portal.accounts.services import registration, sessions, signin, verification
from portal.accounts.services.signin import Refusal
from portal.accounts.services.verification import Outcome
from portal.core.access import ANYONE, access, current_actor
from portal.core.actor import Door
from portal.web.preferences import own_address
from portal.web.render import render, see_other
from portal.web.session import enter, leave

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/register", methods=["GET", "POST"])
@access(ANYONE)
def register() -> Response:
    if request.method == "GET" and current_actor().is_authenticated:
        return see_other("home.index")
    form = RegistrationForm()
    if form.validate_on_submit():
        with form.catching():
            registration.register_quietly(current_actor(), form.registration())
            return see_other("accounts.registered")
    return render("accounts/register.html", fragment="accounts/_registration.html", form=form, status=form.status)


@blueprint.get("/register/done")
@access(ANYONE)
def registered() -> Response:
    return render("accounts/registered.html")


@blueprint.get("/verify")
@access(ANYONE)
def verify() -> Response:
    token = request.args.get("token", "")
    return verification_page(token, verification.look_at_link(token))


@blueprint.post("/verify")
@access(ANYONE)
def press_link() -> Response:
    token = request.form.get("token", "")
    outcome = verification.verify_by_link(current_actor(), token)
    if outcome is Outcome.VERIFIED:
        flash(_("Your address is confirmed. You can sign in now."))
        return see_other("accounts.login")
    return verification_page(token, outcome)


def verification_page(token: str, outcome: Outcome) -> Response:
    """What a link would do, or why it does not work any more and how to get another."""
    status = 200 if outcome in {Outcome.VERIFIED, Outcome.ALREADY} else 400
    form = LinkForm(formdata=None, token=token)
    return render("accounts/verify.html", form=form, resend=ResendForm(formdata=None), outcome=outcome, status=status)


@blueprint.route("/verify/resend", methods=["GET", "POST"])
@access(ANYONE)
def resend() -> Response:
    form = ResendForm()
    if form.validate_on_submit():
        with form.catching():
            verification.resend(current_actor(), form.email.data)
            flash(_("If this address waits for a link, a new one is on its way."))
            return see_other("accounts.resend")
    return render("accounts/resend.html", form=form, status=form.status)


@blueprint.route("/login", methods=["GET", "POST"])
@access(ANYONE)
def login() -> Response:
    if request.method == "GET" and current_actor().is_authenticated:
        return onward(request.args.get("next"))
    form = LoginForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        with form.catching():
            device = request.user_agent.string
            outcome = signin.sign_in(current_actor(), form.email.data, form.password.data, device=device)
            if not isinstance(outcome, Refusal):
                return let_in(outcome, form.next.data)
            form.refuse(None, sentence(outcome, form.email.data))
    return render("accounts/login.html", fragment="accounts/_login.html", form=form, status=form.status)


def let_in(outcome: signin.SignedIn, address: str | None) -> Response:
    actor = queries.resolve_actor(outcome.sign_in.id, Door.PAGE)
    assert actor is not None, "a sign-in that was just opened counts"
    enter(actor)
    return onward(address)


def onward(address: str | None) -> Response:
    """To where the person was going, if that is one of our own addresses, else home."""
    target = own_address(address) if address else url_for("home.index")
    response = redirect(target, 303)
    assert isinstance(response, Response)
    return response


def sentence(refusal: Refusal, email: str) -> str:
    """Why nobody was signed in, and what to do next."""
    if refusal is Refusal.WRONG:
        return _("The address or the password is not right. Try again.")
    if refusal is Refusal.NOT_VERIFIED:
        return _("Your account is not confirmed yet. Open the link in our mail, or wait for the alumni office.")
    return queries.ban_sentence(email)


@blueprint.post("/logout")
@access(ANYONE)
def logout() -> Response:
    sessions.sign_out(current_actor())
    leave()
    flash(_("You are signed out."))
    return see_other("home.landing")

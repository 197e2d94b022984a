"""Pages for getting in and out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.accounts import queries
from portal.accounts.authentication import (
    code_sign_in,
    password_sign_in,
    pending_sign_in,
    second_factor_challenge,
    sessions,
)
from portal.accounts.authentication.one_time_secrets import Guess
from portal.accounts.authentication.password_sign_in import Refusal, SecondStep, SignedIn
from portal.accounts.authentication.sessions import Visit
from portal.accounts.forms import (
    CodeForm,
    CodeRequestForm,
    LinkForm,
    LoginForm,
    RegistrationForm,
    ResendForm,
    ResetForm,
    ResetRequestForm,
)
from portal.accounts.labels import CHANNEL_WORDS, FACTOR_WORDS, refused_code
from portal.accounts.registration import services, verification
from portal.accounts.registration.verification import Outcome as Verification
from portal.accounts.self_service import email_change, password_change
from portal.accounts.self_service.email_change import Undone
from portal.accounts.self_service.password_change import LinkState
from portal.core.access import ANYONE, access, current_actor
from portal.core.actor import Channel
from portal.core.errors import TooMany
from portal.outbox.models import MessageChannel
from portal.web.http.responses import render, see_other
from portal.web.http.sessions import enter, leave
from portal.web.preferences import own_address

blueprint = Blueprint("accounts", __name__)


@blueprint.app_template_global()
def unread_warnings() -> list[tuple[str, str]]:
    """Address to answer at and text of what the office asks the reader to mind."""
    actor = current_actor()
    if not actor.has_warning:
        return []
    found = queries.unread_warnings(actor.id)
    return [(url_for("account.read_warning", warning_id=warning.id), warning.text) for warning in found]


@blueprint.route("/register", methods=["GET", "POST"])
@access(ANYONE)
def register() -> Response:
    if request.method == "GET" and current_actor().is_authenticated:
        return see_other("home.index")
    form = RegistrationForm()
    if form.validate_on_submit():
        with form.catching():
            services.register_quietly(current_actor(), form.registration())
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
    if outcome is Verification.VERIFIED:
        flash(_("Your email is confirmed. You can sign in now."))
        return see_other("accounts.login")
    return verification_page(token, outcome)


def verification_page(token: str, outcome: Verification) -> Response:
    """What a link would do, or why it does not work any more and how to get another."""
    status = 200 if outcome in {Verification.VERIFIED, Verification.ALREADY} else 400
    form = LinkForm(formdata=None, token=token)
    return render("accounts/verify.html", form=form, resend=ResendForm(formdata=None), outcome=outcome, status=status)


@blueprint.route("/verify/resend", methods=["GET", "POST"])
@access(ANYONE)
def resend() -> Response:
    form = ResendForm()
    if form.validate_on_submit():
        with form.catching():
            verification.resend(current_actor(), form.email.data)
            flash(_("If this address is unconfirmed, we have sent a new link."))
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
            outcome = password_sign_in.sign_in(current_actor(), form.email.data, form.password.data, visit())
            if not isinstance(outcome, Refusal):
                return go_on(outcome, form.next.data)
            form.refuse(None, sentence(outcome, form.email.data))
    return render("accounts/login.html", fragment="accounts/_login.html", form=form, status=form.status)


@blueprint.route("/login/code", methods=["GET", "POST"], defaults={"channel": MessageChannel.MAIL})
@blueprint.route("/login/telegram", methods=["GET", "POST"], defaults={"channel": MessageChannel.TELEGRAM})
@access(ANYONE)
def request_code(channel: MessageChannel) -> Response:
    form = CodeRequestForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        with form.catching():
            token = code_sign_in.request_code(current_actor(), form.email.data, channel)
            pending_sign_in.begin(token, channel=channel.value, email=form.email.data, next=form.next.data)
            return see_other("accounts.enter_code")
    words, begun = CHANNEL_WORDS[channel], pending_sign_in.current()
    return render(
        "accounts/request_code.html", form=form, channel=channel, words=words, begun=begun, status=form.status
    )


@blueprint.route("/login/code/enter", methods=["GET", "POST"])
@access(ANYONE)
def enter_code() -> Response:
    begun, form = pending_sign_in.current(), CodeForm()
    if not begun.channel:
        return see_other("accounts.request_code", channel=MessageChannel.MAIL.value)
    channel = MessageChannel(begun.channel)
    if form.validate_on_submit():
        with form.catching():
            outcome = code_sign_in.sign_in(current_actor(), begun.token, form.code.data, channel, visit())
            if isinstance(outcome, SignedIn | SecondStep):
                return go_on(outcome, begun.next)
            form.refuse("code", code_sentence(outcome))
    words = CHANNEL_WORDS[channel]
    return render("accounts/enter_code.html", form=form, channel=channel, words=words, begun=begun, status=form.status)


@blueprint.route("/login/second-step", methods=["GET", "POST"])
@access(ANYONE)
def second_login() -> Response:
    begun, form = pending_sign_in.current(), CodeForm()
    factor = second_factor_challenge.factor_behind(begun.token)
    if factor is None and request.method == "GET":
        flash(_("That took too long. Sign in again."))
        return see_other("accounts.login")
    if form.validate_on_submit():
        with form.catching():
            outcome = second_factor_challenge.finish(current_actor(), begun.token, form.code.data, visit())
            if isinstance(outcome, SignedIn):
                return go_on(outcome, begun.next)
            form.refuse("code", code_sentence(outcome))
    words = FACTOR_WORDS.get(factor)
    return render("accounts/second_step.html", form=form, words=words, factor=factor, status=form.status)


@blueprint.post("/login/second-step/resend")
@access(ANYONE)
def resend_second_code() -> Response:
    begun = pending_sign_in.current()
    try:
        step = second_factor_challenge.send_again(current_actor(), begun.token)
    except TooMany as refusal:
        flash(refusal.message, "refusal")
        return see_other("accounts.second_login")
    if step is not None:
        pending_sign_in.begin(step.token, next=begun.next)
        flash(_("We have sent you a new code."))
    return see_other("accounts.second_login")


@blueprint.route("/password/forgot", methods=["GET", "POST"])
@access(ANYONE)
def forgot() -> Response:
    form = ResetRequestForm()
    if form.validate_on_submit():
        with form.catching():
            password_change.request_reset(current_actor(), form.email.data)
            flash(_("If this address has an account, we have emailed a link to it."))
            return see_other("accounts.forgot")
    return render("accounts/forgot.html", form=form, status=form.status)


@blueprint.route("/password/reset", methods=["GET", "POST"])
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


@blueprint.route("/email/undo", methods=["GET", "POST"])
@access(ANYONE)
def undo_address() -> Response:
    form = LinkForm(token=request.args.get("token", ""))
    if form.validate_on_submit():
        outcome = email_change.undo(current_actor(), form.token.data)
    else:
        outcome = email_change.look_at_undo(form.token.data)
    return render("accounts/undo.html", form=form, outcome=outcome, status=400 if outcome is Undone.OVER else 200)


@blueprint.post("/logout")
@access(ANYONE)
def logout() -> Response:
    sessions.sign_out(current_actor())
    leave()
    flash(_("You are signed out."))
    return see_other("home.landing")


def visit() -> Visit:
    return Visit(request.user_agent.string)


def go_on(outcome: SignedIn | SecondStep, address: str | None) -> Response:
    """In, or to the second step, which remembers where the person was going."""
    if isinstance(outcome, SecondStep):
        pending_sign_in.begin(outcome.token, next=address)
        return see_other("accounts.second_login")
    actor = queries.resolve_actor(outcome.sign_in.id, Channel.PAGE)
    assert actor is not None, "a sign-in that was just opened counts"
    enter(actor)
    return onward(address)


def onward(address: str | None) -> Response:
    """To where the person was going, if that is one of our own addresses, else home."""
    target = own_address(address) if address else url_for("home.index")
    response = redirect(target, 303)
    assert isinstance(response, Response)
    return response


def code_sentence(outcome: Refusal | Guess) -> str:
    """Why a code did not sign anybody in."""
    return refused_code(outcome) if isinstance(outcome, Guess) else sentence(outcome, "")


def sentence(refusal: Refusal, email: str) -> str:
    """Why nobody was signed in, and what to do next."""
    sentences = {
        Refusal.WRONG: _("The email address or the password is wrong. Check both and try again."),
        Refusal.NOT_VERIFIED: _(
            "Your account is not verified yet. Open the link in our email, or wait for the alumni office to review "
            "your registration."
        ),
        Refusal.PASSWORD_FIRST: _("Your account asks for the password first. Sign in with it, then enter the code."),
    }
    return sentences[refusal] if refusal in sentences else queries.ban_sentence(email)

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
from portal.accounts.authentication.forms import CodeRequestForm, LoginForm, ProofForm
from portal.accounts.authentication.one_time_secrets import Guess
from portal.accounts.authentication.password_sign_in import Refusal, SecondStep, SignedIn
from portal.accounts.authentication.sessions import Visit
from portal.accounts.blueprints import account, accounts
from portal.accounts.forms import CodeForm
from portal.accounts.labels import CHANNEL_WORDS, FACTOR_WORDS, refused_code
from portal.core.access import ANYONE, MEMBER, access, current_actor
from portal.core.actor import Channel
from portal.core.errors import DomainError, TooMany
from portal.outbox.models import MessageChannel
from portal.web.http.responses import render, see_other
from portal.web.http.sessions import enter, leave
from portal.web.preferences import own_address


@accounts.route("/login", methods=["GET", "POST"])
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


@accounts.route("/login/code", methods=["GET", "POST"], defaults={"channel": MessageChannel.MAIL})
@accounts.route("/login/telegram", methods=["GET", "POST"], defaults={"channel": MessageChannel.TELEGRAM})
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


@accounts.route("/login/code/enter", methods=["GET", "POST"])
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


@accounts.route("/login/second-step", methods=["GET", "POST"])
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


@accounts.post("/login/second-step/resend")
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


@accounts.post("/logout")
@access(ANYONE)
def logout() -> Response:
    sessions.sign_out(current_actor())
    leave()
    flash(_("You are signed out."))
    return see_other("home.landing")


@account.route("/settings/security/proof", methods=["GET", "POST"])
@access(MEMBER)
def prove() -> Response:
    """Show once more that it is you."""
    account = queries.get(current_actor().id)
    form = ProofForm(has_password=account.password_hash is not None, next=request.args.get("next", ""))
    if form.validate_on_submit():
        with form.catching():
            if prove_by(form):
                flash(_("Confirmed. We won't ask again for 10 minutes."))
                return onward(form.next.data or url_for("account.security"))
            form.refuse("password" if form.typed_password else "code", _("This did not match. Try again."))
    return render("accounts/proof.html", form=form, account=account, status=form.status)


def prove_by(form: ProofForm) -> bool:
    """By whichever of the two was typed."""
    if form.typed_password:
        return reauthentication.by_password(current_actor(), form.typed_password)
    return reauthentication.by_code(current_actor(), form.code.data or "")


@account.post("/settings/security/proof/code")
@access(MEMBER)
def request_proof_code() -> Response:
    try:
        reauthentication.send_code(current_actor())
        flash(_("We have emailed you a code."))
    except DomainError as refusal:
        flash(refusal.message, "refusal")
    return see_other("account.prove", next=request.form.get("next", ""))


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

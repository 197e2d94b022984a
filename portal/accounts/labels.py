"""Texts about signing in: names of factors and methods, introductions, and refusals."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.authentication.one_time_secrets import CodeCheck
from portal.accounts.models import Account, SecondFactor, SignInMethod, ban_ends_on
from portal.outbox.models import MessageChannel


@dataclass(frozen=True, slots=True)
class ChannelTexts:
    """The texts of the two pages for signing in by a code.

    ``title`` and ``lead`` are those of the page that asks for the email, ``sent`` stands above the field for the code.
    """

    title: LazyString
    lead: LazyString
    sent: LazyString


CHANNEL_TEXTS = {
    MessageChannel.MAIL: ChannelTexts(
        _("Sign in by email"),
        _("We will email you an eight-digit code. No password needed."),
        _("If this address has an account, we have just emailed a code to it."),
    ),
    MessageChannel.TELEGRAM: ChannelTexts(
        _("Sign in with Telegram"),
        _("If you have connected Telegram, we will send an eight-digit code to your chat."),
        _("If this address has an account with a Telegram chat, we have just sent a code there."),
    ),
}

FACTOR_TEXTS: dict[SecondFactor | None, LazyString] = {
    SecondFactor.MAIL: _("We have emailed you a six-digit code."),
    SecondFactor.TELEGRAM: _("We have sent a six-digit code to your Telegram chat."),
    SecondFactor.TOTP: _("Enter the current code from your authenticator app, or one of your recovery codes."),
}

FACTOR_NAMES = {
    SecondFactor.NONE: _("No two-step verification"),
    SecondFactor.MAIL: _("Code by email"),
    SecondFactor.TELEGRAM: _("Code in Telegram"),
    SecondFactor.TOTP: _("Authenticator app"),
}

METHOD_NAMES = {
    SignInMethod.PASSWORD: _("with a password"),
    SignInMethod.MAIL_CODE: _("with a code by email"),
    SignInMethod.TELEGRAM_CODE: _("with a code from Telegram"),
}


def wrong_code_text(check: CodeCheck) -> str:
    """Return the sentences that say why a code was refused, wrong or no longer valid, and what to do next."""
    if check.is_expired or not check.attempts_left:
        return gettext("This code no longer works. Ask for a new one.")
    return gettext("This code is wrong. Check it and try again.")


def ban_text(account: Account | None) -> str:
    """Return the text that a banned person reads at sign-in: until when, why, and whom to ask.

    The end and the reason are left out where the ban has none. Without an account the text names neither.
    """
    until = format_date(ban_ends_on(account.banned_until)).rstrip(".") if account and account.banned_until else None
    reason = (account.ban_reason or "").rstrip(".") if account else ""
    sentences = [
        gettext("Your account is banned until %(day)s.", day=until) if until else gettext("Your account is banned."),
        gettext("Reason: %(reason)s.", reason=reason) if reason else "",
        gettext("The alumni office can tell you more."),
    ]
    return " ".join(filter(None, sentences))

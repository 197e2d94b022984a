"""What ways to prove who one is are called on pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.authentication.one_time_secrets import Guess
from portal.accounts.models import Method, SecondFactor
from portal.outbox.models import MessageChannel


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """Titles and sentences of the two pages that sign somebody in by a code."""

    title: LazyString
    lead: LazyString
    sent: LazyString


CHANNEL_WORDS = {
    MessageChannel.MAIL: ChannelWords(
        _("Sign in by email"),
        _("We will email you a six-digit code. No password needed."),
        _("If this address has an account, we have just emailed a code to it."),
    ),
    MessageChannel.TELEGRAM: ChannelWords(
        _("Sign in with Telegram"),
        _("If you have connected Telegram, we will send a six-digit code to your chat."),
        _("If this address has an account with a Telegram chat, we have just sent a code there."),
    ),
}

FACTOR_WORDS: dict[SecondFactor | None, LazyString] = {
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
    Method.PASSWORD: _("with a password"),
    Method.MAIL_CODE: _("with a code by email"),
    Method.TELEGRAM_CODE: _("with a code from Telegram"),
}


def refused_code(guess: Guess) -> str:
    """Why a code was not taken, and what to do next."""
    if guess.is_over or not guess.left:
        return gettext("This code no longer works. Ask for a new one.")
    return gettext("This code is wrong. Check it and try again.")

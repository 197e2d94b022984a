"""What ways to prove who one is are called on pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.authentication.one_time_secrets import Guess
from portal.accounts.models import Method, SecondFactor
from portal.outbox.models import Channel


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """Titles and sentences of the two pages that sign somebody in by a code."""

    title: LazyString
    lead: LazyString
    sent: LazyString


CHANNEL_WORDS = {
    Channel.MAIL: ChannelWords(
        _("Sign in by mail"),
        _("We mail you a code of six digits. No password is needed."),
        _("If this address belongs to an account, we have just mailed a code to it."),
    ),
    Channel.TELEGRAM: ChannelWords(
        _("Sign in by Telegram"),
        _("We send a code of six digits to your Telegram chat, if you have connected one."),
        _("If this address belongs to an account with a Telegram chat, a code has just arrived there."),
    ),
}

FACTOR_WORDS: dict[SecondFactor | None, LazyString] = {
    SecondFactor.MAIL: _("We have mailed you a code of six digits."),
    SecondFactor.TELEGRAM: _("We have sent a code of six digits to your Telegram chat."),
    SecondFactor.TOTP: _("Enter the number that your authenticator app shows now, or one of your recovery codes."),
}

FACTOR_NAMES = {
    SecondFactor.NONE: _("No second step"),
    SecondFactor.MAIL: _("A code by mail"),
    SecondFactor.TELEGRAM: _("A code by Telegram"),
    SecondFactor.TOTP: _("An authenticator app"),
}

METHOD_NAMES = {
    Method.PASSWORD: _("by password"),
    Method.MAIL_CODE: _("by a mailed code"),
    Method.TELEGRAM_CODE: _("by a code from Telegram"),
}


def refused_code(guess: Guess) -> str:
    """Why a code was not taken, and what to do next."""
    if guess.is_over or not guess.left:
        return gettext("This code does not work any more. Ask for a new one.")
    return gettext("This code is not right. Look again, and type it once more.")

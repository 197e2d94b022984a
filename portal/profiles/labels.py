"""What fields, audiences and kinds of viewers are called."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.profiles.models import Audience
from portal.profiles.viewers import Kind

AUDIENCE_WORDS: dict[str, LazyString] = {
    Audience.ME: _("Only me"),
    Audience.SAME_YEAR: _("Alumni of my year"),
    Audience.ALUMNI: _("All alumni"),
    Audience.MEMBERS: _("Alumni and alumni friends"),
    Audience.PUBLIC: _("Everyone, signed in or not"),
}

FIELD_WORDS: dict[str, LazyString] = {
    "city": _("City"),
    "telegram": _("Telegram"),
    "email": _("Email address"),
    "year": _("Graduation year and programme"),
    "work": _("Work"),
    "biography": _("About you"),
    "events": _("Events you are going to"),
}

FIELD_HINTS: dict[str, LazyString] = {
    "city": _("People who see it will find you on the map. Default: only you."),
    "telegram": _("People who see it can write to you. Default: only you."),
    "email": _("Default: only you."),
    "year": _("Default: all alumni."),
    "work": _("Default: all alumni."),
    "biography": _("Default: all alumni."),
    "events": _(
        "Others see how many people are going, but not your name. Organisers see every participant. "
        "Default: all alumni."
    ),
}
"""What follows from a choice, and where it stands for whoever has never chosen."""


@dataclass(frozen=True, slots=True)
class Look:
    """A kind of people as whom one's own profile can be looked at: on its tab, and in a sentence."""

    label: LazyString
    sentence: LazyString


LOOKS: dict[Kind, Look] = {
    Kind.SAME_YEAR: Look(_("Alumni of my year"), _("This is what alumni of your year see.")),
    Kind.ALUMNI: Look(_("Other alumni"), _("This is what alumni of other years see.")),
    Kind.FRIEND: Look(_("Alumni friends"), _("This is what alumni friends see.")),
    Kind.PUBLIC: Look(_("Visitors"), _("This is what anyone with the link to your profile sees.")),
}

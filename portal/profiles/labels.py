"""Labels of profile fields, audiences and previews."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.profiles.models import Audience
from portal.profiles.viewers import ViewerKind

AUDIENCE_LABELS: dict[str, LazyString] = {
    Audience.ME: _("Only me"),
    Audience.SAME_YEAR: _("Alumni of my year"),
    Audience.ALUMNI: _("All alumni"),
    Audience.MEMBERS: _("Alumni and alumni friends"),
    Audience.PUBLIC: _("Everyone, signed in or not"),
}

FIELD_LABELS: dict[str, LazyString] = {
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
"""The hint of each field in the privacy form: what a choice leads to, and the default."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The texts of one preview of a person's own profile: the label of its tab, and a sentence about who sees this."""

    label: LazyString
    sentence: LazyString


PREVIEWS: dict[ViewerKind, Preview] = {
    ViewerKind.SAME_YEAR: Preview(_("Alumni of my year"), _("This is what alumni of your year see.")),
    ViewerKind.ALUMNI: Preview(_("Other alumni"), _("This is what alumni of other years see.")),
    ViewerKind.FRIEND: Preview(_("Alumni friends"), _("This is what alumni friends see.")),
    ViewerKind.PUBLIC: Preview(_("Visitors"), _("This is what anyone with the link to your profile sees.")),
}

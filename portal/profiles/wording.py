"""How audiences are said to people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.profiles.models import Audience

AUDIENCE_WORDS: dict[str, LazyString] = {
    Audience.ME: _("Only me"),
    Audience.SAME_YEAR: _("Alumni of my year"),
    Audience.ALUMNI: _("All alumni"),
    Audience.MEMBERS: _("Alumni and alumni friends"),
    Audience.PUBLIC: _("Everybody, signed in or not"),
}

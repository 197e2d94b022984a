"""Labels of the roles and orders of the directory."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.models import Role
from portal.directory.filters import Sort

ROLE_LABELS: dict[str, LazyString] = {
    Role.ALUMNI: _("Alumni"),
    Role.ALUMNI_FRIEND: _("Alumni friends"),
}

SORT_LABELS: dict[str, LazyString] = {
    Sort.MATCH: _("Best match first"),
    Sort.NAME: _("By surname"),
    Sort.NEWEST: _("Newest first"),
    Sort.NEAREST: _("Nearest first"),
}

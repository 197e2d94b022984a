"""Labels of the criteria, roles and orders of the directory."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.models import Role
from portal.directory.filters import Sort

ROLE_LABELS: dict[str, LazyString] = {
    Role.ALUMNI: _("Alumni"),
    Role.ALUMNI_FRIEND: _("Alumni friends"),
}

MENU_LABELS: dict[str, LazyString] = {
    "place": _("City"),
    "years": _("Graduation year"),
    "programme": _("Programme"),
    "work": _("Work"),
    "role": _("Role"),
    "near": _("Near me"),
}
"""The criteria that have a menu above the list, in order."""

SORT_LABELS: dict[str, LazyString] = {
    Sort.MATCH: _("best match"),
    Sort.NAME: _("surname"),
    Sort.NEWEST: _("newest first"),
    Sort.NEAREST: _("nearest first"),
}

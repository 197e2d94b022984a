"""Manifest of the feature ``directory``: the list and search of people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.access import MEMBER
from portal.core.manifest import Feature, Menu, MenuEntry, Views

feature = Feature(
    name="directory",
    pages=(Views("views", MEMBER),),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    menu=(
        MenuEntry(
            _("People"),
            "directory.index",
            {Menu.HEADER: 10, Menu.BOTTOM: 20},
            icon="people",
            covers=("profiles.show", "follows.*"),
        ),
    ),
)

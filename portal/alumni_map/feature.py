"""Where people and events are."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import Feature, Menu, MenuEntry

feature = Feature(
    name="alumni_map",
    menu=(MenuEntry(_("Map"), "home.map", {Menu.HEADER: 20, Menu.BOTTOM: 30}, icon="geo-alt", covers=("home.city",)),),
)

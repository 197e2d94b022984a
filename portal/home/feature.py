"""The home page and the landing page, which join several features."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.access import MEMBER
from portal.core.manifest import Feature, Menu, MenuEntry, Views

feature = Feature(
    name="home",
    pages=(Views("views", MEMBER),),
    menu=(MenuEntry(_("Home"), "home.index", {Menu.BOTTOM: 10}, icon="house", covers=("waiting.index",)),),
)

"""Manifest of the feature ``alumni_map``: the map of where people and events are."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.cities.extension_points import MAP_TOTALS, MAP_URL, PUBLIC_MARKERS
from portal.core.access import MEMBER
from portal.core.manifest import Feature, Menu, MenuEntry, Views

feature = Feature(
    name="alumni_map",
    pages=(Views("views", MEMBER),),
    models=("models",),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    implements={
        MAP_URL: "presenter:url_of_people",
        MAP_TOTALS: "counts:totals",
        PUBLIC_MARKERS: "queries:public_markers",
    },
    menu=(
        MenuEntry(
            _("Map"),
            "alumni_map.index",
            {Menu.HEADER: 20, Menu.BOTTOM: 30},
            icon="geo-alt",
            covers=("alumni_map.city",),
        ),
    ),
)

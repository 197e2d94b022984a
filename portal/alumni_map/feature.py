"""Manifest of the feature ``alumni_map``: the map of where people and events are."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _

from portal.alumni_map.audit_actions import MapAction
from portal.cities.extension_points import MAP_TOTALS, MAP_URL, MAP_WARNING, PUBLIC_MARKERS
from portal.core.access import MEMBER
from portal.core.manifest import Feature, Job, Menu, MenuEntry, Views

feature = Feature(
    name="alumni_map",
    pages=(Views("views", MEMBER),),
    models=("models",),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    jobs=(
        Job("alumni_map.compact_counters", "jobs:compact_counters", timedelta(minutes=1)),
        Job("alumni_map.check_counters", "jobs:check_counters", timedelta(days=1)),
    ),
    audit_actions=MapAction,
    implements={
        MAP_URL: "presenter:url_of_people",
        MAP_TOTALS: "counts:totals",
        MAP_WARNING: "queries:warning",
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

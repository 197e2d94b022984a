"""The manifest of the feature for events and their participants."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.access import MEMBER
from portal.core.manifest import Feature, Menu, MenuEntry, Views
from portal.events.audit_actions import EventAction
from portal.files.models import Purpose

feature = Feature(
    name="events",
    pages=(Views("views", MEMBER),),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    models=("models",),
    messages=("messages",),
    settings=("settings",),
    menu=(
        MenuEntry(
            _("Events"), "events.index", {Menu.HEADER: 30, Menu.BOTTOM: 40}, icon="calendar-event", covers=("events.*",)
        ),
        MenuEntry(_("My events"), "events.mine", {Menu.PERSONAL: 20}, icon="calendar-check"),
    ),
    picture_rules={Purpose.COVER: "queries:may_see_cover"},
    audit_actions=EventAction,
)

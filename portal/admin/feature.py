"""The alumni office's pages and JSON over other features' services."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.access import holds
from portal.core.manifest import Command, Feature, Menu, MenuEntry, Views
from portal.events.extension_points import REVIEW_PATH
from portal.permissions.catalogue import Permission

feature = Feature(
    name="admin",
    pages=(
        Views(
            "blueprints:admin",
            holds(Permission.PEOPLE_READ_ALL),
            also=(
                "overview.views",
                "reviews.views",
                "allow_list.views",
                "settings.views",
                "settings.text_views",
                "outbox.views",
            ),
        ),
        Views("blueprints:admin_people", holds(Permission.PEOPLE_READ_ALL), also=("people.views",)),
    ),
    api=(
        Views(
            "blueprints:admin_api",
            holds(Permission.PEOPLE_READ_ALL),
            prefix="/api/v1",
            also=("reviews.api", "allow_list.api", "settings.api"),
        ),
        Views("blueprints:admin_people_api", holds(Permission.PEOPLE_READ_ALL), prefix="/api/v1", also=("people.api",)),
    ),
    implements={REVIEW_PATH: "reviews.paths:review_path"},
    commands=(Command("import-allowlist", "allow_list.commands:import_allow_list"),),
    menu=(
        MenuEntry(_("Alumni office"), "admin.index", {Menu.PERSONAL: 70}, icon="briefcase"),
        MenuEntry(_("Overview"), "admin.index", {Menu.OFFICE: 10}),
        MenuEntry(_("To verify"), "admin.verification", {Menu.OFFICE: 20}, counter="counters:waiting_people"),
        MenuEntry(_("People"), "admin_people.index", {Menu.OFFICE: 30}, covers=("admin_people.*",)),
        MenuEntry(_("Allow list"), "admin.allow_list", {Menu.OFFICE: 40}),
        MenuEntry(_("Events"), "admin.events", {Menu.OFFICE: 50}, counter="counters:waiting_events"),
        MenuEntry(_("Messages"), "admin.outbox", {Menu.OFFICE: 60}, counter="counters:undelivered_messages"),
        MenuEntry(_("Settings"), "admin.settings", {Menu.OFFICE: 80}, covers=("admin.change_text",)),
    ),
)

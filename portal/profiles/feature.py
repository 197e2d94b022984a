"""Manifest of the feature ``profiles``: what people show of themselves, and to whom."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.accounts.authentication.callers import CLASS_YEAR
from portal.accounts.domain_events import AccountRegistered, RegistrationValidated, RoleChanged
from portal.core.access import MEMBER
from portal.core.manifest import Feature, Menu, MenuEntry, Views
from portal.files.models import Purpose
from portal.profiles.audit_actions import ProfileAction

feature = Feature(
    name="profiles",
    pages=(Views("views", MEMBER),),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    models=("models",),
    menu=(
        MenuEntry(
            _("Me"),
            "profiles.me",
            {Menu.BOTTOM: 50},
            icon="person",
            covers=("profiles.edit", "profiles.privacy", "account.*"),
        ),
        MenuEntry(_("My profile"), "profiles.me", {Menu.PERSONAL: 10}, icon="person"),
        MenuEntry(_("Edit profile"), "profiles.edit", {Menu.PERSONAL: 30}, icon="pencil"),
        MenuEntry(_("Privacy"), "profiles.privacy", {Menu.PERSONAL: 50}, icon="eye"),
        MenuEntry(_("Profile"), "profiles.edit", {Menu.SETTINGS: 10}),
        MenuEntry(_("Privacy"), "profiles.privacy", {Menu.SETTINGS: 40}),
    ),
    implements={CLASS_YEAR: "viewers:class_year_of_caller"},
    picture_rules={Purpose.AVATAR: "queries:may_see_avatar"},
    event_handlers={
        RegistrationValidated: ("services:check_registration",),
        AccountRegistered: ("services:make_profile",),
        RoleChanged: ("services:clear_year_of_friends",),
    },
    audit_actions=ProfileAction,
)

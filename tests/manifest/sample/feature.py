"""The manifest of the sample feature."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _

from portal.core.access import ANYONE, MEMBER
from portal.core.manifest import AuditAction, Command, Feature, Job, Menu, MenuEntry, Views
from portal.web.preferences import PreferenceChosen


class Action(AuditAction):
    """What people do in the sample feature."""

    GREET = "sample.greet", _("Home")


feature = Feature(
    name="sample",
    package="tests.manifest.sample",
    pages=(Views("views", MEMBER, prefix="/sample"),),
    api=(Views("api", ANYONE, prefix="/api/v1"),),
    messages=("messages",),
    settings=("settings",),
    jobs=(Job("sample.count", "jobs:count", timedelta(hours=1)),),
    commands=(Command("sample", "commands:sample", needs_database=False),),
    menu=(MenuEntry(_("Home"), "sample.index", {Menu.HEADER: 90, Menu.OFFICE: 90}, counter="jobs:waiting"),),
    audit_actions=Action,
    event_handlers={PreferenceChosen: ("jobs:note_preference",)},
    setup=("jobs:prepare",),
)

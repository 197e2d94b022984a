"""The manifest of the feature that stores and serves pictures."""

from __future__ import annotations

from datetime import timedelta

from portal.core.access import ANYONE
from portal.core.manifest import Command, Feature, Job, Views
from portal.files.audit_actions import FileAction

feature = Feature(
    name="files",
    pages=(Views("views", ANYONE),),
    models=("models",),
    jobs=(Job("media.sweep", "jobs:sweep", timedelta(minutes=20)),),
    commands=(Command("sweep-pictures", "commands:sweep_pictures"),),
    audit_actions=FileAction,
)

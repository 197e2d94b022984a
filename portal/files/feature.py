"""The manifest of the feature that stores and serves pictures."""

from __future__ import annotations

from datetime import timedelta

from portal.core.access import ANYONE
from portal.core.manifest import Feature, Job, Views
from portal.files.audit_actions import FileAction

feature = Feature(
    name="files",
    pages=(Views("views", ANYONE),),
    models=("models",),
    jobs=(Job("media.sweep", "jobs:sweep", timedelta(hours=6)),),
    audit_actions=FileAction,
)

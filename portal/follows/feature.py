"""Follows between people, with their lists of followers and followed people."""

from __future__ import annotations

from portal.core.access import MEMBER
from portal.core.manifest import Feature, Views
from portal.follows.audit_actions import FollowAction
from portal.profiles.relationships import RELATIONSHIP_COLUMNS, RELATIONSHIP_TEMPLATE

feature = Feature(
    name="follows",
    pages=(Views("views", MEMBER),),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    models=("models",),
    messages=("messages",),
    implements={
        RELATIONSHIP_COLUMNS: "queries:relationships",
        RELATIONSHIP_TEMPLATE: "views:control_template",
    },
    audit_actions=FollowAction,
)

"""Audited actions on follows, with their labels."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class FollowAction(AuditAction):
    """An audited action on a follow; its value is stored in audit entries."""

    FOLLOW = "follows.follow", _("Followed")
    UNFOLLOW = "follows.unfollow", _("Unfollowed")

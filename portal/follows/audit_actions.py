"""Audited actions: what people do with follows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from portal.core.manifest import AuditAction


class FollowAction(AuditAction):
    """Audited actions on follows."""

    FOLLOW = "follows.follow", _("Followed")
    UNFOLLOW = "follows.unfollow", _("Unfollowed")

"""The settings of the feature for events."""

from __future__ import annotations

from typing import Final

from portal.settings.definitions import Setting, switch

AUTO_APPROVE: Final[Setting[bool]] = switch("events.auto_approve", default=False)
"""Whether new events are published, and changed ones stay published, without review by the office."""

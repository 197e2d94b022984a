"""What the office can change about events while the portal runs."""

from __future__ import annotations

from typing import Final

from portal.settings.definitions import Setting, switch

AUTO_APPROVE: Final[Setting[bool]] = switch("events.auto_approve", default=False)
"""New and changed events are published without review."""

"""What the office can change about the sample feature."""

from __future__ import annotations

from portal.settings.definitions import switch

IS_FRIENDLY = switch("sample.is_friendly", default=True)

"""Settings about accounts that the office changes while the portal runs."""

from __future__ import annotations

from typing import Final

from portal.settings.definitions import Setting, switch

FRIENDS_ANY_EMAIL: Final[Setting[bool]] = switch("accounts.friends_any_address", default=True)
"""Whether alumni friends may register with an email of any domain."""

STAFF_SECOND_FACTOR: Final[Setting[bool]] = switch("accounts.staff_second_factor", default=False)
"""Whether permissions can be used only with a second factor."""

LINK_AFTER_IMPORT: Final[Setting[bool]] = switch("accounts.link_after_import", default=True)
"""Whether people who wait for the office get a confirmation link as soon as their email is on the allow list."""

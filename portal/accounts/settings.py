"""What the office can change about accounts while the portal runs."""

from __future__ import annotations

from typing import Final

from portal.settings.definitions import Setting, switch

FRIENDS_ANY_ADDRESS: Final[Setting[bool]] = switch("accounts.friends_any_address", default=True)
"""Alumni friends may register with an email of any domain."""

STAFF_SECOND_FACTOR: Final[Setting[bool]] = switch("accounts.staff_second_factor", default=False)
"""Who holds permissions needs a second factor to use them."""

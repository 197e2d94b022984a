"""People of whom the alumni office decides."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import Account, VerifiedBy
from tests.factories import make_account


def waiting_person(email: str | None = None, **values: Any) -> Account:
    """Store somebody who waits to be verified by the office."""
    return make_account(email, verified=False, verification=VerifiedBy.OFFICE, **values)

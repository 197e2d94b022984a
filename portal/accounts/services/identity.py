"""Who a person says to be."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.audit.services import record
from portal.core.actor import Actor


def rename(actor: Actor, account: Account, first: str, last: str) -> None:
    """Give the account another name; the caller has checked its shape."""
    account.first_name, account.last_name = first, last
    record(actor, "accounts.rename", target=("account", account.id))

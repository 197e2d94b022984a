"""Who a person says to be, and how they want to be addressed."""

from __future__ import annotations

from sqlalchemy import update

from portal.accounts.models import Account
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.events import listens_to
from portal.extensions import db
from portal.web.preferences import PreferenceChosen


def rename(actor: Actor, account: Account, first: str, last: str) -> None:
    """Give the account another name; the caller has checked its shape."""
    account.first_name, account.last_name = first, last
    record(actor, "accounts.rename", target=("account", account.id))


@listens_to(PreferenceChosen)
def remember_preference(fact: PreferenceChosen) -> None:
    """Language and theme follow the person to their next device; the empty theme means: as the system."""
    chosen = {name: value for name, value in (("locale", fact.locale), ("theme", fact.theme)) if value is not None}
    db.session.execute(update(Account).where(Account.id == fact.actor.id).values(**chosen))
    record(fact.actor, "accounts.preferences", target=("account", fact.actor.id), **chosen)

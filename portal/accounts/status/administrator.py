"""The first administrator, who can verify everybody else."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from portal.accounts import emails, queries
from portal.accounts.authentication.password_policy import check_password
from portal.accounts.domain_events import AccountRegistered
from portal.accounts.models import Account, Role, VerifiedBy
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.core.events import publish
from portal.core.security.passwords import hash_password
from portal.extensions import db
from portal.permissions import services as permissions
from portal.permissions.catalogue import ADMINISTRATORS

FIRST_NAME, LAST_NAME = "Portal", "Administrator"


def create(actor: Actor, email: str, password: str) -> Account | None:
    """A verified member of staff who holds every permission; ``None`` where the address has an account already.

    Raises ``Invalid`` for an address or, where one is needed, a password that registration would refuse too.
    """
    address = emails.checked(email)
    if queries.find_by_email(address) is not None or queries.is_kept(address):
        return None
    check_password(password, own=(FIRST_NAME, LAST_NAME, address))
    made: Account | None = db.session.scalar(
        insert(Account)
        .values(
            id=new_id(),
            email=address,
            password_hash=hash_password(password),
            role=Role.STAFF,
            first_name=FIRST_NAME,
            last_name=LAST_NAME,
            verification=VerifiedBy.OFFICE,
            verified_at=now(),
            created_at=now(),
            updated_at=now(),
        )
        .on_conflict_do_nothing(index_elements=[Account.email])
        .returning(Account)
    )
    if made is None:
        return None
    permissions.join(made.id, ADMINISTRATORS, actor.account_id)
    publish(AccountRegistered(made, None, None))
    record(actor, "accounts.create_administrator", target=("account", made.id))
    return made

"""Creation of administrators: the first by configuration or command, others by an administrator."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from portal.accounts import emails, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication.password_policy import check_password
from portal.accounts.domain_events import AccountRegistered
from portal.accounts.models import Account, Role, VerifiedBy
from portal.accounts.security_notices import OfficeChange, notify_administrators
from portal.accounts.status.groups import check_may_change_groups
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
    """Create a verified account of role staff in the group of administrators, and return it.

    Return ``None`` if the email has an account or an account that changed its email can still take it back. Raise
    ``Invalid`` for text that is not an email address and for a password that the policy refuses, ``Forbidden`` without
    the permission to change groups, and ``ReauthenticationNeeded`` without a recent authentication. Publishes
    ``AccountRegistered``, adds an audit entry and notifies all other administrators by email.
    """
    check_may_change_groups(actor)
    email = emails.validate(email)
    if queries.find_by_email(email) is not None or queries.is_email_reserved(email):
        return None
    check_password(password, own=(FIRST_NAME, LAST_NAME, email))
    account: Account | None = db.session.scalar(
        insert(Account)
        .values(
            id=new_id(),
            email=email,
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
    if account is None:
        return None
    permissions.join(account.id, ADMINISTRATORS, actor.account_id)
    publish(AccountRegistered(account, None, None))
    record(actor, AccountAction.CREATE_ADMINISTRATOR, target=("account", account.id))
    notify_administrators(actor, OfficeChange.ADMINISTRATOR_ADDED, account)
    return account

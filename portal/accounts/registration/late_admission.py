"""People who registered before their email came onto the allow list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Text, cast, exists, or_, select

from portal.accounts.audit_actions import AccountAction
from portal.accounts.emails import keyed_hash
from portal.accounts.models import Account, VerifiedBy
from portal.accounts.registration.verification import send_link
from portal.accounts.settings import LINK_AFTER_IMPORT
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.extensions import db
from portal.settings import registry


@dataclass(frozen=True, slots=True)
class LateAdmission:
    """How many people who waited were sent a link, and how many of those on the list still wait for the office."""

    invited: int = 0
    waiting: int = 0


def admit_waiting(actor: Actor, added: Collection[str]) -> LateAdmission:
    """Send a link that confirms their email to the people who wait for the office and whose email has just been added.

    ``added`` are keyed hashes that are new on the allow list. They get what they would have got by registering now: the
    link, not the access itself, because nobody has proved yet that the email is theirs. Each gets an audit entry. If
    the setting ``LINK_AFTER_IMPORT`` is off, nothing is sent and all of them still wait.
    """
    if not added:
        return LateAdmission()
    accounts = [account for account in _waiting() if keyed_hash(account.email) in added]
    if not registry.get(LINK_AFTER_IMPORT):
        return LateAdmission(waiting=len(accounts))
    for account in accounts:
        account.verification = VerifiedBy.MAIL
        send_link(actor, account)
        record(actor, AccountAction.LINK_AFTER_IMPORT, target=("account", account.id))
    return LateAdmission(invited=len(accounts))


def _waiting() -> list[Account]:
    """Return the locked accounts that wait for the office and have never been verified.

    Whose verification was withdrawn can be verified by the office alone.
    """
    was_withdrawn = exists().where(
        AuditEntry.target_type == "account",
        AuditEntry.target_id == cast(Account.id, Text),
        AuditEntry.action == AccountAction.UNVERIFY,
    )
    statement = select(Account).where(
        Account.verification == VerifiedBy.OFFICE,
        Account.verified_at.is_(None),
        or_(Account.banned_at.is_(None), Account.banned_until <= now()),
        ~was_withdrawn,
    )
    return list(db.session.scalars(statement.order_by(Account.id).with_for_update(key_share=True)))

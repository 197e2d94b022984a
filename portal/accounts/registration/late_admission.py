"""People who registered before their email came onto the allow list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Text, cast, exists, or_, select

from portal.accounts.audit_actions import AccountAction
from portal.accounts.emails import keyed_hash
from portal.accounts.messages import VERIFIED, enqueue_emails, timestamp_key
from portal.accounts.models import Account, VerifiedBy
from portal.accounts.registration.verification import needs_confirmation, send_link
from portal.accounts.settings import LINK_AFTER_IMPORT
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.set_based import is_one_of
from portal.extensions import db
from portal.settings import registry


@dataclass(frozen=True, slots=True)
class LateAdmission:
    """How many people who waited were let in, how many were sent a link, and how many of the list still wait."""

    admitted: int = 0
    invited: int = 0
    waiting: int = 0


def admit_waiting(actor: Actor, added: Collection[str]) -> LateAdmission:
    """Let in the people who wait for the office and whose email has just been added, once the email is confirmed.

    ``added`` are keyed hashes that are new on the allow list. Who has confirmed the email is let in and emailed that;
    the others are sent the link that they would have got by registering now, because nobody has proved yet that the
    email is theirs. Each gets an audit entry. If the setting ``LINK_AFTER_IMPORT`` is off, nothing is sent and all of
    them still wait.
    """
    if not added:
        return LateAdmission()
    accounts = [account for account in _waiting() if keyed_hash(account.email) in added]
    if not registry.get(LINK_AFTER_IMPORT):
        return LateAdmission(waiting=len(accounts))
    unconfirmed = [account for account in accounts if needs_confirmation(account)]
    confirmed = [account for account in accounts if not needs_confirmation(account)]
    for account in unconfirmed:
        account.verification = VerifiedBy.MAIL
        record(actor, AccountAction.LINK_AFTER_IMPORT, target=("account", account.id))
    for account in confirmed:
        account.verification, account.verified_at = VerifiedBy.MAIL, now()
        record(actor, AccountAction.VERIFY_BY_MAIL, target=("account", account.id))
    if confirmed:
        are_let_in = is_one_of(Account.id, (account.id for account in confirmed))
        enqueue_emails(VERIFIED, are_let_in, key=timestamp_key(), note="")
    for account in unconfirmed:
        send_link(actor, account)
    return LateAdmission(admitted=len(confirmed), invited=len(unconfirmed))


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

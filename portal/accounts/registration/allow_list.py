"""The allow list: emails that the university vouches for, stored as keyed hashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, String, bindparam, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.audit_actions import AccountAction
from portal.accounts.emails import keyed_hash
from portal.accounts.models import AllowedEmail
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Forbidden
from portal.extensions import db
from portal.permissions.catalogue import Permission


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The number of different emails in an import to the allow list, and the keyed hashes of those that were new."""

    processed: int
    added: frozenset[str]


def import_emails(actor: Actor, emails: Iterable[str]) -> ImportResult:
    """Add emails to the allow list, add an audit entry, and return how many were given and which were new.

    Blank lines are skipped, and emails that are on the list already stay, so that a file can be sent twice. Raise
    ``Forbidden`` for an actor without the permission to import the allow list.
    """
    if not actor.may(Permission.ALLOW_LIST_IMPORT):
        raise Forbidden("not_permitted", _("Only administrators can upload allowed emails"))
    hashes = sorted({keyed_hash(email) for email in emails if email.strip()})
    # One array is one parameter: the statement stays small however long the list is.
    rows = select(func.unnest(bindparam("hashes", hashes, ARRAY(String))), literal(now()), literal(actor.account_id))
    columns = [AllowedEmail.email_hash, AllowedEmail.created_at, AllowedEmail.added_by]
    inserted = insert(AllowedEmail).from_select(columns, rows).on_conflict_do_nothing()
    added = frozenset(db.session.scalars(inserted.returning(AllowedEmail.email_hash)))
    record(actor, AccountAction.IMPORT_ALLOW_LIST, processed=len(hashes), added=len(added))
    return ImportResult(len(hashes), added)


def is_allowed(email: str) -> bool:
    """Return whether an email, in any capitalisation, is on the allow list."""
    return bool(db.session.scalar(select(exists().where(AllowedEmail.email_hash == keyed_hash(email)))))

"""The addresses that the university vouches for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, String, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts import emails
from portal.accounts.models import AllowedAddress
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Forbidden
from portal.extensions import db
from portal.permissions.catalogue import Permission


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many addresses the file had, and how many of them are new."""

    processed: int
    added: int


def import_addresses(actor: Actor, found: Iterable[str]) -> ImportResult:
    """Add addresses; those already known stay as they are, so a file can be sent twice. Raises ``Forbidden``."""
    if not actor.may(Permission.ALLOW_LIST_IMPORT):
        raise Forbidden("not_permitted", _("Only administrators can upload allowed emails"))
    hashes = sorted({emails.keyed_hash(address) for address in found if address.strip()})
    # One array is one parameter: the statement stays small however long the list is.
    rows = select(func.unnest(bindparam("hashes", hashes, ARRAY(String))), literal(now()), literal(actor.account_id))
    columns = [AllowedAddress.address_hash, AllowedAddress.created_at, AllowedAddress.added_by]
    inserted = insert(AllowedAddress).from_select(columns, rows).on_conflict_do_nothing().returning(literal(1))
    added = db.session.scalars(select(func.count()).select_from(inserted.cte("inserted"))).one()
    record(actor, "accounts.import_allow_list", processed=len(hashes), added=added)
    return ImportResult(len(hashes), added)

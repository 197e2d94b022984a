"""Notifying people: a notice inside the portal, and messages outside it, in a number of statements that never grows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from portal.accounts.models import Account
from portal.accounts.queries import holders, is_active
from portal.core.clock import now
from portal.core.db.set_based import insert_for_each, is_one_of, new_id_of_each_row
from portal.extensions import db
from portal.notifications.models import Notice
from portal.outbox.holding import current_hold
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue_many

Recipients = Select[uuid.UUID, Any]
"""A SELECT of account ids, each once, and the payload for each, JSONB with the values that the templates use."""


def notify(
    account_id: uuid.UUID, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str = ""
) -> None:
    """Store a notice for one person, and enqueue a message for each message channel of its kind, once per ``key``.

    ``payload`` must be JSON and hold the values that the kind's templates use. ``target_url`` is the path of the page
    to which the notice links; templates find it in the payload under that name. Somebody who is banned or not verified
    gets the notice, to be found later, and no message. An unknown account is ignored.

    Raise ``ValueError`` for a kind that carries a secret, which a notice would keep, and ``LookupError`` for a kind
    with another message channel than email.
    """
    recipient = select(literal(account_id), literal(key), literal(payload, JSONB))
    _notify(recipient, kind, target_url)


def notify_many(recipients: Recipients, kind: MessageKind, *, key: str, target_url: str = "") -> None:
    """Notify each of the recipients as ``notify`` does, once per ``key`` and person.

    The number of statements is the same for any number of people: one for the notices, and one for each message
    channel. They see the rows that the caller's transaction has locked or written as it left them; a person who is
    deleted meanwhile is left out.
    """
    account_id, payload = recipients.subquery("recipients").columns
    _notify(select(account_id, literal(f"{key}:") + cast(account_id, Text), payload), kind, target_url)


def notify_office(
    permission: str, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str = ""
) -> None:
    """Notify every holder of ``permission`` as ``notify`` does, once per ``key`` and person."""
    holder = holders(permission).subquery("holders").columns.account_id
    notify_many(select(holder, literal(payload, JSONB)), kind, key=key, target_url=target_url)


def _notify(recipients: Select[uuid.UUID, str, Any], kind: MessageKind, target_url: str) -> None:
    """Notify people by one statement for the notices and one for each message channel.

    ``recipients`` selects account id, key and payload.
    """
    if kind.secret:
        raise ValueError(f"{kind.name} carries a secret: a notice would keep it")
    chosen, moment = recipients.add_columns(new_id_of_each_row()).subquery("recipients"), now()
    account_id, key, payload, notice_id = chosen.columns
    people = select(Account.id).join_from(Account, chosen, Account.id == account_id)
    # Locked as a foreign key locks it: an account that is being deleted is waited for, and then left out.
    locked = people.order_by(Account.id).with_for_update(read=True, key_share=True, of=Account)
    notices = insert_for_each(
        locked,
        {
            Notice.id: notice_id,
            Notice.account_id: Account.id,
            Notice.key: key,
            Notice.kind: kind.name,
            Notice.payload: payload,
            Notice.target_url: target_url,
            Notice.created_at: moment,
        },
    )
    stored = notices.on_conflict_do_nothing(index_elements=[Notice.key]).returning(Notice.key)
    keys = db.session.scalars(stored).all()
    held = current_hold()
    if held is not None:
        held.notice_keys.extend(keys)
    with_link = func.jsonb_set(payload, ["target_url"], func.to_jsonb(target_url))
    reachable = people.where(is_active(moment)).order_by(Account.id)
    for channel in kind.channels:
        message = (recipient_on(channel), Account.locale, key + f":{channel}", with_link)
        enqueue_many(kind, reachable.with_only_columns(*message), channel=channel)


def withdraw_notices(keys: Sequence[str]) -> None:
    """Delete the notices with these keys, because what they report has been undone; their messages stay as they are."""
    db.session.execute(delete(Notice).where(is_one_of(Notice.key, keys)).execution_options(synchronize_session=False))


def recipient_on(channel: str) -> ColumnElement[str]:
    """Return the column of accounts that holds the recipient of messages over a channel: the email for ``mail``.

    Raise ``LookupError`` for any other channel, because notifications do not use one yet.
    """
    if channel != MessageChannel.MAIL:
        raise LookupError(f"there is no contact point for {channel}")
    return Account.email.expression

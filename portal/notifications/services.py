"""Notifying people: a notice inside the portal, and messages outside it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Account
from portal.accounts.queries import holders
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.extensions import db
from portal.notifications.models import Notice
from portal.outbox.holding import current_hold
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue


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
    account = db.session.get(Account, account_id)
    if account is not None:
        _notify(account, kind, key=key, payload=payload, target_url=target_url)


def notify_office(
    permission: str, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str = ""
) -> None:
    """Notify every holder of ``permission`` by a notice and by messages, once per ``key`` and person.

    ``payload`` must be JSON and hold the values that the kind's templates use. ``target_url`` is the path of the page
    to which the notices link. Holders who are banned or not verified get the notice only. Raise ``ValueError`` for a
    kind that carries a secret, and ``LookupError`` for a kind with another message channel than email.
    """
    for account in holders(permission):
        _notify(account, kind, key=f"{key}:{account.id}", payload=payload, target_url=target_url)


def _notify(account: Account, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str) -> None:
    if kind.secret:
        raise ValueError(f"{kind.name} carries a secret: a notice would keep it")
    moment = now()
    notice = insert(Notice).values(
        id=new_id(),
        account_id=account.id,
        key=key,
        kind=kind.name,
        payload=payload,
        target_url=target_url,
        created_at=moment,
    )
    db.session.execute(notice.on_conflict_do_nothing(index_elements=[Notice.key]))
    held = current_hold()
    if held is not None:
        held.notice_keys.append(key)
    if not account.is_verified or account.is_banned(moment):
        return
    for channel in kind.channels:
        enqueue(
            kind,
            channel=channel,
            recipient=recipient_of(account, channel),
            locale=account.locale,
            key=f"{key}:{channel}",
            payload={**payload, "target_url": target_url},
        )


def withdraw_notices(keys: Sequence[str]) -> None:
    """Delete the notices with these keys, because what they report has been undone; their messages stay as they are."""
    db.session.execute(delete(Notice).where(Notice.key.in_(keys)).execution_options(synchronize_session=False))


def recipient_of(account: Account, channel: str) -> str:
    """Return the recipient of messages to a person over a message channel: their email for ``mail``.

    Raise ``LookupError`` for any other channel, because notifications do not use one yet.
    """
    if channel != MessageChannel.MAIL:
        raise LookupError(f"there is no contact point for {channel}")
    return account.email

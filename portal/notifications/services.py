"""Notifying people: a notice inside the portal, and messages outside it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Account
from portal.accounts.queries import holders
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.extensions import db
from portal.notifications.models import Notice
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue


def notify(
    account_id: uuid.UUID, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str = ""
) -> None:
    """Notify one person, once per ``key``: store a notice, and a message for each channel of its kind.

    ``payload`` must be JSON and hold what the kind's templates use. ``target_url`` is the path of the page that the
    notice leads to; templates find it in the payload under that name. Somebody who is banned or not verified gets the
    notice, to be found later, and no message. An unknown account is ignored.

    Raises ``ValueError`` for a secret kind: a notice would keep the secret.
    """
    account = db.session.get(Account, account_id)
    if account is not None:
        _notify(account, kind, key=key, payload=payload, target_url=target_url)


def notify_office(
    permission: str, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str = ""
) -> None:
    """Notify everybody who holds ``permission``, once per ``key`` and person, as ``notify`` does."""
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


def recipient_of(account: Account, channel: str) -> str:
    """Return the email of a person; raise ``LookupError`` for another channel, by which nobody can be reached yet."""
    if channel != MessageChannel.MAIL:
        raise LookupError(f"there is no contact point for {channel}")
    return account.email

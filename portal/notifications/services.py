"""Who hears of what: a fact about a person becomes a notice inside the portal and messages outside it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from portal.accounts import queries as accounts
from portal.accounts.models import Account
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
    """Tell one person a fact, once per ``key``, on every channel of its kind.

    ``target_url`` is the path of the page the fact is about; templates find it in the payload under that name.
    A person who is banned, or whose address is unproven, finds the notice later but is sent nothing.
    """
    account = db.session.get(Account, account_id)
    if account is not None:
        tell(account, kind, key=key, payload=payload, target_url=target_url)


def notify_office(
    permission: str, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str = ""
) -> None:
    """Tell a fact to everybody who holds ``permission``, once per ``key`` and person."""
    for account in accounts.holders(permission):
        tell(account, kind, key=f"{key}:{account.id}", payload=payload, target_url=target_url)


def tell(account: Account, kind: MessageKind, *, key: str, payload: dict[str, Any], target_url: str) -> None:
    """Store the notice and one message per channel that reaches this person."""
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
            recipient=address(account, channel),
            locale=account.locale,
            key=f"{key}:{channel}",
            payload={**payload, "target_url": target_url},
        )


def address(account: Account, channel: str) -> str:
    """Where this person is reached on ``channel``."""
    if channel != MessageChannel.MAIL:
        raise LookupError(f"nobody is reached by {channel}")
    return account.email

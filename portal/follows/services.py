"""Following and unfollowing people."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import Account
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.extensions import db
from portal.follows.audit_actions import FollowAction
from portal.follows.messages import NEW_FOLLOWER
from portal.follows.models import Follow
from portal.follows.policies import may_follow_others
from portal.notifications.queries import was_notified
from portal.notifications.services import notify
from portal.profiles.policies import listed

RENOTIFY_AFTER = timedelta(days=1)
"""Somebody who unfollows and follows again within this time causes one notice only."""


def follow(actor: Actor, account_id: uuid.UUID) -> bool:
    """Make the actor follow a person, and return whether that is new.

    The person gets a notice, unless they got one of this actor within the last day. Raise ``Conflict`` for the actor
    themselves, ``NotFound`` for a person who is not listed, and ``Forbidden`` if the actor is staff.
    """
    _check_and_lock(actor, account_id)
    row = insert(Follow).values(follower_id=actor.id, followed_id=account_id, created_at=now())
    is_new = db.session.scalar(row.on_conflict_do_nothing().returning(Follow.followed_id)) is not None
    if is_new:
        record(actor, FollowAction.FOLLOW, target=("account", account_id))
        _notify(actor, account_id)
    return is_new


def unfollow(actor: Actor, account_id: uuid.UUID) -> bool:
    """Make the actor stop following a person, and return whether they followed them.

    Raise ``Conflict`` for the actor themselves, ``NotFound`` for a person who is not listed, and ``Forbidden`` if the
    actor is staff.
    """
    _check_and_lock(actor, account_id)
    row = delete(Follow).where(Follow.follower_id == actor.id, Follow.followed_id == account_id)
    was_following = db.session.scalar(row.returning(Follow.followed_id)) is not None
    if was_following:
        record(actor, FollowAction.UNFOLLOW, target=("account", account_id))
    return was_following


def _check_and_lock(actor: Actor, account_id: uuid.UUID) -> None:
    """Lock the account against deletion until the transaction ends, if the actor may follow its owner.

    Raise ``Conflict`` for the actor themselves, ``NotFound`` for a person who is not listed, and ``Forbidden`` if the
    actor is staff.
    """
    if account_id == actor.account_id:
        raise Conflict("oneself", _("You cannot follow yourself."))
    account = select(Account.id).where(Account.id == account_id, listed())
    if db.session.scalar(account.with_for_update(read=True, key_share=True)) is None:
        raise NotFound("no_such_person", _("We could not find this person on the portal."))
    if not may_follow_others(actor):
        raise Forbidden("office_follows_nobody", _("Alumni office staff cannot follow people."))


def _notify(actor: Actor, account_id: uuid.UUID) -> None:
    """Notify the followed person, unless they were notified of this follower within the last day.

    The inserted follow lets only one transaction for these two people come here at a time.
    """
    subject, moment = f"follow:{actor.id}:{account_id}", now()
    if not was_notified(account_id, subject, since=moment - RENOTIFY_AFTER):
        key = f"{subject}:{moment:%Y-%m-%d}"
        notify(account_id, NEW_FOLLOWER, key=key, payload={"name": actor.name}, target_url=f"/people/{actor.id}")

"""Notifying a person stores one notice, and one message for each channel that reaches the person."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

import pytest
from flask_babel import lazy_gettext
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.notifications.models import Notice
from portal.notifications.services import notify, notify_many, notify_office
from portal.outbox.holding import holding
from portal.outbox.kinds import MessageKind
from portal.outbox.models import OutboxMessage
from portal.permissions.catalogue import Permission
from tests import factories
from tests.support.statements import counting

APPROVED = MessageKind("tests.approved", lazy_gettext("Approved"))
QUIET = MessageKind("tests.quiet", lazy_gettext("Quiet"), channels=())


def send_notification(
    app: PortalFlask, account: Account, kind: MessageKind = APPROVED, key: str = "approved:1"
) -> None:
    with app.app_context(), unit_of_work():
        notify(account.id, kind, key=key, payload={"title": "Picnic"}, target_url="/events/1")


def notices(app: PortalFlask) -> list[Notice]:
    with app.app_context():
        return list(db.session.scalars(select(Notice)))


def messages(app: PortalFlask) -> list[OutboxMessage]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.recipient)))


def test_a_person_gets_a_notice_and_a_mail(tx: PortalFlask, alina: Account) -> None:
    send_notification(tx, alina)
    [notice], [message] = notices(tx), messages(tx)
    assert (notice.account_id, notice.kind, notice.target_url) == (alina.id, "tests.approved", "/events/1")
    assert (message.recipient, message.channel) == (alina.email, "mail")
    assert message.payload == {"title": "Picnic", "target_url": "/events/1"}


def test_a_key_is_notified_once(tx: PortalFlask, alina: Account) -> None:
    send_notification(tx, alina)
    send_notification(tx, alina)
    assert (len(notices(tx)), len(messages(tx))) == (1, 1)


def test_the_mail_is_in_the_recipients_language(tx: PortalFlask) -> None:
    send_notification(tx, factories.make_account(locale="ru"))
    assert messages(tx)[0].locale == "ru"


def test_a_kind_without_channels_is_only_a_notice(tx: PortalFlask, alina: Account) -> None:
    send_notification(tx, alina, QUIET)
    assert (len(notices(tx)), messages(tx)) == (1, [])


def test_an_unverified_person_gets_no_message(tx: PortalFlask, nina: Account) -> None:
    send_notification(tx, nina)
    assert (len(notices(tx)), messages(tx)) == (1, [])


def test_a_banned_person_gets_no_message(tx: PortalFlask, boris: Account) -> None:
    send_notification(tx, boris)
    assert (len(notices(tx)), messages(tx)) == (1, [])


def test_the_holders_of_a_permission_are_notified(
    tx: PortalFlask, alina: Account, mona: Account, adam: Account
) -> None:
    with tx.app_context(), unit_of_work():
        notify_office(Permission.EVENTS_MODERATE, APPROVED, key="review:1", payload={})
    assert [message.recipient for message in messages(tx)] == [adam.email, mona.email]
    assert {notice.account_id for notice in notices(tx)} == {adam.id, mona.id}


def test_a_secret_never_becomes_a_notice(tx: PortalFlask, alina: Account) -> None:
    with pytest.raises(ValueError, match="carries a secret"):
        send_notification(tx, alina, MessageKind("tests.code", lazy_gettext("Code"), secret=True))
    assert notices(tx) == []


def notify_all(app: PortalFlask, *people: Account, key: str = "news:1") -> None:
    """Notify many people, each with their email in the payload."""
    payload = func.jsonb_build_object("email", Account.email)
    recipients = select(Account.id, payload).where(Account.id.in_([person.id for person in people]))
    with app.app_context(), unit_of_work():
        notify_many(recipients, APPROVED, key=key, target_url="/news")


def test_many_get_a_notice_and_a_mail_with_a_payload_of_their_own(
    tx: PortalFlask, alina: Account, bob: Account
) -> None:
    notify_all(tx, bob, alina)
    assert {(notice.account_id, notice.key, notice.payload["email"]) for notice in notices(tx)} == {
        (person.id, f"news:1:{person.id}", person.email) for person in (alina, bob)
    }
    assert [(message.recipient, message.key, message.payload) for message in messages(tx)] == [
        (person.email, f"news:1:{person.id}:mail", {"email": person.email, "target_url": "/news"})
        for person in (alina, bob)
    ]


def test_who_has_been_notified_is_left_out_when_more_are(tx: PortalFlask, alina: Account, bob: Account) -> None:
    notify_all(tx, alina)
    notify_all(tx, alina, bob)
    assert len(notices(tx)) == len(messages(tx)) == 2


def test_nobody_is_notified_and_no_listener_woken_if_nobody_is_selected(tx: PortalFlask) -> None:
    with counting(tx) as ran:
        notify_all(tx)
    assert (notices(tx), messages(tx)) == ([], [])
    assert len(ran) == 2


def test_a_hold_records_what_it_stored_and_nothing_else(tx: PortalFlask, alina: Account, bob: Account) -> None:
    notify_all(tx, alina)
    with tx.app_context(), holding(timedelta(seconds=10)) as held:
        notify_all(tx, alina, bob)
    assert held.notice_keys == [f"news:1:{bob.id}"]
    assert held.keys == [f"news:1:{bob.id}:mail"]
    assert [message.due_at >= held.until for message in messages(tx)] == [False, True]


def test_the_ids_of_many_are_version_7_and_in_their_order(tx: PortalFlask, alina: Account, bob: Account) -> None:
    notify_all(tx, bob, alina)
    ids = [notice.id for notice in sorted(notices(tx), key=lambda notice: notice.account_id)]
    assert [(one.version, one.variant) for one in ids] == [(7, uuid.RFC_4122)] * 2
    assert ids == sorted(set(ids))
    assert abs((ids[0].int >> 80) / 1000 - time.time()) < 3600, "the first 48 bits are the time in milliseconds"


def test_a_channel_without_a_contact_point_is_refused(tx: PortalFlask, alina: Account) -> None:
    with pytest.raises(LookupError, match="telegram"):
        send_notification(tx, alina, MessageKind("tests.chat", lazy_gettext("Chat"), channels=("telegram",)))
    assert notices(tx) == []

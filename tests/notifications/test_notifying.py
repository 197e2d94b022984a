"""Notifying a person stores one notice, and one message for each channel that reaches the person."""

from __future__ import annotations

import pytest
from flask_babel import lazy_gettext
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.db.unit_of_work import unit_of_work
from portal.extensions import db
from portal.notifications.models import Notice
from portal.notifications.services import notify, notify_office
from portal.outbox.kinds import MessageKind
from portal.outbox.models import OutboxMessage
from portal.permissions.catalogue import Permission
from tests import factories

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

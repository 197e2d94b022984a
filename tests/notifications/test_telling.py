"""A fact about a person becomes one notice, and one message where the person can be reached."""

from __future__ import annotations

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


def tell(app: PortalFlask, account: Account, kind: MessageKind = APPROVED, key: str = "approved:1") -> None:
    with app.app_context(), unit_of_work():
        notify(account.id, kind, key=key, payload={"title": "Picnic"}, target_url="/events/1")


def notices(app: PortalFlask) -> list[Notice]:
    with app.app_context():
        return list(db.session.scalars(select(Notice)))


def messages(app: PortalFlask) -> list[OutboxMessage]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.recipient)))


def test_a_person_finds_a_notice_and_gets_a_mail(tx: PortalFlask, alina: Account) -> None:
    tell(tx, alina)
    [notice], [message] = notices(tx), messages(tx)
    assert (notice.account_id, notice.kind, notice.target_url) == (alina.id, "tests.approved", "/events/1")
    assert (message.recipient, message.channel) == (alina.email, "mail")
    assert message.payload == {"title": "Picnic", "target_url": "/events/1"}


def test_a_fact_is_told_once(tx: PortalFlask, alina: Account) -> None:
    tell(tx, alina)
    tell(tx, alina)
    assert (len(notices(tx)), len(messages(tx))) == (1, 1)


def test_the_mail_speaks_the_readers_language(tx: PortalFlask) -> None:
    tell(tx, factories.make_account(locale="ru"))
    assert messages(tx)[0].locale == "ru"


def test_a_kind_without_channels_is_a_notice_only(tx: PortalFlask, alina: Account) -> None:
    tell(tx, alina, QUIET)
    assert (len(notices(tx)), messages(tx)) == (1, [])


def test_an_unproven_address_is_sent_nothing(tx: PortalFlask, nina: Account) -> None:
    tell(tx, nina)
    assert (len(notices(tx)), messages(tx)) == (1, [])


def test_a_banned_person_is_sent_nothing(tx: PortalFlask, boris: Account) -> None:
    tell(tx, boris)
    assert (len(notices(tx)), messages(tx)) == (1, [])


def test_the_office_is_who_holds_the_permission(tx: PortalFlask, alina: Account, mona: Account, adam: Account) -> None:
    with tx.app_context(), unit_of_work():
        notify_office(Permission.EVENTS_MODERATE, APPROVED, key="review:1", payload={})
    assert [message.recipient for message in messages(tx)] == [adam.email, mona.email]
    assert {notice.account_id for notice in notices(tx)} == {adam.id, mona.id}


def test_a_secret_never_becomes_a_notice(tx: PortalFlask, alina: Account) -> None:
    try:
        tell(tx, alina, MessageKind("tests.code", lazy_gettext("Code"), secret=True))
    except ValueError:
        assert notices(tx) == []
    else:
        raise AssertionError("a code was stored where it stays")

"""Mails that were requested while the mail server was away arrive once, when it is back."""

from __future__ import annotations

from typing import Any

from portal.application import PortalFlask
from tests.accounts.people import EMAIL, REGISTRATION, add_to_allow_list, make_person
from tests.outbox.conftest import SmtpServer, app_with, free_port, send
from tests.support.clients import Api

AUTH = "/api/v1/auth"


def test_mails_of_an_outage_arrive_once_when_it_is_over(committed: PortalFlask, clock: Any) -> None:
    make_person(committed)
    add_to_allow_list(committed, REGISTRATION["email"])
    port = free_port()
    api = Api(committed)
    for app in app_with(committed, mail_server="127.0.0.1", mail_port=port, mail_use_tls=False):
        api.post(f"{AUTH}/register", json={**REGISTRATION, "telegram_alias": None}, status=201)
        api.post(f"{AUTH}/login/otp/request", json={"email": EMAIL})
        api.post(f"{AUTH}/password-reset/request", json={"email": EMAIL})
        for _round in range(3):
            assert send(app) == 0
            clock.move(seconds=31)
    server = SmtpServer(port=port)
    with server.open():
        for app in app_with(committed, mail_server="127.0.0.1", mail_port=port, mail_use_tls=False):
            clock.move(minutes=2)
            assert send(app) == 3
            assert send(app) == 0
    mails = server.mails()
    assert sorted(str(mail["To"]) for mail in mails) == [REGISTRATION["email"], EMAIL, EMAIL]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_a_code_that_has_expired_meanwhile_is_not_sent(committed: PortalFlask, clock: Any) -> None:
    make_person(committed)
    port = free_port()
    for app in app_with(committed, mail_server="127.0.0.1", mail_port=port, mail_use_tls=False):
        Api(app).post(f"{AUTH}/login/otp/request", json={"email": EMAIL})
        assert send(app) == 0
    server = SmtpServer(port=port)
    with server.open():
        for app in app_with(committed, mail_server="127.0.0.1", mail_port=port, mail_use_tls=False):
            clock.move(minutes=10, seconds=1)
            assert send(app) == 0
    assert server.mails() == []

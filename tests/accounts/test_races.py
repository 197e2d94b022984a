"""Two people with the same thing at the same moment, really committed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.accounts.emails import keyed_hash
from portal.accounts.models import Account, AllowedEmail
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.security import throttle
from portal.core.security.throttle import Limit
from portal.extensions import db
from tests.accounts.mailbox import token_for
from tests.accounts.test_registration import PERSON
from tests.factories import save
from tests.support.clients import Api, Page

pytestmark = pytest.mark.concurrency
TOGETHER = 8


def test_two_people_verify_with_the_same_link_and_one_succeeds(committed: PortalFlask) -> None:
    with committed.app_context():
        digest = keyed_hash(PERSON["email"])
    save(AllowedEmail(email_hash=digest))
    Page(committed).post("/register", PERSON)
    token = token_for(committed, PERSON["email"])
    start = Barrier(TOGETHER)

    def press(_number: int) -> int:
        browser = Page(committed)
        data = {**browser.csrf(), "token": token}
        start.wait()
        return browser.client.post("/verify", data=data).status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = sorted(pool.map(press, range(TOGETHER)))
    assert answers == [200] * (TOGETHER - 1) + [303]
    with committed.app_context():
        verified = select(func.count()).where(AuditEntry.action == "accounts.verify_by_mail")
        assert db.session.scalar(verified) == 1


def test_parallel_registrations_of_one_address_make_one_account(committed: PortalFlask) -> None:
    start = Barrier(TOGETHER)

    def register(number: int) -> int:
        client = Api(committed)
        email = PERSON["email"].upper() if number % 2 else PERSON["email"]
        start.wait()
        body = {**PERSON, "email": email, "telegram_alias": None}
        return client.client.post("/api/v1/auth/register", json=body).status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = sorted(pool.map(register, range(TOGETHER)))
    assert answers == [201] + [400] * (TOGETHER - 1)
    with committed.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_a_limit_is_exact_under_parallel_tries(committed: PortalFlask) -> None:
    from datetime import timedelta

    limit = Limit("sample", 5, timedelta(hours=1))
    start = Barrier(TOGETHER)

    def spend(_number: int) -> int:
        start.wait()
        with committed.app_context():
            return [throttle.consume(limit, "someone") for _time in range(3)].count(0)

    with ThreadPoolExecutor(TOGETHER) as pool:
        assert sum(pool.map(spend, range(TOGETHER))) == 5

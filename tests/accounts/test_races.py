"""Race conditions in one process, with transactions that are really committed."""

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
from tests.accounts.people import REGISTRATION
from tests.accounts.sent_messages import link_token
from tests.factories import save
from tests.support.clients import Api, Page

pytestmark = pytest.mark.concurrency
TOGETHER = 8


def test_parallel_use_of_one_link_verifies_once(committed: PortalFlask) -> None:
    with committed.app_context():
        digest = keyed_hash(REGISTRATION["email"])
    save(AllowedEmail(email_hash=digest))
    Page(committed).post("/register", REGISTRATION)
    token = link_token(committed, REGISTRATION["email"])
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


def test_parallel_registrations_of_one_email_create_one_account(committed: PortalFlask) -> None:
    start = Barrier(TOGETHER)

    def register(number: int) -> int:
        client = Api(committed)
        email = REGISTRATION["email"].upper() if number % 2 else REGISTRATION["email"]
        start.wait()
        body = {**REGISTRATION, "email": email, "telegram_alias": None}
        return client.client.post("/api/v1/auth/register", json=body).status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = sorted(pool.map(register, range(TOGETHER)))
    assert answers == [201] + [400] * (TOGETHER - 1)
    with committed.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_limit_is_exact_for_parallel_attempts(committed: PortalFlask) -> None:
    from datetime import timedelta

    limit = Limit("sample", 5, timedelta(hours=1))
    start = Barrier(TOGETHER)

    def spend(_number: int) -> int:
        start.wait()
        with committed.app_context():
            return [throttle.consume(limit, "someone") for _time in range(3)].count(0)

    with ThreadPoolExecutor(TOGETHER) as pool:
        assert sum(pool.map(spend, range(TOGETHER))) == 5

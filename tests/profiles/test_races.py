"""Concurrent changes of one profile by the page and by JSON, really committed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import text, update

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.db.unit_of_work import autocommit_connection, unit_of_work
from portal.extensions import db
from portal.profiles.models import Audience, Profile
from tests.factories import live_in, make_city
from tests.support.clients import Api

pytestmark = pytest.mark.concurrency

ME = "/api/v1/profile/me"
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


def test_concurrent_echo_keeps_a_narrower_audience(committed: PortalFlask, alina: Account) -> None:
    live_in(alina, make_city(), Audience.MEMBERS)
    phone, never = Api(committed).sign_in(alina), Event()
    echo = phone.get(ME)
    with ThreadPoolExecutor(1) as pool, committed.app_context():
        with unit_of_work(), autocommit_connection() as beside:
            narrower = update(Profile).where(Profile.account_id == alina.id)
            db.session.execute(narrower.values(city_audience=Audience.SAME_YEAR))
            answer = pool.submit(phone.put, ME, json=echo)
            for _try in range(500):
                if answer.done() or beside.scalar(WAITING):
                    break
                never.wait(0.02)
        assert answer.result() == echo
        assert db.session.get_one(Profile, alina.id).city_audience == Audience.SAME_YEAR

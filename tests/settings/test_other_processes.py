"""A changed setting is in force on the very next request of every process, in both directions.

A second application on the same database stands for another process: it shares no memory with the first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete, update

from portal import create_app
from portal.accounts.models import Account
from portal.accounts.settings import FRIENDS_ANY_EMAIL, STAFF_SECOND_FACTOR
from portal.application import PortalFlask
from portal.core.actor import system_actor
from portal.core.db.unit_of_work import unit_of_work
from portal.events.settings import AUTO_APPROVE
from portal.extensions import db
from portal.settings import services
from portal.settings.definitions import Setting
from portal.settings.institution import INSTITUTION_NAME
from portal.settings.models import StoredSetting
from tests.events.samples import body
from tests.factories import make_city
from tests.support.clients import Api, Page
from tests.support.statements import counting

VALUES = (True, False, True, False, True, False)


@pytest.fixture
def other(committed: PortalFlask) -> Iterator[PortalFlask]:
    """Return the application of another process, which has cached the settings in a request."""
    app = create_app(committed.config["PORTAL"])
    Page(app).get("/login")
    yield app
    with app.app_context():
        db.engine.dispose()


def change(app: PortalFlask, setting: Setting[Any], value: object) -> None:
    with app.app_context(), unit_of_work():
        services.change(system_actor(), setting, value)


def test_review_of_events(committed: PortalFlask, other: PortalFlask, alina: Account) -> None:
    make_city("Innopolis")
    author = Api(other).sign_in(alina)
    for is_on in VALUES:
        change(committed, AUTO_APPROVE, is_on)
        event = author.post("/api/v1/events/", json=body())
        assert author.get(f"/api/v1/events/{event['id']}")["approved"] is (True if is_on else None)


def test_second_factor_of_the_office(committed: PortalFlask, other: PortalFlask, adam: Account) -> None:
    office = Page(other).sign_in(adam)
    for is_on in VALUES:
        change(committed, STAFF_SECOND_FACTOR, is_on)
        office.get("/admin", status=303 if is_on else 200)


def test_name_for_visitors_and_members(committed: PortalFlask, other: PortalFlask, alina: Account) -> None:
    visitor, member = Page(other), Page(other).sign_in(alina)
    for name in ("Kazan", "Innopolis", "Казань"):
        change(committed, INSTITUTION_NAME, name)
        for path, reader in (("/login", visitor), ("/home", member)):
            assert any(name in text for text in reader.get(path).texts("title")), path


def test_domains_at_registration(committed: PortalFlask, other: PortalFlask) -> None:
    restricted = create_app(committed.config["PORTAL"].model_copy(update={"email_domains": ("demo.example",)}))
    Page(restricted).get("/register")
    for number, is_on in enumerate(VALUES):
        change(committed, FRIENDS_ANY_EMAIL, is_on)
        registration = {
            "first_name": "Vera",
            "last_name": "Friend",
            "email": f"friend{number}@elsewhere.example",
            "password": "a long and rare sentence",
            "role": "alumni_friend",
            "graduation_year": "",
            "privacy_version": "1",
        }
        Page(restricted).post("/register", registration, status=303 if is_on else 422)
    with restricted.app_context():
        db.engine.dispose()


def test_rows_that_were_written_by_hand(committed: PortalFlask, other: PortalFlask, adam: Account) -> None:
    office = Page(other).sign_in(adam)
    change(committed, STAFF_SECOND_FACTOR, True)
    office.get("/admin", status=303)
    with committed.app_context(), unit_of_work():
        db.session.execute(update(StoredSetting).values(value=False))
    office.get("/admin")
    with committed.app_context(), unit_of_work():
        db.session.execute(update(StoredSetting).values(value=True))
    office.get("/admin", status=303)
    with committed.app_context(), unit_of_work():
        db.session.execute(delete(StoredSetting))
    office.get("/admin")


@pytest.mark.concurrency
def test_writers_that_commit_in_the_opposite_order(committed: PortalFlask, other: PortalFlask, adam: Account) -> None:
    """The writer that began first commits last: a version that only grows would miss it."""
    office = Page(other).sign_in(adam)
    written, may_commit = threading.Event(), threading.Event()

    def first_writer() -> None:
        with committed.app_context(), unit_of_work():
            services.change(system_actor(), STAFF_SECOND_FACTOR, True)
            written.set()
            assert may_commit.wait(10)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(first_writer)
        assert written.wait(10)
        change(committed, AUTO_APPROVE, True)
        office.get("/admin")
        may_commit.set()
        first.result()
    office.get("/admin", status=303)


def test_settings_that_did_not_change_are_not_read_again(other: PortalFlask, alina: Account) -> None:
    member = Page(other).sign_in(alina)
    member.get("/home")
    with counting(other) as statements:
        member.get("/home")
    assert not [statement for statement in statements if "jsonb_object_agg" in statement]

"""How many statements each answer may cost, however long the lists are; pages include one for the settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.clock import now
from portal.events import services
from portal.events.models import Event
from tests.events.conftest import Act
from tests.factories import make_account, make_event
from tests.support.clients import Api, Page
from tests.support.statements import counting

pytestmark = pytest.mark.slow


@pytest.fixture
def busy(alina: Account, bob: Account, kazan: City) -> Event:
    """Twelve events of different people, with people going."""
    people = tuple(make_account() for _ in range(4))
    for number, owner in enumerate(people * 3):
        starts_at = now() + timedelta(days=number + 1)
        event = make_event(
            owner, going=(bob,), city_id=kazan.id, starts_at=starts_at, starts_local=starts_at.replace(tzinfo=None)
        )
    return event


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/events", 3),
        ("/events?tab=past", 3),
        ("/events/mine", 3),
        ("/events/{id}", 3),
        ("/events/{id}/people", 4),
        ("/events/new", 3),
    ],
)
def test_a_page_costs_the_same_however_many_events_there_are(
    app: PortalFlask, page: Page, alina: Account, busy: Event, path: str, statements: int
) -> None:
    page.sign_in(alina).get("/events")
    with counting(app) as ran:
        page.get(path.format(id=busy.id))
    assert len(ran) <= statements, ran


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("", 2),
        ("?search=Event", 2),
        ("owner", 2),
        ("owner/pending", 2),
        ("participant/{bob}", 2),
        ("{id}", 2),
        ("{id}/cover", 2),
        ("{id}/participants", 2),
    ],
)
def test_an_answer_costs_the_same_however_many_events_there_are(
    app: PortalFlask, api: Api, alina: Account, bob: Account, busy: Event, path: str, statements: int
) -> None:
    api.sign_in(alina)
    with counting(app) as ran:
        api.get(f"/api/v1/events/{path}".format(id=busy.id, bob=bob.id))
    assert len(ran) <= statements, ran


def test_the_list_for_paper_costs_the_same_however_many_people_go(app: PortalFlask, page: Page, alina: Account) -> None:
    event = make_event(alina, going=tuple(make_account() for _ in range(30)))
    page.sign_in(alina).get("/events")
    with counting(app) as ran:
        page.get(f"/events/{event.id}/people/print")
    assert len(ran) <= 7, ran


def test_the_city_of_an_event_is_read_once_for_everybody_who_is_notified(
    app: PortalFlask, act: Act, alina: Account, kazan: City
) -> None:
    event = make_event(alina, going=tuple(make_account() for _ in range(5)), city_id=kazan.id)
    with counting(app) as ran:
        act(alina, services.cancel, event.id)
    assert len([statement for statement in ran if "FROM cities" in str(statement)]) == 1, ran

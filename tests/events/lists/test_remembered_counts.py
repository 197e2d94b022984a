"""The remembered number and cities of events: after every change what a process says that remembers nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from portal.extensions import db
from tests.factories import make_account, make_city, make_event, update
from tests.support.clients import Page
from tests.support.statements import counting

PAGES = ("/events", "/events?where=online", "/events?q=walk", "/events?tab=past", "/events?tab=joined")

Said = tuple[str, tuple[str, ...]]


def said(page: Page, path: str) -> Said:
    """Return what a page says of the number of events, and the cities to choose from."""
    shown = page.get(path)
    return shown.soup.select_one(".list-count").get_text(), tuple(shown.texts("#filter-city option"))  # type: ignore[union-attr]  # it is there


def changes(app: PortalFlask, owner: Account, kazan: City) -> list[Callable[[], object]]:
    def rename() -> None:
        with app.app_context():
            db.session.get_one(City, kazan.id).name = "Qazan"
            db.session.commit()

    event = make_event(owner, title="Walk")
    return [
        lambda: update(event, city_id=kazan.id),
        lambda: update(event, is_online=True, city_id=None),
        lambda: update(event, is_online=False, city_id=kazan.id),
        rename,
        lambda: update(event, approval=Approval.PENDING),
        lambda: update(event, approval=Approval.APPROVED, cancelled_at=now()),
        lambda: make_event(owner),
    ]


def test_every_change_counts_on_the_next_request(
    committed: PortalFlask, forgetful: PortalFlask, alina: Account, bob: Account, adam: Account, kazan: City
) -> None:
    people = (alina, bob, adam, make_account(locale="ru"))
    make_event(alina, city_id=make_city("Samara", name_ru="Астра").id)  # before Казань, but after Kazan
    pairs = [(Page(committed).sign_in(person), Page(forgetful).sign_in(person)) for person in people]
    seen = set()
    for change in changes(committed, bob, kazan):
        change()
        for remembering, forgetting in pairs:
            for path in PAGES:
                truth = said(forgetting, path)
                assert [said(remembering, path) for _time in range(2)] == [truth, truth]
                seen.add(truth)
        numbers = {app: Page(app).get("/").text.count("upcoming event") for app in (committed, forgetful)}
        assert len(set(numbers.values())) == 1
    assert len(seen) > 6, "the changes show"


def test_people_of_one_kind_share_them(committed: PortalFlask, alina: Account, bob: Account, kazan: City) -> None:
    make_event(alina, city_id=kazan.id)
    first, second = (Page(committed).sign_in(person) for person in (alina, bob))
    counts = []
    for page in (first, second):
        with counting(committed) as ran:
            page.get("/events")
        counts.append(len(ran))
    assert counts[1] == counts[0] - 1


@pytest.mark.parametrize("path", ["/events?tab=joined", "/events/mine"])
def test_what_is_ones_own_is_not_remembered(committed: PortalFlask, alina: Account, bob: Account, path: str) -> None:
    make_event(bob, going=(alina,), title="Walk")
    for person, number in ((alina, 1), (bob, 0)):
        is_listed = number if "joined" in path else 1 - number
        assert said(Page(committed).sign_in(person), path)[0].startswith(str(is_listed))

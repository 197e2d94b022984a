"""Statements of events are built once: they serve every member, every filter and every moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.cities.models import City
from portal.core.approval import Approval
from portal.core.clock import now
from tests.conftest import Clock
from tests.events.pages import titles
from tests.factories import make_account, make_city, make_event
from tests.support.clients import Page, PageResponse


def cities_of(shown: PageResponse) -> list[str]:
    """Return the cities that the filter of a list offers."""
    return shown.texts("#filter-city option")[1:]


def test_an_event_moves_on_with_the_time(page: Page, alina: Account, bob: Account, kazan: City, clock: Clock) -> None:
    walk = {"title": "Walk", "city_id": kazan.id, "starts_at": now() + timedelta(hours=1)}
    event, wanda = make_event(bob, going=(alina,), **walk), make_account(waiting=True)

    def listed() -> tuple[list[list[str]], bool]:
        outlines = page.sign_in(wanda).get("/events").text
        page.sign_in(alina)
        shown = [page.get(path) for path in ("/events", "/events?tab=past")]
        assert [cities_of(one) for one in shown] == [["Kazan"] if titles(one) else [] for one in shown]
        assert ("Walk" in outlines) is bool(titles(shown[0]))
        return [titles(one) for one in shown], "Walk" in page.get("/home").text

    assert listed() == ([["Walk"], []], True)
    clock.move(hours=2)
    assert "On now" in page.get("/events").text
    clock.move(hours=3)
    assert listed() == ([[], ["Walk"]], False)
    assert not page.get(f"/events/{event.id}").soup.select("#attend")
    clock.move(hours=-5)
    assert listed() == ([["Walk"], []], True)


def test_two_members_never_get_the_answer_of_the_other(page: Page, alina: Account, bob: Account) -> None:
    party = make_event(make_account(), title="Party", going=(alina,))
    hers, his = (
        make_event(owner, title=f"{owner.first_name} asks", approval=Approval.PENDING) for owner in (alina, bob)
    )
    for member, own, other in ((alina, hers, his), (bob, his, hers)) * 2:
        page.sign_in(member)
        assert titles(page.get("/events/mine")) == [own.title]
        assert titles(page.get("/events?tab=joined")) == (["Party"] if member is alina else [])
        assert ("I won't come" in page.get(f"/events/{party.id}").text) is (member is alina)
        assert page.get(f"/events/{own.id}").soup.select(f"a[href='/events/{own.id}/edit']")
        page.get(f"/events/{other.id}", status=404)
        home = page.get("/home").text
        assert (own.title in home, other.title in home) == (True, False)


NUMBERS = {"": 3, "city={kazan}": 1, "city=900000001": 0, "where=online": 1, "where=there": 2, "q=walk": 2, "q=★": 1}


@pytest.mark.parametrize("query", NUMBERS)
def test_the_number_is_that_of_the_list_and_the_cities_are_those_of_the_tab(
    mine: Page, bob: Account, kazan: City, innopolis: City, query: str
) -> None:
    make_event(bob, title="Walk", city_id=kazan.id)
    make_event(bob, title="Walk and talk", city_id=innopolis.id)
    make_event(bob, title="★", is_online=True)
    make_event(bob, title="Walk", city_id=make_city("Samara", "Russia").id, approval=Approval.PENDING)
    shown = mine.get(f"/events?{query}".format(kazan=kazan.id))
    assert len(titles(shown)) == NUMBERS[query]
    assert shown.texts(".list-count")[0].startswith(f"{NUMBERS[query]} event")
    assert cities_of(shown) == ["Innopolis", "Kazan"]


def test_cities_are_in_the_alphabet_of_the_viewer(page: Page, bob: Account, kazan: City) -> None:
    for name, russian in (("Berlin", "Ясень"), ("Zurich", "Бег")):
        make_event(bob, city_id=make_city(name, "Germany", name_ru=russian).id)
    make_event(bob, city_id=kazan.id)
    assert cities_of(page.sign_in(make_account(locale="en")).get("/events")) == ["Berlin", "Kazan", "Zurich"]
    assert cities_of(page.sign_in(make_account(locale="ru")).get("/events")) == ["Бег", "Казань", "Ясень"]

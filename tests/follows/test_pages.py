"""The control on a person's page and the two lists, in a browser without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from portal.core.db.keyset import LIMIT_DEFAULT
from tests.factories import make_account, make_follow
from tests.follows.conftest import pairs
from tests.support.clients import Page, PageResponse
from tests.support.statements import counting

SWAP = {"HX-Request": "true"}


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


def counts(shown: PageResponse) -> list[str]:
    return shown.texts(".follows-counts a")


def test_follow_and_unfollow_work_without_scripts(app: PortalFlask, mine: Page, alina: Account, bob: Account) -> None:
    page = f"/people/{bob.id}"
    before = mine.get(page)
    assert (before.texts(".follows .btn"), counts(before)) == (["Follow"], ["0 followers", "0 following"])
    assert mine.post(f"{page}/follow").location == page
    after = mine.get(page)
    assert (after.texts(".follows .btn"), counts(after)) == (["Unfollow"], ["1 follower", "0 following"])
    assert "You now follow this person." in after.texts("body")[0]
    mine.post(f"{page}/unfollow")
    assert (mine.get(page).texts(".follows .btn"), pairs(app)) == (["Follow"], set())


def test_control_replaces_itself_and_offers_undo(mine: Page, bob: Account) -> None:
    followed = mine.post(f"/people/{bob.id}/follow", status=200, headers=SWAP)
    assert followed.texts("[hx-swap-oob] .toast-note") == ["You now follow this person."]
    assert (followed.texts("h1"), followed.texts(".btn"), counts(followed)[0]) == ([], ["Unfollow"], "1 follower")
    unfollowed = mine.post(f"/people/{bob.id}/unfollow", status=200, headers=SWAP)
    assert unfollowed.texts(".btn") == ["Follow"]
    assert unfollowed.texts("[hx-swap-oob] .undo-text") == ["You no longer follow this person."]
    undo = unfollowed.element("[data-undo] form")
    assert undo["action"] == undo["hx-post"] == f"/people/{bob.id}/follow"


@pytest.mark.parametrize(
    ("there", "back", "tag"),
    [(True, True, ["You follow each other"]), (False, True, ["Follows you"]), (True, False, ["You follow"])],
)
def test_relationship_is_shown_on_the_page_and_in_lists(
    mine: Page, alina: Account, bob: Account, there: bool, back: bool, tag: list[str]
) -> None:
    fan = make_account()
    make_follow(bob, fan)
    if there:
        make_follow(alina, bob)
    if back:
        make_follow(bob, alina)
    assert mine.get(f"/people/{bob.id}").texts(".follows .tag") == tag
    assert mine.get(f"/people/{fan.id}/followers").texts(".row-action .tag") == tag


def test_own_page_has_counts_and_no_control(mine: Page, alina: Account, bob: Account) -> None:
    make_follow(bob, alina)
    own = mine.get("/people/me")
    assert (counts(own), own.texts(".follows .btn")) == (["1 follower", "0 following"], [])


def test_page_of_staff_has_no_counts_and_no_control(page: Page, alina: Account, adam: Account, bob: Account) -> None:
    of_office = page.sign_in(alina).get(f"/people/{adam.id}")
    assert (counts(of_office), of_office.texts(".follows .btn")) == ([], [])
    assert page.sign_in(adam).get(f"/people/{bob.id}").texts(".follows .btn") == []


def test_office_has_no_control_for_a_banned_person(page: Page, mona: Account, boris: Account) -> None:
    make_follow(mona, boris)
    assert page.sign_in(mona).get(f"/people/{boris.id}").texts(".follows .btn") == []


@pytest.mark.parametrize("act", ["follow", "unfollow"])
def test_impossible_follow_is_refused_with_a_page(
    mine: Page, alina: Account, nina: Account, boris: Account, act: str
) -> None:
    assert "You cannot follow yourself." in mine.post(f"/people/{alina.id}/{act}", status=409).text
    for hidden in (nina, boris):
        mine.post(f"/people/{hidden.id}/{act}", status=404)


def test_lists_name_people_and_link_each_other(mine: Page, alina: Account, bob: Account) -> None:
    make_follow(bob, alina)
    followers = mine.get(f"/people/{alina.id}/followers")
    assert (followers.texts("h1"), followers.texts(".row-link")) == (["Followers"], [bob.name])
    assert followers.texts(".tabs [aria-current]") == ["1 follower"]
    following = mine.get(f"/people/{alina.id}/following")
    assert (following.texts("h1"), following.texts(".row-link")) == (["Following"], [])
    assert following.texts(".empty p") == ["Not following anyone yet."]


def test_long_list_is_unfolded_by_its_url(mine: Page, bob: Account) -> None:
    moment = now()
    fans = [make_account() for _ in range(LIMIT_DEFAULT + 2)]
    for age, fan in enumerate(fans):
        make_follow(fan, bob, created_at=moment - timedelta(minutes=age))
    first = mine.get(f"/people/{bob.id}/followers")
    assert first.texts(".row-link") == [fan.name for fan in fans[:LIMIT_DEFAULT]]
    more = str(first.element(".pager a")["href"])
    assert mine.get(str(more)).texts(".row-link") == [fan.name for fan in fans]
    assert mine.get(str(more), headers=SWAP).texts("h1") == []


def test_lists_of_an_invisible_person_are_not_found(mine: Page, boris: Account) -> None:
    for side in ("followers", "following"):
        mine.get(f"/people/{boris.id}/{side}", status=404)


def test_texts_are_translated(page: Page, bob: Account) -> None:
    reader = make_account(locale="ru")
    for _ in range(5):
        make_follow(make_account(), bob)
    shown = page.sign_in(reader).get(f"/people/{bob.id}")
    assert (counts(shown), shown.texts(".follows .btn")) == (["5 подписчиков", "0 подписок"], ["Подписаться"])
    make_follow(reader, bob)
    assert counts(page.get(f"/people/{bob.id}"))[0] == "6 подписчиков"


@pytest.mark.parametrize(
    ("path", "statements"), [("/people/{id}", 3), ("/people/me", 3), ("/people/{id}/followers", 4)]
)
def test_number_of_statements_of_a_page_does_not_grow_with_followers(
    app: PortalFlask, mine: Page, bob: Account, path: str, statements: int
) -> None:
    for fan in [make_account() for _ in range(6)]:
        make_follow(fan, bob)
        make_follow(bob, fan)
    with counting(app) as ran:
        mine.get(path.format(id=bob.id))
    assert 0 < len(ran) <= statements, ran

"""Follows as JSON, and the relationships in profiles."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.clock import now
from tests.factories import make_account, make_follow
from tests.follows.conftest import pairs
from tests.support.clients import Api
from tests.support.statements import counting

NOBODY = str(uuid.UUID(int=7))


def path(account: Account, what: str = "follow") -> str:
    return f"/api/v1/profile/{account.id}/{what}"


@pytest.fixture
def mine(api: Api, alina: Account) -> Api:
    return api.sign_in(alina)


def test_following_and_unfollowing_are_idempotent(app: PortalFlask, mine: Api, alina: Account, bob: Account) -> None:
    followed, not_followed = ({"user_id": str(bob.id), "is_following": state} for state in (True, False))
    assert mine.get(path(bob)) == not_followed
    assert [mine.post(path(bob)) for _ in range(2)] == [followed] * 2
    assert mine.get(path(bob)) == followed
    assert pairs(app) == {(alina.id, bob.id)}
    assert [mine.delete(path(bob)) for _ in range(2)] == [not_followed] * 2
    assert mine.get(path(bob)) == not_followed


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", None])
def test_empty_body_of_any_type_is_accepted(mine: Api, bob: Account, method: str, kind: str | None) -> None:
    mine.call(method, path(bob), data=b"", headers={"Content-Type": kind} if kind else {})


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("name", "status"), [("alina", 400), ("nina", 404), ("boris", 404), ("adam", 404), (NOBODY, 404), ("no-id", 404)]
)
def test_impossible_follow_is_refused(
    mine: Api, method: str, name: str, status: int, request: pytest.FixtureRequest
) -> None:
    known = name in {"alina", "nina", "boris", "adam"}
    person_id = request.getfixturevalue(name).id if known else name
    assert " " in mine.call(method, f"/api/v1/profile/{person_id}/follow", status=status)["detail"]


def test_staff_cannot_follow(api: Api, adam: Account, bob: Account) -> None:
    api.sign_in(adam).post(path(bob), status=403)


def test_nobody_follows_themselves_in_json(mine: Api, alina: Account) -> None:
    assert mine.get(path(alina))["is_following"] is False


def test_profiles_and_list_items_have_the_relationships(mine: Api, alina: Account, bob: Account) -> None:
    carol = make_account()
    for follower, followed in ((alina, bob), (carol, bob), (bob, carol)):
        make_follow(follower, followed)
    whole = mine.get(path(bob, ""))
    assert (whole["followers_count"], whole["following_count"], whole["is_following"]) == (2, 1, True)
    bulk = {person["id"]: person for person in mine.get(f"/api/v1/profile/?user_ids={bob.id}&user_ids={carol.id}")}
    assert bulk[str(bob.id)] == whole
    assert (bulk[str(carol.id)]["followers_count"], bulk[str(carol.id)]["is_following"]) == (1, False)
    items = {person["id"]: person["is_following"] for person in mine.get("/api/v1/profile/all")["items"]}
    assert items == {str(alina.id): False, str(bob.id): True, str(carol.id): False}
    own = mine.get("/api/v1/profile/me")
    assert (own["followers_count"], own["following_count"], own["is_following"]) == (0, 1, False)


def test_counts_sent_in_a_profile_are_ignored(mine: Api, alina: Account, bob: Account) -> None:
    make_follow(bob, alina)
    own = mine.get("/api/v1/profile/me")
    assert mine.put("/api/v1/profile/me", json={**own, "followers_count": 900, "is_following": True}) == own


@pytest.mark.parametrize("name", ["nina", "boris", "adam"])
def test_unlisted_people_are_in_no_count_and_no_list(
    api: Api, alina: Account, bob: Account, mona: Account, name: str, request: pytest.FixtureRequest
) -> None:
    hidden = request.getfixturevalue(name)
    for one, other in ((hidden, bob), (bob, hidden), (alina, bob), (bob, alina)):
        make_follow(one, other)
    for reader in (alina, mona):
        whole = api.sign_in(reader).get(path(bob, ""))
        assert (whole["followers_count"], whole["following_count"]) == (1, 1)
        for side in ("followers", "following"):
            assert [item["id"] for item in api.get(path(bob, side))["items"]] == [str(alina.id)]


def test_lists_of_an_invisible_person_are_not_found(mine: Api, boris: Account) -> None:
    for side in ("followers", "following", "follow"):
        mine.get(path(boris, side), status=404)


def test_pages_of_a_list_have_no_gaps_or_repeats(mine: Api, bob: Account) -> None:
    moment = now()
    fans = [make_account() for _ in range(5)]
    for age, fan in enumerate(fans):
        make_follow(fan, bob, created_at=moment - timedelta(hours=age // 2))
    seen, cursor = [], ""
    while cursor is not None:
        page = mine.get(path(bob, f"followers?limit=2&cursor={cursor}"))
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        assert page["has_more"] is (cursor is not None)
    assert sorted(seen) == sorted(str(fan.id) for fan in fans)
    assert seen[-1] == str(fans[4].id)
    assert set(seen[:2]) == {str(fan.id) for fan in fans[:2]}


def test_item_has_the_person_and_the_relationship(mine: Api, alina: Account, bob: Account) -> None:
    carol = make_account(first_name="Carol", last_name="Demo", role="alumni_friend", profile={"graduation_year": None})
    for follower, followed in ((carol, bob), (carol, alina), (alina, carol)):
        make_follow(follower, followed)
    assert mine.get(path(carol, "following"))["items"][0]["id"] in {str(alina.id), str(bob.id)}
    [row] = mine.get(path(bob, "followers"))["items"]
    assert row == {
        "id": str(carol.id),
        "first_name": "Carol",
        "last_name": "Demo",
        "graduation_year": None,
        "role": "alumni_friend",
        "location": None,
        "is_following": True,
        "follows_you": True,
    }


@pytest.mark.parametrize("query", ["cursor=forged", "limit=0", "limit=101"])
def test_bad_cursor_or_limit_is_refused(mine: Api, bob: Account, query: str) -> None:
    mine.get(path(bob, f"followers?{query}"), status=422)


@pytest.mark.parametrize(
    ("url", "statements"),
    [
        ("{id}", 2),
        ("me", 2),
        ("all?limit=100", 3),
        ("{id}/follow", 2),
        ("{id}/followers", 3),
        ("{id}/following", 3),
        ("?user_ids={id}&user_ids={many}", 2),
    ],
)
def test_number_of_statements_does_not_grow_with_followers(
    app: PortalFlask, mine: Api, alina: Account, bob: Account, url: str, statements: int
) -> None:
    people = [alina, *(make_account() for _ in range(6))]
    for fan in people:
        make_follow(fan, bob)
        make_follow(bob, fan)
    many = "&user_ids=".join(str(person.id) for person in people)
    with counting(app) as ran:
        mine.get(f"/api/v1/profile/{url.format(id=bob.id, many=many)}")
    assert 0 < len(ran) <= statements, ran

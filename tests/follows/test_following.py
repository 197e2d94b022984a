"""Following and unfollowing: stored rows, notices and refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.extensions import db
from portal.follows import services
from portal.outbox.models import OutboxMessage
from tests.conftest import Clock
from tests.factories import make_follow
from tests.follows.conftest import Act, audited, notices, pairs

BOTH = pytest.mark.parametrize("use_case", [services.follow, services.unfollow])


def test_repeated_follow_and_unfollow_count_once(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    assert [act(alina, services.follow, bob) for _ in range(2)] == [True, False]
    assert pairs(app) == {(alina.id, bob.id)}
    assert [act(alina, services.unfollow, bob) for _ in range(2)] == [True, False]
    assert pairs(app) == set()
    assert audited(app) == ["follows.follow", "follows.unfollow"]


def test_following_back_is_another_follow(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    act(alina, services.follow, bob)
    act(bob, services.follow, alina)
    act(alina, services.unfollow, bob)
    assert pairs(app) == {(bob.id, alina.id)}


def test_followed_person_gets_a_notice_and_no_mail(app: PortalFlask, act: Act, alina: Account, bob: Account) -> None:
    act(alina, services.follow, bob)
    [notice] = notices(app)
    assert (notice.account_id, notice.kind) == (bob.id, "follows.new_follower")
    assert (notice.payload, notice.target_url) == ({"name": alina.name}, f"/people/{alina.id}")
    with app.app_context():
        assert db.session.scalar(select(OutboxMessage.id)) is None


@pytest.mark.parametrize(("hours", "notified"), [(23.9, 1), (24.1, 2)])
def test_following_again_notifies_again_after_a_day_only(
    app: PortalFlask, act: Act, clock: Clock, alina: Account, bob: Account, hours: float, notified: int
) -> None:
    act(alina, services.follow, bob)
    clock.move(hours=hours)
    act(alina, services.unfollow, bob)
    act(alina, services.follow, bob)
    assert len(notices(app)) == notified


def test_person_is_notified_of_every_follower(
    app: PortalFlask, act: Act, alina: Account, bob: Account, mona: Account
) -> None:
    for follower in (alina, mona):
        act(follower, services.follow, bob)
    assert {notice.payload["name"] for notice in notices(app)} == {alina.name, mona.name}


@BOTH
def test_nobody_follows_themselves(act: Act, alina: Account, use_case: Act) -> None:
    with pytest.raises(Conflict, match="oneself"):
        act(alina, use_case, alina)


@BOTH
@pytest.mark.parametrize("name", ["nina", "boris", "adam", "nobody"])
def test_unlisted_person_cannot_be_followed(
    app: PortalFlask, act: Act, alina: Account, use_case: Act, name: str, request: pytest.FixtureRequest
) -> None:
    if name == "nobody":
        other = Account(id=alina.id.__class__(int=7))
    else:
        other = request.getfixturevalue(name)
        make_follow(alina, other)
    before = pairs(app)
    with pytest.raises(NotFound):
        act(alina, use_case, other)
    assert (pairs(app), audited(app)) == (before, [])


@BOTH
def test_staff_cannot_follow_anybody(act: Act, adam: Account, bob: Account, use_case: Act) -> None:
    with pytest.raises(Forbidden):
        act(adam, use_case, bob)

"""Pictures from the upload to the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import Invalid
from portal.core.extension_points import EXTENSION
from portal.extensions import db
from portal.files import jobs, policies, queries, services
from portal.files.models import Picture, Purpose
from portal.files.placeholder import PLACEHOLDER_BASE64
from portal.files.storage import original_path
from portal.profiles.models import Profile
from tests.files import pictures
from tests.files.pictures import encoded
from tests.support.clients import Page

Store = Callable[..., Picture]


def base64_of(picture: Picture) -> str | None:
    stored = queries.find(picture.id)
    assert stored is not None
    return services.to_base64(stored)


@pytest.fixture
def store(app: PortalFlask) -> Store:
    def keep(owner: Account, data: bytes, purpose: Purpose = Purpose.AVATAR) -> Picture:
        with app.app_context(), unit_of_work():
            return services.store(Actor(Channel.PAGE, account_id=owner.id), data, purpose)

    return keep


@pytest.fixture
def avatar(app: PortalFlask, alina: Account, store: Store) -> Picture:
    picture = store(alina, encoded())
    with app.app_context(), unit_of_work():
        db.session.get_one(Profile, alina.id).avatar_id = picture.id
    return picture


def test_a_picture_is_served_as_it_was_stored(page: Page, bob: Account, avatar: Picture) -> None:
    response = page.sign_in(bob).get(f"/media/{avatar.id}/original").response
    assert response.data == encoded()
    assert response.mimetype == "image/jpeg"
    assert "private" in response.headers["Cache-Control"]


def test_a_variant_has_an_etag(page: Page, bob: Account, avatar: Picture) -> None:
    first = page.sign_in(bob).get(f"/media/{avatar.id}/160").response
    again = page.get(f"/media/{avatar.id}/160", headers={"If-None-Match": first.headers["ETag"]}, status=304)
    assert first.mimetype == "image/webp"
    assert again.response.data == b""


def test_visitors_get_no_picture(page: Page, avatar: Picture) -> None:
    assert page.request("GET", f"/media/{avatar.id}/160", status=303).headers["Location"].startswith("/login")


@pytest.mark.parametrize("variant", ["640", "161", "..", "original.jpg"])
def test_only_the_variants_of_its_purpose_exist(page: Page, bob: Account, avatar: Picture, variant: str) -> None:
    page.sign_in(bob).get(f"/media/{avatar.id}/{variant}", status=404)


def test_a_removed_avatar_is_for_its_owner_only(page: Page, alina: Account, bob: Account, store: Store) -> None:
    picture = store(alina, encoded())
    page.sign_in(bob).get(f"/media/{picture.id}/160", status=404)
    page.sign_in(alina).get(f"/media/{picture.id}/160")


def test_the_rule_for_covers_decides_who_sees_one(
    app: PortalFlask, alina: Account, bob: Account, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    cover = store(alina, encoded(), Purpose.COVER)
    rules = app.extensions[EXTENSION].picture_rules
    for answer in (True, False):
        monkeypatch.setitem(rules, Purpose.COVER, lambda actor, picture_id, answer=answer: answer)
        with app.app_context():
            assert policies.may_see(Actor(Channel.PAGE, account_id=bob.id), cover) is answer


def test_a_picture_without_a_rule_is_for_its_owner_only(
    app: PortalFlask, bob: Account, alina: Account, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(app.extensions[EXTENSION].picture_rules, Purpose.COVER)
    cover = store(alina, encoded(), Purpose.COVER)
    with app.app_context():
        assert not policies.may_see(Actor(Channel.PAGE, account_id=bob.id), cover)


def test_uploaded_and_emitted_bytes_are_the_same_picture(
    committed: PortalFlask, page: Page, alina: Account, store: Store
) -> None:
    picture = store(alina, pictures.with_place())
    small = page.sign_in(alina).get(f"/media/{picture.id}/320").response.data
    kept = page.get(f"/media/{picture.id}/original").response.data
    with committed.app_context():
        echoes = [services.same_picture(picture.id, each) for each in (pictures.with_place(), small, kept)]
        assert echoes == [True, True, True]
        assert not services.same_picture(picture.id, encoded(quality=20))
        assert not services.same_picture(None, kept)


def test_base64_is_standard_and_padded(app: PortalFlask, alina: Account, store: Store) -> None:
    picture = store(alina, encoded())
    with app.app_context():
        text = base64_of(picture)
        assert text is not None
        assert services.decode_base64(text, "avatar") == encoded()
        assert services.decode_base64(f"data:image/jpeg;base64,{text}", "avatar") == encoded()


@pytest.mark.parametrize("text", ["%%%", "abc", "aGVsbG8=\n", "aGVs bG8=", "a-_b", "data:image/png,abcd", "é"])
def test_malformed_base64_is_refused(app: PortalFlask, text: str) -> None:
    with app.app_context(), pytest.raises(Invalid, match="not_base64") as refusal:
        services.decode_base64(text, "avatar")
    assert refusal.value.field == "avatar"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"<svg/>", "not_an_image"), (pictures.bomb(), "image_too_large"), (b"0" * 11_000_000, "image_too_large")],
)
def test_a_refusal_names_the_field_and_a_remedy(app: PortalFlask, alina: Account, data: bytes, code: str) -> None:
    with app.app_context(), pytest.raises(Invalid, match=code) as refusal:
        services.store(Actor(Channel.PAGE, account_id=alina.id), data, Purpose.COVER)
    assert refusal.value.field == "cover"
    assert refusal.value.message.endswith(".")


def test_storing_is_audited(app: PortalFlask, alina: Account, store: Store) -> None:
    picture = store(alina, encoded())
    with app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "media.store")).one()
    assert (entry.actor_id, entry.target_id) == (alina.id, str(picture.id))


def test_the_same_content_is_one_file(app: PortalFlask, alina: Account, bob: Account, store: Store) -> None:
    first, second = store(alina, encoded()), store(bob, encoded())
    assert (first.id != second.id, first.digest) == (True, second.digest)


def test_a_variant_is_known_for_every_picture_of_its_content(
    committed: PortalFlask, page: Page, alina: Account, bob: Account, store: Store
) -> None:
    data = encoded(quality=55)
    first, second = store(alina, data), store(bob, data)
    small = page.sign_in(alina).get(f"/media/{first.id}/320").response.data
    later = store(bob, data)
    with committed.app_context():
        assert [services.same_picture(each.id, small) for each in (first, second, later)] == [True] * 3


def test_a_small_picture_is_encoded_once(app: PortalFlask, alina: Account, store: Store) -> None:
    small, large = store(alina, encoded(quality=34)), store(alina, encoded(pictures.noisy((300, 300)), quality=95))
    assert small.size < services.SMALL_BYTES < large.size
    with app.app_context():
        first = base64_of(small)
        assert (first is not None, base64_of(large) is not None) == (True, True)
        for picture in (small, large):
            original_path(picture.digest).unlink()
        assert (base64_of(small), base64_of(large)) == (first, PLACEHOLDER_BASE64)


def test_a_lost_file_is_a_placeholder_in_json(app: PortalFlask, page: Page, alina: Account, store: Store) -> None:
    picture = store(alina, encoded(quality=33))
    with app.app_context():
        original_path(picture.digest).unlink()
        assert base64_of(picture) == PLACEHOLDER_BASE64
    page.sign_in(alina).get(f"/media/{picture.id}/160", status=404)


def test_the_sweep_deletes_unused_pictures_only(
    committed: PortalFlask, alina: Account, store: Store, avatar: Picture
) -> None:
    tomorrow = now() + jobs.GRACE_PERIOD + timedelta(minutes=1)
    with committed.app_context():
        jobs.sweep(tomorrow)  # what other tests left
    unused = store(alina, encoded(quality=44))
    with committed.app_context():
        services.read_variant(queries.find(unused.id), "160")  # type: ignore[arg-type]  # it is there
        kept, lost = original_path(avatar.digest), original_path(unused.digest)
        (lost.parent / ".new-abandoned").write_bytes(b"half")
        assert jobs.sweep(now()) == 0
        assert jobs.sweep(tomorrow) == 4
        assert jobs.sweep(tomorrow) == 0
    assert (kept.exists(), lost.exists()) == (True, False)

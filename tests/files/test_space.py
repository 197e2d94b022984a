"""Pictures that the disk does not take, and members who send too many: a sentence, and everything else works."""

from __future__ import annotations

import base64
import io
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.db.unit_of_work import unit_of_work
from portal.core.errors import TooMany
from portal.extensions import db
from portal.files import services, space, storage
from portal.files.models import Picture, Purpose
from portal.files.placeholder import PLACEHOLDER, PLACEHOLDER_BASE64
from portal.profiles.models import Profile
from tests import factories
from tests.files.pictures import encoded
from tests.support.clients import Api, Page

FORM = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me"}
SENTENCES = {
    "en": "Pictures cannot be saved at the moment. Everything else works; try again later.",
    "ru": "Сейчас изображения не сохраняются. Всё остальное работает; попробуйте позже.",
}


def configure(app: PortalFlask, monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    monkeypatch.setitem(app.config, "PORTAL", app.config["PORTAL"].model_copy(update=values))


@pytest.fixture(params=["little space", "read-only", "full"])
def no_space(request: pytest.FixtureRequest, tx: PortalFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the folder of pictures take no file, for one reason of several."""
    kind = str(request.param)
    if kind == "little space":
        configure(tx, monkeypatch, min_free_bytes=10**18)
    elif kind == "read-only":
        configure(tx, monkeypatch, media_url="/proc/sys/pictures")
    else:
        (tmp_path / "file").touch()
        configure(tx, monkeypatch, media_url=str(tmp_path / "file"))
    return kind


@pytest.mark.parametrize("language", SENTENCES)
def test_a_page_keeps_what_was_typed(no_space: str, page: Page, alina: Account, language: str) -> None:
    page.sign_in(alina).post("/preferences/locale", {"locale": language})
    answer = page.post(
        "/settings/profile",
        {**FORM, "biography": "Typed with care", "avatar": (io.BytesIO(encoded()), "me.jpg")},
        status=503,
    )
    assert "Typed with care" in answer.text
    assert SENTENCES[language] in answer.text


def test_json_says_so_and_everything_else_works(no_space: str, api: Api, alina: Account) -> None:
    api.sign_in(alina)
    sent = {"avatar": base64.b64encode(encoded()).decode()}
    assert api.call("PUT", "/api/v1/profile/me", json=sent, status=503)["detail"] == SENTENCES["en"]
    assert api.call("PUT", "/api/v1/profile/me", json={"biography": "changed"})["biography"] == "changed"


def test_the_readiness_check_warns_and_stays_ready(tx: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.runtime import scheduler

    monkeypatch.setattr(scheduler, "silence", lambda _app: 1.0)
    with tx.app_context():
        free = space.free_bytes()
    shown = []
    for floor in (0, free * 2 // 3, 10**18):
        configure(tx, monkeypatch, min_free_bytes=floor)
        answer = tx.test_client().get("/health/ready")
        shown.append((answer.status_code, answer.get_json()["pictures"].partition(", ")[2]))
    assert shown == [(200, ""), (200, "soon too little"), (200, "pictures are refused")]


def test_the_office_is_warned_before_it_is_full(
    tx: PortalFlask, page: Page, adam: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.sign_in(adam)
    configure(tx, monkeypatch, min_free_bytes=0)
    assert "space for pictures" not in page.get("/admin").text
    configure(tx, monkeypatch, min_free_bytes=10**18)
    assert "space for pictures" in page.get("/admin").text


def store(app: PortalFlask, owner: Account, data: bytes) -> int:
    """Store a picture and return the status of the outcome."""
    try:
        with app.app_context(), unit_of_work():
            services.store(Actor(Channel.PAGE, account_id=owner.id), data, Purpose.AVATAR)
    except TooMany:
        return 429
    return 200


def test_the_bytes_of_a_day_are_limited_for_each_member(
    tx: PortalFlask, alina: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tx, monkeypatch, max_upload_bytes=len(encoded()) + 10)
    answers = [store(tx, alina, encoded()) for _number in range(space.DAILY_UPLOADS + 2)]
    assert Counter(answers) == {200: space.DAILY_UPLOADS, 429: 2}
    assert store(tx, bob, encoded()) == 200


@pytest.mark.concurrency
def test_parallel_uploads_are_counted_exactly(
    committed: PortalFlask, alina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(committed, monkeypatch, max_upload_bytes=len(encoded()) + 10)
    together = threading.Barrier(8)

    def upload(_number: int) -> int:
        together.wait()
        return store(committed, alina, encoded())

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(upload, range(8))) == {200: space.DAILY_UPLOADS, 429: 8 - space.DAILY_UPLOADS}


@pytest.fixture
def lost(tx: PortalFlask, alina: Account) -> Picture:
    """Give Alina a photo whose file this machine does not have."""
    with tx.app_context(), unit_of_work():
        picture = services.store(Actor(Channel.PAGE, account_id=alina.id), encoded(quality=51), Purpose.AVATAR)
        db.session.get_one(Profile, alina.id).avatar_id = picture.id
    with tx.app_context():
        storage.original_path(picture.digest).unlink()
    return picture


def test_sending_a_profile_back_without_its_file_changes_nothing(
    tx: PortalFlask, api: Api, alina: Account, lost: Picture
) -> None:
    api.sign_in(alina)
    shown = api.get("/api/v1/profile/me")
    assert shown["avatar"] == PLACEHOLDER_BASE64
    for prefix in ("", "data:image/png;base64,"):
        api.call("PUT", "/api/v1/profile/me", json={**shown, "avatar": prefix + shown["avatar"]})
        with tx.app_context():
            assert db.session.get_one(Profile, alina.id).avatar_id == lost.id
    api.call("PUT", "/api/v1/profile/me", json={"avatar": base64.b64encode(encoded(quality=52)).decode()})
    with tx.app_context():
        assert db.session.get_one(Profile, alina.id).avatar_id != lost.id, "a new photo replaces it"


def test_a_placeholder_never_becomes_a_photo(tx: PortalFlask, api: Api, bob: Account) -> None:
    api.sign_in(bob)
    api.call("PUT", "/api/v1/profile/me", json={"avatar": PLACEHOLDER_BASE64})
    with tx.app_context():
        assert db.session.get_one(Profile, bob.id).avatar_id is None
        assert services.same_picture(None, PLACEHOLDER)


def test_another_members_picture_is_not_the_same(tx: PortalFlask, api: Api, alina: Account, bob: Account) -> None:
    """Bytes that are stored for somebody else, or for an earlier photo, are an upload like any other."""
    theirs, own = encoded(quality=61), encoded(quality=62)
    for account, data in ((bob, theirs), (alina, own)):
        api.sign_in(account)
        api.call("PUT", "/api/v1/profile/me", json={"avatar": base64.b64encode(data).decode()})
    before = avatar_of(tx, alina)
    api.call("PUT", "/api/v1/profile/me", json={"avatar": base64.b64encode(theirs).decode()})
    assert avatar_of(tx, alina) != before
    assert base64.b64decode(api.get("/api/v1/profile/me")["avatar"]) == theirs
    api.call("PUT", "/api/v1/profile/me", json={"avatar": base64.b64encode(own).decode()})
    assert base64.b64decode(api.get("/api/v1/profile/me")["avatar"]) == own, "her earlier photo, uploaded again"


def avatar_of(app: PortalFlask, account: Account) -> object:
    with app.app_context():
        return db.session.get_one(Profile, account.id).avatar_id


def test_factories_make_people_without_a_photo(tx: PortalFlask) -> None:
    assert avatar_of(tx, factories.make_account()) is None

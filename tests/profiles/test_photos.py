"""Photos of people through the form and JSON: accepted files, what is stored of them, and the part that is shown."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from portal.files.models import Picture
from portal.profiles.models import Profile
from tests.files import pictures
from tests.files.pictures import SECRET, WITH_METADATA, drawn, encoded, moving, rotated
from tests.support.clients import Api, Page

pytestmark = pytest.mark.slow

EDIT = "/settings/profile"
ME = "/api/v1/profile/me"
NAMES = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me"}

REFUSED = {
    "svg with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page": b"<html><img src=x onerror=alert(1)></html>",
    "truncated jpeg": encoded()[:-200],
    "truncated png": encoded(kind="PNG")[:-60],
    "truncated webp": encoded(kind="WEBP")[:-40],
    "bomb": pictures.bomb(),
    "sixty megapixels": pictures.bomb(10_000, 6_000),
}

Send = Callable[[bytes, int], Any]


@pytest.fixture(params=["page", "json"])
def send(request: pytest.FixtureRequest, page: Page, api: Api, alina: Account) -> Send:
    """Return a function that sets a photo, by the form or by JSON."""
    page.sign_in(alina)
    api.sign_in(alina)

    def by_page(data: bytes, status: int = 200) -> Any:
        sent = {**NAMES, "work": "New", "avatar": (io.BytesIO(data), "me.png")}
        return page.post(EDIT, sent, status=303 if status == 200 else status)

    def by_json(data: bytes, status: int = 200) -> Any:
        return api.put(ME, json={"biography": "New", "avatar": base64.b64encode(data).decode()}, status=status)

    return by_page if request.param == "page" else by_json


@pytest.fixture
def mine(page: Page, alina: Account) -> Page:
    return page.sign_in(alina)


def avatar_of(app: PortalFlask, account: Account) -> Any:
    with app.app_context():
        return db.session.get_one(Profile, account.id).avatar_id


def everything_served(app: PortalFlask, page: Page, api: Api, account: Account) -> list[bytes]:
    """Return the photo as every endpoint serves it."""
    avatar = avatar_of(app, account)
    files = [page.get(f"/media/{avatar}/{variant}").response.data for variant in ("original", "320", "160", "64")]
    api.sign_in(account)
    return [*files, base64.b64decode(api.get(ME)["avatar"])]


def shown(app: PortalFlask, page: Page, account: Account) -> Image.Image:
    """Return the photo as people see it."""
    data = page.get(f"/media/{avatar_of(app, account)}/320").response.data
    return Image.open(io.BytesIO(data)).convert("RGB")


def red_corners(image: Image.Image) -> list[bool]:
    """Return which corners are red: top left and right, bottom left and right; of ``drawn`` only the first is."""
    red, right, bottom = image.convert("RGB").getchannel("R"), image.width - 12, image.height - 12
    return [red.getpixel(place) > 150 for place in ((12, 12), (right, 12), (12, bottom), (right, bottom))]  # type: ignore[operator]  # one channel: a number


@pytest.mark.parametrize("kind", REFUSED)
def test_unusable_photo_is_refused_and_nothing_is_stored(
    app: PortalFlask, alina: Account, send: Send, kind: str
) -> None:
    refusal = send(REFUSED[kind], 422)
    said = refusal["detail"] if isinstance(refusal, dict) else refusal.texts("#avatar-error")[0]
    assert "picture" in said
    with app.app_context():
        saved = db.session.get_one(Profile, alina.id)
        assert (saved.avatar_id, saved.work, saved.biography) == (None, None, None)
        assert db.session.scalar(select(func.count()).select_from(Picture)) == 0


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Choose the photo again; it was not saved."),
        ("ru", "Выберите фотографию ещё раз: она не сохранилась."),
    ],
)
@pytest.mark.parametrize("changed", [{"telegram_alias": "a b"}, {"city_query": "Xyzzyq"}, {"find": "1"}])
def test_form_asks_again_for_a_photo_that_was_not_kept(
    mine: Page, language: str, sentence: str, changed: dict[str, str]
) -> None:
    sent = {**NAMES, **changed, "avatar": (io.BytesIO(encoded()), "me.jpg")}
    shown = mine.post(EDIT, sent, status=422, headers={"Accept-Language": language})
    assert shown.texts("#avatar-error") == [sentence]
    assert any(line.endswith(sentence) for line in shown.texts("main [role=alert] li"))


def test_form_asks_again_for_a_part_that_was_not_kept(mine: Page) -> None:
    crop = {"crop_left": "0", "crop_top": "0", "crop_size": "1"}
    mine.post(EDIT, {**NAMES, "avatar": (io.BytesIO(encoded()), "me.jpg")})
    shown = mine.post(EDIT, {**NAMES, **crop, "telegram_alias": "a b"}, status=422)
    assert shown.texts("#avatar-error") == ["Choose again which part to show; your choice was not saved."]


@pytest.mark.parametrize("kind", WITH_METADATA)
def test_photo_is_served_without_metadata(
    app: PortalFlask, page: Page, api: Api, alina: Account, send: Send, kind: str
) -> None:
    assert SECRET in WITH_METADATA[kind]
    send(WITH_METADATA[kind], 200)
    for data in everything_served(app, page, api, alina):
        image = Image.open(io.BytesIO(data))
        assert SECRET not in data
        assert not image.getexif()
        assert image.size


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_one_frame_of_an_animation_is_kept(
    app: PortalFlask, page: Page, api: Api, alina: Account, send: Send, kind: str
) -> None:
    send(moving(kind), 200)
    for data in everything_served(app, page, api, alina):
        image = Image.open(io.BytesIO(data))
        assert getattr(image, "n_frames", 1) == 1
        assert red_corners(image) == [True, False, False, False]


def test_cmyk_photo_becomes_rgb(app: PortalFlask, page: Page, api: Api, alina: Account, send: Send) -> None:
    send(encoded(drawn(mode="CMYK")), 200)
    for data in everything_served(app, page, api, alina):
        assert Image.open(io.BytesIO(data)).mode == "RGB"
        assert red_corners(Image.open(io.BytesIO(data))) == [True, False, False, False]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photo_is_rotated_by_its_orientation(
    app: PortalFlask, page: Page, alina: Account, send: Send, orientation: int
) -> None:
    send(rotated(orientation), 200)
    assert red_corners(shown(app, page, alina)) == [True, False, False, False]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_part_is_cut_from_the_upright_photo(app: PortalFlask, mine: Page, alina: Account, orientation: int) -> None:
    """A part of this width fits into the upright picture only, and begins within its red quarter."""
    crop = {"crop_left": "0.25", "crop_top": "0.1", "crop_size": "0.9"}
    mine.post(EDIT, {**NAMES, **crop, "avatar": (io.BytesIO(rotated(orientation)), "me.jpg")})
    image = shown(app, mine, alina)
    assert (image.size, red_corners(image)) == ((270, 270), [True, False, False, False])


@pytest.mark.parametrize(("square", "reds"), [("start", 2), ("middle", 1), ("end", 0)])
@pytest.mark.parametrize("later", [False, True])
def test_part_is_chosen_by_name_without_scripts(
    app: PortalFlask, mine: Page, alina: Account, square: str, reds: int, later: bool
) -> None:
    """The picture is red from its left end to its middle."""
    upload = {"avatar": (io.BytesIO(encoded(drawn((800, 400)))), "me.jpg")}
    if later:
        mine.post(EDIT, {**NAMES, **upload})
        upload = {}
    mine.post(EDIT, {**NAMES, **upload, "square": square})
    image = shown(app, mine, alina)
    assert image.width == image.height
    assert sum(red_corners(image)) == reds


def test_stored_photo_can_be_cut_further(app: PortalFlask, mine: Page, alina: Account) -> None:
    mine.post(EDIT, {**NAMES, "avatar": (io.BytesIO(encoded()), "me.jpg")})
    mine.post(EDIT, {**NAMES, "crop_left": "0", "crop_top": "0", "crop_size": "0.4"})
    assert all(red_corners(shown(app, mine, alina)))


@pytest.mark.parametrize("part", [{"square": "start"}, {"crop_left": "0", "crop_top": "0", "crop_size": "1"}])
def test_whole_square_photo_is_no_change(app: PortalFlask, mine: Page, alina: Account, part: dict[str, str]) -> None:
    mine.post(EDIT, {**NAMES, "avatar": (io.BytesIO(encoded(drawn((40, 40)))), "me.jpg")})
    before = avatar_of(app, alina)
    mine.post(EDIT, {**NAMES, **part})
    assert avatar_of(app, alina) == before


def test_part_without_a_photo_changes_nothing(app: PortalFlask, mine: Page, alina: Account) -> None:
    mine.post(EDIT, {**NAMES, "square": "end"})
    mine.post(EDIT, {**NAMES, "crop_left": "0", "crop_top": "0", "crop_size": "1", "remove_avatar": "y"})
    assert avatar_of(app, alina) is None


@pytest.mark.parametrize(
    "crop",
    [
        ("-0.1", "0", "1"),
        ("1.1", "0", "0.5"),
        ("0.5", "0", "1"),
        ("0", "0.5", "0.9"),
        ("0", "0", "0"),
        ("0", "0", "0.1"),
        ("0", "0", ""),
        ("", "", "1"),
        ("nan", "0", "1"),
        ("0", "inf", "1"),
        ("0", "0", "1e-1"),
        ("0", "0", "٠.٥"),
        ("0", "0", "1" * 5000),
        ("<b>", "0x1", "1/2"),
    ],
)
def test_part_outside_the_photo_is_refused_at_the_field(
    app: PortalFlask, mine: Page, alina: Account, crop: tuple[str, str, str]
) -> None:
    sent = dict(zip(("crop_left", "crop_top", "crop_size"), crop, strict=True))
    refused = mine.post(EDIT, {**NAMES, **sent, "work": "New", "avatar": (io.BytesIO(encoded()), "a.jpg")}, status=422)
    assert refused.texts("#avatar-error") == [
        "This part of the photo cannot be used. Choose one that lies inside it and is at least 64 pixels wide."
    ]
    assert avatar_of(app, alina) is None
    with app.app_context():
        assert db.session.get_one(Profile, alina.id).work is None
        assert db.session.scalar(select(func.count()).select_from(Picture)) == 0


def test_refusal_of_a_part_is_translated(mine: Page) -> None:
    mine.client.set_cookie("portal-locale", "ru")
    upload = {"avatar": (io.BytesIO(encoded()), "me.jpg")}
    refused = mine.post(EDIT, {**NAMES, **upload, "crop_left": "1", "crop_top": "0", "crop_size": "1"}, status=422)
    assert refused.texts("#avatar-error")[0].startswith("Эту часть фотографии использовать нельзя.")


def test_unknown_name_of_a_part_is_refused(mine: Page) -> None:
    assert mine.post(EDIT, {**NAMES, "square": "corner"}, status=422).texts("#square-error")


def test_json_ignores_parts(app: PortalFlask, api: Api, page: Page, alina: Account) -> None:
    page.sign_in(alina)
    crop = {"crop_left": "0", "crop_top": "0", "crop_size": "0.4", "square": "start"}
    api.sign_in(alina).put(ME, json={**crop, "avatar": base64.b64encode(encoded()).decode()})
    assert page.get(f"/media/{avatar_of(app, alina)}/original").response.data == encoded()

"""The normalisation of pictures before they are stored."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from portal.files.images import ENCODED_SIDE, NotAnImage, TooManyPixels, normalise, resize
from tests.files import pictures
from tests.files.pictures import GPS, PROFILE, drawn, encoded

WITHOUT_METADATA = {
    "jpeg": encoded(),
    "progressive jpeg": encoded(progressive=True),
    "grey jpeg": encoded(drawn(mode="L")),
    "png": encoded(kind="PNG"),
    "palette png": encoded(drawn(mode="P"), "PNG"),
    "transparent png": encoded(drawn(mode="RGBA"), "PNG"),
    "webp": encoded(kind="WEBP"),
    "lossless webp": encoded(kind="WEBP", lossless=True),
}

TO_NORMALISE = {
    "place and rotation": pictures.with_place(),
    "comment": encoded(comment=b"taken at home"),
    "xmp": encoded(xmp=b"<x:xmpmeta/>"),
    "appended film": encoded() + b"\0\0\0\x18ftypmp42",
    "png appendix": encoded(kind="PNG") + b"PK\x03\x04",
    "webp exif": encoded(kind="WEBP", exif=Image.Exif().tobytes() or b"Exif\0\0"),
    "webp appendix": encoded(kind="WEBP") + b"tail",
    "animated": pictures.moving("WEBP"),
    "cmyk": encoded(drawn(mode="CMYK")),
    "gif": encoded(kind="GIF"),
    "bmp": encoded(kind="BMP"),
    "wide": encoded(drawn((5000, 300))),
}

UNREADABLE = {
    "nothing": b"",
    "text": b"hello",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><img src=x onerror=alert(1)></html>",
    "truncated jpeg": encoded()[:-400],
    "truncated png": encoded(kind="PNG")[:-60],
    "only a header": encoded()[:20],
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "damaged png": pictures.png(100, 100, b"not compressed"),
    "tiff": encoded(kind="TIFF"),
    "a thousand scans": encoded(progressive=True)[:-2]
    + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" * 1000
    + b"\xff\xd9",
}


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", WITHOUT_METADATA)
def test_a_picture_without_metadata_is_unchanged(kind: str) -> None:
    assert normalise(WITHOUT_METADATA[kind]).data == WITHOUT_METADATA[kind]


@pytest.mark.parametrize("kind", TO_NORMALISE)
def test_any_other_picture_is_encoded_again_without_metadata(kind: str) -> None:
    normalised = normalise(TO_NORMALISE[kind])
    assert normalised.data != TO_NORMALISE[kind]
    assert normalise(normalised.data).data == normalised.data
    assert opened(normalised.data).size == (normalised.width, normalised.height)
    assert max(normalised.width, normalised.height) <= ENCODED_SIDE


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_file_is_refused(kind: str) -> None:
    with pytest.raises(NotAnImage):
        normalise(UNREADABLE[kind])


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooManyPixels):
        normalise(pictures.bomb())


def test_sixty_megapixels_are_too_many() -> None:
    with pytest.raises(TooManyPixels):
        normalise(pictures.bomb(10_000, 6_000))


def test_the_place_is_removed_and_the_picture_is_upright() -> None:
    before = pictures.with_place()
    assert opened(before).getexif().get_ifd(GPS)
    after = opened(normalise(before).data)
    assert not after.getexif()
    assert after.size == (300, 400)
    red = after.convert("RGB").getpixel((290, 10))
    assert isinstance(red, tuple)
    assert red[0] > 150


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")])
def test_colours_are_converted_from_the_profile(kind: str, mode: str) -> None:
    red_is_green = PROFILE.replace(b"rXYZ", b"xXYZ").replace(b"gXYZ", b"rXYZ").replace(b"xXYZ", b"gXYZ")
    image = Image.new("RGB", (40, 40), (200, 40, 40)).convert(mode)
    after = opened(normalise(encoded(image, kind, icc_profile=red_is_green)).data)
    assert "icc_profile" not in after.info
    red, green, _blue = after.convert("RGB").getpixel((20, 20))  # type: ignore[misc]  # three channels
    assert red < 60 < 180 < green


def test_an_invalid_profile_is_removed() -> None:
    after = opened(normalise(encoded(icc_profile=b"no profile")).data)
    assert after.info.get("icc_profile") is None


def test_a_transparent_picture_stays_transparent() -> None:
    image = drawn(mode="RGBA")
    image.putalpha(100)
    normalised = normalise(encoded(image, "PNG") + b"tail")
    assert opened(normalised.data).mode == "RGBA"


@pytest.mark.parametrize("options", [{}, {"transparency": 50_000}])
def test_greys_of_sixteen_bits_stay_the_same(options: dict[str, Any]) -> None:
    greys = [(50_000).to_bytes(2, "little"), (10_000).to_bytes(2, "little")]
    sent = encoded(Image.frombytes("I;16", (400, 300), b"".join(grey * 200 for grey in greys) * 300), "PNG", **options)
    for data in (resize(sent, (400, 300)), normalise(sent + b"tail").data):
        after = opened(data).convert("LA")
        (light, left), (dark, right) = (after.getpixel((x, 150)) for x in (50, 350))  # type: ignore[misc]  # two channels
        assert (dark, right) == pytest.approx((39, 255), abs=3)
        assert left == (0 if options else 255)
        assert options or light == pytest.approx(195, abs=3)


def test_a_variant_is_the_middle_of_the_picture_in_its_proportions() -> None:
    assert opened(resize(encoded(), (160, 160))).size == (160, 160)


def test_a_variant_never_enlarges() -> None:
    assert opened(resize(encoded(drawn((100, 50))), (640, 360))).size == (89, 50)


XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="%d"/></x:xmpmeta>'


@pytest.mark.parametrize("orientation", [3, 6, 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_orientation_that_only_xmp_states_is_ignored_as_browsers_do(kind: str, orientation: int) -> None:
    xmp = XMP % orientation
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    data = encoded(kind=kind, pnginfo=info) if kind == "PNG" else encoded(kind=kind, xmp=xmp)
    normalised = normalise(data)
    assert (normalised.width, normalised.height) == drawn().size
    red, *_others = opened(normalised.data).convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # a tuple for RGB
    assert red > 150

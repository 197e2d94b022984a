"""Decoding, normalisation and resizing of pictures, one at a time in each process so that memory stays bounded."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms, ImageOps

from portal.files.cropping import CropArea, InvalidCropArea
from portal.files.metadata import has_no_metadata

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ACCEPTED = ",".join(CONTENT_TYPES.values())
MAX_PIXELS = 40_000_000
MAX_PIXELS_UNREDUCED = 24_000_000
"""Largest number of pixels of a picture that Pillow decodes several times over, or cannot reduce as it is."""
MAX_SCANS = 200
"""Largest number of scans of a JPEG; a progressive one has about ten, and thousands take minutes to decode."""
UNCHANGED_SIDE = 4096
"""Longest side, in pixels, of a picture that may be stored as it was sent."""
ENCODED_SIDE = 2560
"""Longest side, in pixels, of a picture that is encoded again."""
JPEG_QUALITY = 88
WEBP_QUALITY = 82
START_OF_SCAN = b"\xff\xda"
OPAQUE = 255
GREY_STEP = 257
"""Distance, in 16-bit greys, between two neighbouring 8-bit greys: 65,535 / 255."""
REDUCIBLE = frozenset({"L", "LA", "La", "RGB", "RGBA", "RGBa", "CMYK", "YCbCr", "I", "F"})
"""Modes of Pillow whose pixels can be averaged."""
SIDEWAYS = frozenset({5, 6, 7, 8})
"""Orientations (Exif) whose width is the height of the upright picture."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_decoding = threading.BoundedSemaphore(1)
_SRGB = ImageCms.createProfile("sRGB")


class NotAnImage(Exception):
    """The bytes are not a complete picture in one of ``FORMATS``, or would take too long to decode."""


class TooManyPixels(Exception):
    """The picture has more pixels than ``most``, so decoding it would take too much memory."""

    def __init__(self, most: int = MAX_PIXELS) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class NormalisedImage:
    """The bytes of a picture without metadata, as it is stored and served, and its size in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def normalise(data: bytes, area: CropArea | None = None) -> NormalisedImage:
    """Return a picture without metadata: as it was sent if it has none and needs no change, else encoded again.

    It needs a change if ``area``, the part of the upright picture to keep, is not all of it, if a side is longer than
    ``UNCHANGED_SIDE``, if its colours are CMYK, or if it is not JPEG, PNG or WebP. Encoded again, it is upright, in
    sRGB, at most ``ENCODED_SIDE`` wide and high, and JPEG, or WebP if a pixel is transparent.

    Raises ``NotAnImage``, ``TooManyPixels``, or ``InvalidCropArea`` if ``area`` is too small or not in the picture.
    """
    with _open(data) as image:
        width, height = image.size
        format_name = image.format or ""
        shorter = ENCODED_SIDE / area.size if area else ENCODED_SIDE * min(width, height) / max(width, height)
        image = _load(image, round(shorter), may_shrink=max(width, height) > UNCHANGED_SIDE)
        whole = (0, 0, *_upright_size(image))
        box = area.box(*whole[2:]) if area else whole
        fits = max(width, height) <= UNCHANGED_SIDE and box == whole
        if fits and image.mode != "CMYK" and has_no_metadata(data, format_name):
            return NormalisedImage(data, CONTENT_TYPES[format_name], width, height)
        normalised = _normalise_pixels(image).crop(box)
        normalised.thumbnail((ENCODED_SIDE, ENCODED_SIDE), Image.Resampling.LANCZOS)
        return _encode(normalised)


def resize(data: bytes, size: tuple[int, int]) -> bytes:
    """Return the WebP bytes of a picture cut, around its middle, to the proportions of ``size`` and scaled down to it.

    ``size`` is width and height in pixels; a picture that is smaller is not enlarged. The result is upright, in sRGB
    and without metadata. Raises ``NotAnImage`` or ``TooManyPixels``.
    """
    with _open(data) as image:
        image = _load(image, 2 * max(size), may_shrink=True)
        normalised = _normalise_pixels(image)
        scale = min(1.0, normalised.width / size[0], normalised.height / size[1])
        target = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        fitted = ImageOps.fit(normalised, target, Image.Resampling.LANCZOS)
        return _save(fitted, "WEBP", quality=WEBP_QUALITY)


@contextmanager
def _open(data: bytes) -> Iterator[Image.Image]:
    """Open a picture, not yet decoded, while no other thread of the process has one open.

    Raises ``TooManyPixels`` for one that is too large, and ``NotAnImage`` for one that cannot be read. Any other error
    inside the block, except ``InvalidCropArea``, becomes ``NotAnImage`` too.
    """
    with _decoding:
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > (most := _most_pixels(image)):
                    raise TooManyPixels(most)
                if data.count(START_OF_SCAN) > MAX_SCANS and image.format in {"JPEG", "MPO"}:
                    raise NotAnImage
                _forget_xmp(image)
                yield image
        except (TooManyPixels, NotAnImage, InvalidCropArea):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except Exception as error:
            raise NotAnImage from error


def _forget_xmp(image: Image.Image) -> None:
    """Remove the orientation that only XMP states, which browsers ignore: people choose the part of what they see."""
    for name in ("xmp", "XML:com.adobe.xmp"):
        image.info.pop(name, None)


def _most_pixels(image: Image.Image) -> int:
    is_reduced = image.format in {"JPEG", "MPO", "PNG", "BMP"} and image.mode in REDUCIBLE
    return MAX_PIXELS if is_reduced else MAX_PIXELS_UNREDUCED


def _load(image: Image.Image, sufficient: int, *, may_shrink: bool) -> Image.Image:
    """Decode the picture to its end, which raises an error for a truncated file, and return it.

    A JPEG is decoded at a smaller scale if its shorter side is then still at least ``sufficient`` pixels. With
    ``may_shrink`` any other is reduced likewise at once: every later step would copy all its pixels again.
    """
    shorter = min(image.size)
    image.draft(None, (image.width * sufficient // shorter, image.height * sufficient // shorter))
    image.load()
    _forget_xmp(image)  # of a PNG it may follow the pixels
    factor = min(image.size) // max(1, sufficient)
    if not may_shrink or factor < 2 or image.mode not in REDUCIBLE:
        return image
    return image.reduce(factor)


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS else (width, height)


def _normalise_pixels(image: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB and without metadata: RGBA if a pixel is transparent, else RGB."""
    upright = _to_eight_bits(ImageOps.exif_transpose(image))
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        normalised = _to_srgb(upright.convert("RGBA"), "RGBA")
        if normalised.getchannel("A").getextrema()[0] == OPAQUE:
            normalised = normalised.convert("RGB")
    else:
        normalised = _to_srgb(upright.convert("RGB") if upright.mode == "P" else upright, "RGB")
    normalised.info = {}
    return normalised


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of 16-bit greys scaled to 8 bits, its transparent grey included; any other as it is.

    Pillow's own conversion clips the greys instead.
    """
    if image.mode not in {"I", "I;16"}:
        return image
    scaled = image.convert("I").point(lambda grey: grey * (1 / GREY_STEP) + 0.5).convert("L")
    scaled.info = dict(image.info)
    if isinstance(transparent := image.info.get("transparency"), int):
        scaled.info["transparency"] = round(transparent / GREY_STEP)
    return scaled


def _to_srgb(image: Image.Image, mode: str) -> Image.Image:
    """Return the picture in ``mode``, its colours converted from its ICC profile to sRGB.

    Without a profile, or with one that is invalid or for another mode, the colours count as sRGB.
    """
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert(mode)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)
    return converted or image.convert(mode)


def _encode(image: Image.Image) -> NormalisedImage:
    if image.mode == "RGBA":
        return NormalisedImage(_save(image, "WEBP", quality=WEBP_QUALITY), CONTENT_TYPES["WEBP"], *image.size)
    return NormalisedImage(_save(image, "JPEG", quality=JPEG_QUALITY), CONTENT_TYPES["JPEG"], *image.size)


def _save(image: Image.Image, format_name: str, *, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, quality=quality)
    return file.getvalue()

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
MAX_SCANS = 200
"""A progressive JPEG has about ten; thousands of them make a small file take minutes to decode."""
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
SIDEWAYS = frozenset({5, 6, 7, 8})
"""Orientations (Exif) whose width is the height of the upright picture."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_decoding = threading.BoundedSemaphore(1)
_SRGB = ImageCms.createProfile("sRGB")


class NotAnImage(Exception):
    """The data is not a complete picture of an accepted format."""


class TooManyPixels(Exception):
    """The picture has more than ``MAX_PIXELS``, so decoding it would take too much memory."""


@dataclass(frozen=True, slots=True)
class NormalisedImage:
    """A picture without metadata, as it is stored and served."""

    data: bytes
    content_type: str
    width: int
    height: int


def normalise(data: bytes, area: CropArea | None = None) -> NormalisedImage:
    """Return a picture that can be stored: unchanged where it has no metadata, else normalised.

    Normalised means upright, in sRGB, without metadata and at most ``ENCODED_SIDE`` wide and high. ``area`` is the part
    of the upright picture to keep, by default all of it.

    Raises ``NotAnImage``, ``TooManyPixels`` or ``InvalidCropArea``.
    """
    with _open(data) as image:
        width, height = image.size
        format_name = image.format or ""
        sufficient = round(ENCODED_SIDE / (area.size if area else 1))
        _load(image, (sufficient, sufficient))
        whole = (0, 0, *_upright_size(image))
        box = area.box(*whole[2:]) if area else whole
        fits = max(width, height) <= UNCHANGED_SIDE and box == whole
        if fits and image.mode != "CMYK" and has_no_metadata(data, format_name):
            return NormalisedImage(data, CONTENT_TYPES[format_name], width, height)
        normalised = _normalise_pixels(image).crop(box)
        normalised.thumbnail((ENCODED_SIDE, ENCODED_SIDE), Image.Resampling.LANCZOS)
        return _encode(normalised)


def resize(data: bytes, size: tuple[int, int]) -> bytes:
    """Return the middle of a picture in the proportions of ``size`` as WebP, at most that large and never enlarged.

    ``size`` is width and height in pixels. Raises ``NotAnImage`` or ``TooManyPixels``.
    """
    with _open(data) as image:
        _load(image, (2 * max(size), 2 * max(size)))
        normalised = _normalise_pixels(image)
        scale = min(1.0, normalised.width / size[0], normalised.height / size[1])
        target = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        fitted = ImageOps.fit(normalised, target, Image.Resampling.LANCZOS)
        return _save(fitted, "WEBP", quality=WEBP_QUALITY)


@contextmanager
def _open(data: bytes) -> Iterator[Image.Image]:
    """Read the header and check the number of pixels; any error that a hostile file causes becomes ``NotAnImage``."""
    with _decoding:
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise TooManyPixels
                if data.count(START_OF_SCAN) > MAX_SCANS and image.format in {"JPEG", "MPO"}:
                    raise NotAnImage
                yield image
        except (TooManyPixels, NotAnImage, InvalidCropArea):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except Exception as error:
            raise NotAnImage from error


def _load(image: Image.Image, sufficient: tuple[int, int]) -> None:
    """Decode to the end, which finds truncated files; a JPEG larger than ``sufficient`` is scaled down on reading."""
    image.draft(None, sufficient)
    image.load()


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS else (width, height)


def _normalise_pixels(image: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB, as RGB or (only where a pixel is transparent) RGBA, without metadata."""
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
    """Scale the 16-bit greys of a PNG, which Pillow's own conversion clips, and its transparent grey likewise."""
    if image.mode not in {"I", "I;16"}:
        return image
    scaled = image.convert("I").point(lambda grey: grey * (1 / GREY_STEP) + 0.5).convert("L")
    scaled.info = dict(image.info)
    if isinstance(transparent := image.info.get("transparency"), int):
        scaled.info["transparency"] = round(transparent / GREY_STEP)
    return scaled


def _to_srgb(image: Image.Image, mode: str) -> Image.Image:
    """Convert the colours from the picture's profile; a profile that is invalid or of another mode counts as sRGB."""
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

"""Pixels: sniffing, cleaning and resizing, one picture at a time in each process so that memory stays bounded."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms, ImageOps

from portal.files.cropping import BadPart, Part
from portal.files.metadata import is_clean

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ACCEPTED = ",".join(CONTENT_TYPES.values())
MAX_PIXELS = 40_000_000
MAX_SCANS = 200
"""A progressive JPEG has about ten; thousands of them make a small file take minutes to decode."""
KEPT_SIDE = 4096
ENCODED_SIDE = 2560
JPEG_QUALITY = 88
WEBP_QUALITY = 82
START_OF_SCAN = b"\xff\xda"
OPAQUE = 255
GREY_STEP = 257
"""So many of the 65,536 greys lie between two of the 256."""
LYING = frozenset({5, 6, 7, 8})
"""Orientations (Exif) whose width is the height of the upright picture."""

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_decoding = threading.BoundedSemaphore(1)
_SRGB = ImageCms.createProfile("sRGB")


class NotAnImage(Exception):
    """No decoder of ours can read it to its end."""


class TooManyPixels(Exception):
    """Reading it would take more memory than we give."""


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture fit to be stored and served."""

    data: bytes
    content_type: str
    width: int
    height: int


def prepare(data: bytes, part: Part | None = None) -> PreparedImage:
    """Keep a clean picture byte for byte; make any other upright, bare and at most ``ENCODED_SIDE`` wide and high.

    Of the upright picture only ``part`` is kept. Raises ``NotAnImage``, ``TooManyPixels`` or ``BadPart``.
    """
    with _opened(data) as image:
        width, height = image.size
        kind = image.format or ""
        enough = round(ENCODED_SIDE / (part.size if part else 1))
        _load(image, (enough, enough))
        whole = (0, 0, *_upright_size(image))
        box = part.box(*whole[2:]) if part else whole
        fits = max(width, height) <= KEPT_SIDE and box == whole
        if fits and image.mode != "CMYK" and is_clean(data, kind):
            return PreparedImage(data, CONTENT_TYPES[kind], width, height)
        plain = _plain(image).crop(box)
        plain.thumbnail((ENCODED_SIDE, ENCODED_SIDE), Image.Resampling.LANCZOS)
        return _encoded(plain)


def resized(data: bytes, size: tuple[int, int]) -> bytes:
    """A WebP of the middle of the picture in the proportions of ``size``, at most that large, never enlarged."""
    with _opened(data) as image:
        _load(image, (2 * max(size), 2 * max(size)))
        plain = _plain(image)
        scale = min(1.0, plain.width / size[0], plain.height / size[1])
        target = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        fitted = ImageOps.fit(plain, target, Image.Resampling.LANCZOS)
        return _saved(fitted, "WEBP", quality=WEBP_QUALITY)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The header read and the number of pixels checked; whatever a hostile file makes a decoder raise is caught."""
    with _decoding:
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise TooManyPixels
                if data.count(START_OF_SCAN) > MAX_SCANS and image.format in {"JPEG", "MPO"}:
                    raise NotAnImage
                yield image
        except (TooManyPixels, NotAnImage, BadPart):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise TooManyPixels from None
        except Exception as error:
            raise NotAnImage from error


def _load(image: Image.Image, enough: tuple[int, int]) -> None:
    """Decode to the end, which finds truncated files; a JPEG larger than ``enough`` is scaled down while reading."""
    image.draft(None, enough)
    image.load()


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if image.getexif().get(ExifTags.Base.Orientation) in LYING else (width, height)


def _plain(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, as RGB or (only where something shines through) RGBA, without any metadata."""
    upright = _in_eight_bits(ImageOps.exif_transpose(image))
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        plain = _in_srgb(upright.convert("RGBA"), "RGBA")
        if plain.getchannel("A").getextrema()[0] == OPAQUE:
            plain = plain.convert("RGB")
    else:
        plain = _in_srgb(upright.convert("RGB") if upright.mode == "P" else upright, "RGB")
    plain.info = {}
    return plain


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Pillow clips the 16 bits of a grey PNG where it converts them; what shines through is scaled likewise."""
    if image.mode not in {"I", "I;16"}:
        return image
    scaled = image.convert("I").point(lambda grey: grey * (1 / GREY_STEP) + 0.5).convert("L")
    scaled.info = dict(image.info)
    if isinstance(clear := image.info.get("transparency"), int):
        scaled.info["transparency"] = round(clear / GREY_STEP)
    return scaled


def _in_srgb(image: Image.Image, mode: str) -> Image.Image:
    """With the colours that its profile means; a profile that is none, or of other colours, counts as sRGB."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert(mode)
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, meant, _SRGB, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(mode)
    return converted or image.convert(mode)


def _encoded(image: Image.Image) -> PreparedImage:
    if image.mode == "RGBA":
        return PreparedImage(_saved(image, "WEBP", quality=WEBP_QUALITY), CONTENT_TYPES["WEBP"], *image.size)
    return PreparedImage(_saved(image, "JPEG", quality=JPEG_QUALITY), CONTENT_TYPES["JPEG"], *image.size)


def _saved(image: Image.Image, kind: str, *, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, quality=quality)
    return file.getvalue()

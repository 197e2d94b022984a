"""Pictures of every kind that people and attackers send."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, ImageCms

GPS = 0x8825
ORIENTATION = 0x0112


def drawn(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """Return a picture whose corners differ, so that rotation can be seen."""
    image = Image.new("RGB", size, (30, 120, 60))
    image.paste((200, 40, 40), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def encoded(image: Image.Image | None = None, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    (image or drawn()).save(file, kind, **options)
    return file.getvalue()


def with_place() -> bytes:
    """Return a photo taken with the phone held sideways, with a place in its metadata."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    return encoded(exif=exif)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """Return a few bytes of PNG whose header declares gigabytes of pixels."""
    return png(width, height, zlib.compress(b"\0" * 1000))


def png(width: int, height: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def noisy(size: tuple[int, int]) -> Image.Image:
    """Return a picture that does not compress well."""
    return Image.effect_noise(size, 80).convert("RGB")


SECRET = b"a certain building in a certain street"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _with_segment(marker: int, body: bytes) -> bytes:
    plain = encoded()
    return plain[:2] + _segment(marker, body) + plain[2:]


def _with_chunk(name: bytes, body: bytes) -> bytes:
    plain = encoded(kind="PNG")
    return plain[:33] + chunk(name, body) + plain[33:]


def _exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = SECRET.decode()
    exif.get_ifd(GPS)[29] = SECRET.decode()
    return exif.tobytes()


PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

WITH_METADATA = {
    "jpeg exif with a place": encoded(exif=_exif()),
    "jpeg xmp": encoded(xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"),
    "jpeg iptc": _with_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x2a\x1c\x02\x78\0\x23" + SECRET),
    "jpeg comment": encoded(comment=SECRET),
    "jpeg thumbnail": _with_segment(0xE0, b"JFXX\0\x10" + SECRET),
    "jpeg between its parts": encoded()[:20] + SECRET + encoded()[20:],
    "jpeg after its end": encoded() + SECRET,
    "jpeg with a second picture": encoded(kind="MPO", save_all=True, append_images=[drawn()], comment=SECRET),
    "jpeg colour profile": encoded(icc_profile=PROFILE + SECRET),
    "png text": _with_chunk(b"tEXt", b"Comment\0" + SECRET),
    "png packed text": _with_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
    "png exif": encoded(kind="PNG", exif=_exif()),
    "png of our own": _with_chunk(b"prIv", SECRET),
    "png after its end": encoded(kind="PNG") + SECRET,
    "png colour profile": _with_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(PROFILE + SECRET, 0)),
    "webp colour profile": encoded(kind="WEBP", icc_profile=PROFILE + SECRET),
    "webp exif": encoded(kind="WEBP", exif=_exif()),
    "webp xmp": encoded(kind="WEBP", xmp=SECRET),
    "webp after its end": encoded(kind="WEBP") + SECRET,
    "gif comment": encoded(kind="GIF", comment=SECRET),
}
"""Pictures that hold ``SECRET``, each in another part of the file."""

_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def rotated(orientation: int, upright: Image.Image | None = None) -> bytes:
    """Return a photo with an Exif orientation, which browsers rotate so that it is shown as ``upright``."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    shown = upright or drawn()
    return encoded(
        shown.transpose(_TRANSPOSITIONS[orientation]) if orientation in _TRANSPOSITIONS else shown, exif=exif
    )


def moving(kind: str) -> bytes:
    """Return an animation of two frames; the second is the first turned by 180 degrees."""
    return encoded(drawn(), kind, save_all=True, append_images=[drawn().rotate(180)], duration=100)

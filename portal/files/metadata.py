"""Whether a picture's file holds nothing but the picture: no place, time, device, comment, colour profile, second
frame or appendix.

Each walk knows the parts that a plain picture needs and calls everything else unclean, so what we do not know is
stripped rather than served.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# JPEG (ITU-T T.81): JFIF header without its thumbnail, which may show more than the picture, and Adobe's colour
# transform are needed to show the picture right. Colour profiles have room for any text, so none is clean.
JPEG_APP0, JPEG_APP14, JPEG_APP15, JPEG_COMMENT = 0xE0, 0xEE, 0xEF, 0xFE
JPEG_START_OF_SCAN, JPEG_END = 0xDA, 0xD9
JPEG_NEEDED = {
    JPEG_APP0: re.compile(rb"JFIF\0.{7}\0\0", re.DOTALL),
    JPEG_APP14: re.compile(rb"Adobe.{7}", re.DOTALL),
}
JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)

# PNG (W3C): the image, its palette and how to show its colours.
PNG_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)
PNG_SIGNATURE_LENGTH = 8

# WebP (RFC 9649): likewise.
WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
RIFF_HEADER_LENGTH = 12


def is_clean(data: bytes, kind: str | None) -> bool:
    """True when the file of this Pillow format can be served as it is; formats without a walk never are."""
    walk = WALKS.get(kind or "")
    return walk is not None and walk(data)


def _jpeg_is_clean(data: bytes) -> bool:
    for marker, body, end in _jpeg_segments(data):
        if marker == JPEG_END:
            return end == len(data)
        if marker == JPEG_COMMENT or (JPEG_APP0 <= marker <= JPEG_APP15 and not _is_needed(marker, body)):
            return False
    return False


def _is_needed(marker: int, body: bytes) -> bool:
    known = JPEG_NEEDED.get(marker)
    return known is not None and known.fullmatch(body) is not None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Each marker after the first with its body and where it ends; what else lies between two of them ends the walk.

    Only after the start of a scan something may: the compressed picture.
    """
    position, marker = 2, 0
    while found := JPEG_MARKER.search(data, position):
        if found.start() != position and marker != JPEG_START_OF_SCAN:
            return
        marker = found[1][0]
        start = found.end()
        length = 0 if marker == JPEG_END else int.from_bytes(data[start : start + 2], "big")
        position = start + length
        yield marker, data[start + 2 : position], position


def _png_is_clean(data: bytes) -> bool:
    position = PNG_SIGNATURE_LENGTH
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        name = data[position + 4 : position + 8]
        position += 12 + length
        if name not in PNG_CHUNKS:
            return False
        if name == b"IEND":
            return position == len(data)
    return False


def _webp_is_clean(data: bytes) -> bool:
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    position = RIFF_HEADER_LENGTH
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if data[position : position + 4] not in WEBP_CHUNKS:
            return False
        position += 8 + length + length % 2
    return position == len(data)


WALKS: dict[str, Callable[[bytes], bool]] = {"JPEG": _jpeg_is_clean, "PNG": _png_is_clean, "WEBP": _webp_is_clean}

"""The check whether a file holds a picture and no metadata.

Metadata is a place, time, device, comment, colour profile, second frame or trailing bytes. The check of each format
lists the parts that a picture needs and refuses all others, so unknown parts are removed rather than served.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# JPEG (ITU-T T.81): the JFIF header without its thumbnail, which may show more than the picture, and Adobe's colour
# transform are needed to show the picture right. A colour profile may hold any text, so none is allowed.
JPEG_APP0, JPEG_APP14, JPEG_APP15, JPEG_COMMENT = 0xE0, 0xEE, 0xEF, 0xFE
JPEG_START_OF_SCAN, JPEG_END = 0xDA, 0xD9
JPEG_ALLOWED = {
    JPEG_APP0: re.compile(rb"JFIF\0.{7}\0\0", re.DOTALL),
    JPEG_APP14: re.compile(rb"Adobe.{7}", re.DOTALL),
}
JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)

# PNG (W3C): the picture, its palette and how to show its colours.
PNG_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}
)
PNG_SIGNATURE_LENGTH = 8

# WebP (RFC 9649): the picture and its transparency.
WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
RIFF_HEADER_LENGTH = 12


def has_no_metadata(data: bytes, format_name: str | None) -> bool:
    """Return whether a JPEG, PNG or WebP file holds the picture and nothing else.

    ``format_name`` is Pillow's name of the format; the result is ``False`` for any other format and for ``None``.
    """
    check = CHECKS.get(format_name or "")
    return check is not None and check(data)


def _jpeg_has_no_metadata(data: bytes) -> bool:
    for marker, body, end in _jpeg_segments(data):
        if marker == JPEG_END:
            return end == len(data)
        if marker == JPEG_COMMENT or (JPEG_APP0 <= marker <= JPEG_APP15 and not _is_allowed(marker, body)):
            return False
    return False


def _is_allowed(marker: int, body: bytes) -> bool:
    pattern = JPEG_ALLOWED.get(marker)
    return pattern is not None and pattern.fullmatch(body) is not None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield the marker, body and end position of each JPEG segment after the start of the image.

    Stop where other bytes lie between two segments, except after the start of a scan, where they are the compressed
    picture.
    """
    position, marker = 2, 0
    while match := JPEG_MARKER.search(data, position):
        if match.start() != position and marker != JPEG_START_OF_SCAN:
            return
        marker = match[1][0]
        start = match.end()
        length = 0 if marker == JPEG_END else int.from_bytes(data[start : start + 2], "big")
        position = start + length
        yield marker, data[start + 2 : position], position


def _png_has_no_metadata(data: bytes) -> bool:
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


def _webp_has_no_metadata(data: bytes) -> bool:
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        return False
    position = RIFF_HEADER_LENGTH
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if data[position : position + 4] not in WEBP_CHUNKS:
            return False
        position += 8 + length + length % 2
    return position == len(data)


CHECKS: dict[str, Callable[[bytes], bool]] = {
    "JPEG": _jpeg_has_no_metadata,
    "PNG": _png_has_no_metadata,
    "WEBP": _webp_has_no_metadata,
}

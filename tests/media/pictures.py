"""Pictures of every kind that people and attackers send."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = 0x8825
ORIENTATION = 0x0112


def drawn(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ, so that turning it shows."""
    image = Image.new("RGB", size, (30, 120, 60))
    image.paste((200, 40, 40), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def encoded(image: Image.Image | None = None, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    (image or drawn()).save(file, kind, **options)
    return file.getvalue()


def with_place() -> bytes:
    """A photograph taken with the phone held sideways, saying where."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    return encoded(exif=exif)


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few bytes of PNG that promise gigabytes of pixels."""
    return png(width, height, zlib.compress(b"\0" * 1000))


def png(width: int, height: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def animated() -> bytes:
    frames = [drawn(), drawn().rotate(180)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)


def noisy(size: tuple[int, int]) -> Image.Image:
    """A picture that does not compress well."""
    return Image.effect_noise(size, 80).convert("RGB")

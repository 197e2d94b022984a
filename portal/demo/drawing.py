"""Drawn pictures that are visibly no photographs: simple faces, patterns, and covers of events."""

from __future__ import annotations

import io
import math
from random import Random

from PIL import Image, ImageColor, ImageDraw

AVATAR_SIZE = 256
COVER_SIZE = (1280, 720)
SUPERSAMPLING = 2
"""Avatars are drawn this many times larger and scaled down, which smooths the edges."""

BACKGROUNDS = (
    "#2f6f62",
    "#8a4b3c",
    "#3f4f8c",
    "#6d8b3a",
    "#8c3f63",
    "#2c6c8f",
    "#a06a1f",
    "#5b4a8a",
    "#4f7f4a",
    "#7a5c45",
)
SKIN_TONES = ("#f6c28b", "#e8a07c", "#c98a5e", "#9c6844", "#f2d3b3", "#7a4f35")
HAIR_COLOURS = ("#2b2220", "#4a3426", "#8a5a2b", "#c98f3d", "#3c3c46", "#7d7d84", "#a8452c")
CLOTHES_COLOURS = ("#f3efe6", "#24343f", "#d9622b", "#e6b93a", "#6fb08a", "#b7c9e2")
Box = tuple[float, float, float, float]


def avatar(number: int) -> bytes:
    """Return avatar ``number`` as PNG, always the same: every third is a pattern, the others are faces."""
    rng = Random(f"avatar {number}")  # noqa: S311 - pictures, not secrets
    side = AVATAR_SIZE * SUPERSAMPLING
    image = Image.new("RGB", (side, side), rng.choice(BACKGROUNDS))
    draw = ImageDraw.Draw(image)
    if is_pattern(number):
        _pattern(draw, rng, side)
    else:
        _face(draw, rng, side, long_hair=has_long_hair(number))
    return _png(image.resize((AVATAR_SIZE, AVATAR_SIZE), Image.Resampling.BOX).quantize(64, dither=Image.Dither.NONE))


def is_pattern(number: int) -> bool:
    """Return whether the avatar of this number is a pattern and not a face."""
    return number % 3 == 2


def has_long_hair(number: int) -> bool:
    """Return whether the avatar of this number is a face with long hair."""
    return not is_pattern(number) and number % 2 == 0


def _face(draw: ImageDraw.ImageDraw, rng: Random, side: int, *, long_hair: bool) -> None:
    skin, hair = rng.choice(SKIN_TONES), rng.choice(HAIR_COLOURS)
    wide, tall = rng.uniform(0.17, 0.2), rng.uniform(0.21, 0.24)
    head = _box(side, 0.5, 0.45, wide, tall)
    if long_hair:
        draw.rounded_rectangle(_box(side, 0.5, 0.52, wide + 0.07, tall + 0.12), side * 0.18, fill=hair)
    draw.rounded_rectangle(_box(side, 0.5, 1.06, 0.34, 0.34), side * 0.2, fill=rng.choice(CLOTHES_COLOURS))
    draw.rectangle(_box(side, 0.5, 0.68, 0.07, 0.09), fill=skin)
    draw.ellipse(head, fill=skin)
    fringe = rng.uniform(0.28, 0.36)
    draw.chord(_box(side, 0.5, 0.44, wide + 0.03, tall + 0.03), 180 - fringe * 20, 360 + fringe * 20, fill=hair)
    _features(draw, rng, side, None if long_hair else hair)


def _features(draw: ImageDraw.ImageDraw, rng: Random, side: int, beard: str | None) -> None:
    gap, line = rng.uniform(0.07, 0.085), max(2, side // 90)
    for eye in (0.5 - gap, 0.5 + gap):
        draw.ellipse(_box(side, eye, 0.49, 0.014, 0.018), fill="#221c1a")
    if rng.random() < 0.3:
        for eye in (0.5 - gap, 0.5 + gap):
            draw.ellipse(_box(side, eye, 0.49, 0.058, 0.055), outline="#2b2b2b", width=line)
        draw.line(
            [(side * (0.558 - gap), side * 0.49), (side * (0.442 + gap), side * 0.49)], fill="#2b2b2b", width=line
        )
    if beard and rng.random() < 0.35:
        draw.chord(_box(side, 0.5, 0.58, 0.11, 0.11), 0, 180, fill=beard)
    draw.arc(_box(side, 0.5, 0.565, 0.05, rng.uniform(0.03, 0.05)), 15, 165, fill="#5b2b24", width=line)


def _pattern(draw: ImageDraw.ImageDraw, rng: Random, side: int) -> None:
    first, second = rng.sample(CLOTHES_COLOURS, 2)
    kind, count = rng.randrange(4), rng.choice((3, 4, 5))
    step = side / count
    for row in range(count):
        for column in range(count):
            x, y = column * step, row * step
            colour = first if (row + column) % 2 else second
            if kind == 0:
                draw.ellipse((x + step * 0.18, y + step * 0.18, x + step * 0.82, y + step * 0.82), fill=colour)
            elif kind == 1:
                turn = rng.choice((0, 90, 180, 270))
                draw.pieslice((x - step, y - step, x + step, y + step), turn, turn + 90, fill=colour)
            elif kind == 2:
                draw.polygon([(x, y + step), (x + step / 2, y), (x + step, y + step)], fill=colour)
            else:
                draw.arc((x, y, x + step, y + step), 0, 180 if row % 2 else 360, fill=colour, width=int(step * 0.2))


def cover(number: int) -> bytes:
    """Return cover ``number`` as PNG, always the same: hills under a low sun, waves, or a town with lit windows."""
    rng = Random(f"cover {number}")  # noqa: S311 - pictures, not secrets
    width, height = COVER_SIZE
    sky, ground = rng.sample(BACKGROUNDS, 2)
    # The palette grows by each colour that is drawn, of which there are few.
    image = Image.new("P", COVER_SIZE, ImageColor.getrgb(sky))
    draw = ImageDraw.Draw(image)
    (_hills, _waves, _town)[number % 3](draw, rng, (width, height), ground)
    return _png(image)


def _hills(draw: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int], ground: str) -> None:
    width, height = size
    x, y, radius = rng.uniform(0.2, 0.8) * width, rng.uniform(0.25, 0.45) * height, height * 0.13
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=rng.choice(SKIN_TONES))
    for layer in range(4):
        base, phase = height * (0.5 + layer * 0.12), rng.uniform(0, 7)
        crest = [
            (at, base + math.sin(at / 170 + phase) * 46 + math.sin(at / 61 + phase) * 14)
            for at in range(0, width + 8, 8)
        ]
        draw.polygon([(0, height), *crest, (width, height)], fill=_mixed(ground, "#0e1512", layer * 0.2))


def _waves(draw: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int], ground: str) -> None:
    width, height = size
    step = 80
    for row in range(height // 40 + 2):
        for column in range(-1, width // step + 2):
            x, y = column * step + (step // 2 if row % 2 else 0), row * 40
            for ring in range(3):
                inset = ring * 13
                colour = _mixed(ground, "#f7f1e3", ring * 0.3 + rng.choice((0, 0.04)))
                draw.ellipse((x + inset, y + inset, x + step - inset, y + step - inset), fill=colour)


def _town(draw: ImageDraw.ImageDraw, rng: Random, size: tuple[int, int], ground: str) -> None:
    width, height = size
    for layer in range(2):
        x = -20
        while x < width:
            wide, tall = rng.randrange(70, 150), rng.randrange(160, 380) - layer * 90
            draw.rectangle((x, height - tall, x + wide, height), fill=_mixed(ground, "#0e1512", 0.2 + layer * 0.35))
            for window in range(rng.randrange(3, 9)):
                left, top = x + 14 + window % 3 * 30, height - tall + 22 + window // 3 * 44
                if left + 14 < x + wide and rng.random() < 0.7:
                    draw.rectangle((left, top, left + 14, top + 20), fill="#f2d38b")
            x += wide + rng.randrange(4, 24)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02x}" for one, two in pairs)


def _box(side: int, x: float, y: float, half_width: float, half_height: float) -> Box:
    return (side * (x - half_width), side * (y - half_height), side * (x + half_width), side * (y + half_height))


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()

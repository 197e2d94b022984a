"""The square part of a picture to keep, in fractions, so that it is independent of the picture's size."""

from __future__ import annotations

import re
from dataclasses import dataclass

FRACTION = re.compile(r"(?:0|1|0?\.[0-9]{1,17}|1\.0{1,17})")
MIN_SIDE = 64
"""Smallest side of a part in pixels; a picture that is itself smaller cannot be reduced to a part."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a part of a picture, in pixels."""


class InvalidCropArea(Exception):
    """The part of the picture to keep is malformed, not inside the picture, or too small."""


@dataclass(frozen=True, slots=True)
class Square:
    """A square part of the upright picture, in fractions from 0 to 1.

    ``left`` is a fraction of the picture's width, ``top`` of its height, and ``size`` of its shorter side.
    """

    left: float
    top: float
    size: float

    @classmethod
    def read(cls, left: str, top: str, size: str) -> Square:
        """Return the square that three decimal fractions from 0 to 1 describe, as a form sends them.

        Raises ``InvalidCropArea`` for any other text and for a size of 0.
        """
        if not all(FRACTION.fullmatch(text) for text in (left, top, size)) or not float(size):
            raise InvalidCropArea
        return cls(float(left), float(top), float(size))

    def box(self, width: int, height: int) -> Box:
        """Return the square in pixels of an upright picture of ``width`` by ``height`` pixels.

        A square that exceeds the picture by one pixel, which rounding can cause, is moved inside. Raises
        ``InvalidCropArea`` if it exceeds the picture further, or if its side is below ``MIN_SIDE`` (of a picture that
        is itself smaller: below the picture's shorter side).
        """
        shorter = min(width, height)
        side = round(self.size * shorter)
        left, top = round(self.left * width), round(self.top * height)
        if left + side > width + 1 or top + side > height + 1 or side < min(MIN_SIDE, shorter):
            raise InvalidCropArea
        return _square(min(left, width - side), min(top, height - side), side)


@dataclass(frozen=True, slots=True)
class LargestSquare:
    """The largest square that fits into a picture.

    ``position`` is its place on the longer side, from 0 (left or top) to 1 (right or bottom).
    """

    position: float
    size: float = 1

    def box(self, width: int, height: int) -> Box:
        """Return the square in pixels of an upright picture of ``width`` by ``height`` pixels."""
        side = min(width, height)
        return _square(round(self.position * (width - side)), round(self.position * (height - side)), side)


CropArea = Square | LargestSquare


def _square(left: int, top: int, side: int) -> Box:
    return left, top, left + side, top + side

"""The square part of a picture to keep, in fractions, so that it is independent of the picture's size."""

from __future__ import annotations

import re
from dataclasses import dataclass

FRACTION = re.compile(r"(?:0|1|0?\.[0-9]{1,17}|1\.0{1,17})")
MIN_SIDE = 64
"""Smallest side of a part in pixels; of a picture that is smaller itself only the whole can be kept."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


class InvalidCropArea(Exception):
    """A part that is not inside the picture, or too small."""


@dataclass(frozen=True, slots=True)
class Square:
    """A part of the upright picture: ``left`` is of its width, ``top`` of its height, ``size`` of its shorter side."""

    left: float
    top: float
    size: float

    @classmethod
    def read(cls, left: str, top: str, size: str) -> Square:
        """Parse the input of a form; raise ``InvalidCropArea`` unless it is three fractions."""
        if not all(FRACTION.fullmatch(text) for text in (left, top, size)) or not float(size):
            raise InvalidCropArea
        return cls(float(left), float(top), float(size))

    def box(self, width: int, height: int) -> Box:
        """Return the part in pixels, moved inside by a pixel where rounding needs it; raise ``InvalidCropArea``."""
        shorter = min(width, height)
        side = round(self.size * shorter)
        left, top = round(self.left * width), round(self.top * height)
        if left + side > width + 1 or top + side > height + 1 or side < min(MIN_SIDE, shorter):
            raise InvalidCropArea
        return _square(min(left, width - side), min(top, height - side), side)


@dataclass(frozen=True, slots=True)
class LargestSquare:
    """The largest square that fits; ``position`` on the longer side is from 0 (left or top) to 1 (right or bottom)."""

    position: float
    size: float = 1

    def box(self, width: int, height: int) -> Box:
        """Return the part in pixels."""
        side = min(width, height)
        return _square(round(self.position * (width - side)), round(self.position * (height - side)), side)


CropArea = Square | LargestSquare


def _square(left: int, top: int, side: int) -> Box:
    return left, top, left + side, top + side

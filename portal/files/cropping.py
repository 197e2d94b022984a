"""Which square part of a picture is meant, in fractions, so that it says the same of any size of the picture."""

from __future__ import annotations

import re
from dataclasses import dataclass

FRACTION = re.compile(r"(?:0|1|0?\.[0-9]{1,17}|1\.0{1,17})")
LEAST_SIDE = 64
"""In pixels; a smaller part shows nothing. Of a picture that is smaller itself there is only the whole."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


class BadPart(Exception):
    """No part of the picture, or too small a one."""


@dataclass(frozen=True, slots=True)
class Square:
    """A part of the upright picture: ``left`` is of its width, ``top`` of its height, ``size`` of its shorter side."""

    left: float
    top: float
    size: float

    @classmethod
    def read(cls, left: str, top: str, size: str) -> Square:
        """From what a form sent; raises ``BadPart`` for anything but three fractions."""
        if not all(FRACTION.fullmatch(text) for text in (left, top, size)) or not float(size):
            raise BadPart
        return cls(float(left), float(top), float(size))

    def box(self, width: int, height: int) -> Box:
        """The part in pixels; raises ``BadPart``. What rounding puts a pixel outside is moved in."""
        shorter = min(width, height)
        side = round(self.size * shorter)
        left, top = round(self.left * width), round(self.top * height)
        if left + side > width + 1 or top + side > height + 1 or side < min(LEAST_SIDE, shorter):
            raise BadPart
        return _square(min(left, width - side), min(top, height - side), side)


@dataclass(frozen=True, slots=True)
class LargestSquare:
    """As much as fits, from one end of the longer side (``0``) to the other (``1``)."""

    place: float
    size: float = 1

    def box(self, width: int, height: int) -> Box:
        """The part in pixels."""
        side = min(width, height)
        return _square(round(self.place * (width - side)), round(self.place * (height - side)), side)


Part = Square | LargestSquare


def _square(left: int, top: int, side: int) -> Box:
    return left, top, left + side, top + side

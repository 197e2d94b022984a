"""Samples of what clients send."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

STARTS = "2031-12-06T18:00:00"


def picture(colour: str = "navy") -> bytes:
    """Return a JPEG without metadata."""
    file = io.BytesIO()
    Image.new("RGB", (1080, 608), colour).save(file, "JPEG", quality=90)
    return file.getvalue()


def base64_picture(colour: str = "navy") -> str:
    return base64.b64encode(picture(colour)).decode()


def body(**values: Any) -> dict[str, Any]:
    """Return the seven keys that the mobile app always sends."""
    return {
        "title": "Meetup",
        "description": "We talk.",
        "location": "Russia, Innopolis",
        "datetime": STARTS,
        "cost": 10,
        "is_online": False,
        "cover": None,
        **values,
    }

"""The answer of the allow list's JSON endpoint."""

from __future__ import annotations

from portal.api.schemas import Schema


class Uploaded(Schema):
    """``message`` says how many emails were added, and how many rows had none."""

    success: bool
    message: str

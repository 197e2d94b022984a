"""The answer of the allow list's JSON endpoint."""

from __future__ import annotations

from portal.api.schemas import Schema


class Uploaded(Schema):
    """The result of an import; ``message`` says how many emails were added or known, and what was left out."""

    success: bool
    message: str

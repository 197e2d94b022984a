"""Ids that are the same in all demo data: UUIDs of version 7 (RFC 9562) whose random part is a digest."""

from __future__ import annotations

import hashlib
import uuid

EPOCH_MS = 1_704_067_200_000
"""1 January 2024; the number of a row counts milliseconds from there, so that ids sort by it."""


def demo_id(kind: str, number: int) -> uuid.UUID:
    """Return the id of row ``number`` of a kind such as ``account``, always the same; ids of a kind sort by number."""
    digest = int.from_bytes(hashlib.sha256(f"{kind}:{number}".encode()).digest()[:10])
    bits = ((EPOCH_MS + number) << 80) | digest
    bits = bits & ~(0xF << 76) | (7 << 76)
    return uuid.UUID(int=bits & ~(0b11 << 62) | (0b10 << 62))

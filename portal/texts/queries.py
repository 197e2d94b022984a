"""Reads of the texts in force: those of the office, else the defaults that the portal brings along."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select

from portal.extensions import db
from portal.settings import registry
from portal.texts.models import StoredText, TextKind
from portal.texts.settings import PRIVACY_VERSION

DEFAULTS = Path(__file__).parent / "defaults"


@dataclass(frozen=True, slots=True)
class CurrentText:
    """A text in force in both languages; ``id`` and ``changed_at`` are ``None`` for the default of the portal."""

    kind: TextKind
    english: str
    russian: str
    id: uuid.UUID | None = None
    changed_at: datetime | None = None

    def in_language(self, locale: str) -> str:
        """Return the text in Russian if ``locale`` is Russian, else in English."""
        return self.russian if locale.startswith("ru") else self.english


def current(kind: TextKind) -> CurrentText:
    """Return the text of a kind that is in force."""
    newest = select(StoredText).where(StoredText.kind == kind.value).order_by(StoredText.id.desc()).limit(1)
    stored = db.session.scalar(newest)
    if stored is None:
        return default(kind)
    return CurrentText(kind, stored.english, stored.russian, stored.id, stored.created_at)


@cache
def default(kind: TextKind) -> CurrentText:
    """Return the text of a kind that the portal brings along."""
    english, russian = ((DEFAULTS / f"{kind}.{locale}.txt").read_text("utf-8").strip() for locale in ("en", "ru"))
    return CurrentText(kind, english, russian)


def privacy_version() -> int:
    """Return the version of the privacy notice that is in force."""
    return registry.get(PRIVACY_VERSION)

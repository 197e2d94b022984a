"""The settings of the texts: the version of the privacy notice, and the office's email."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, TypeAdapter

from portal.settings.definitions import Setting

EMAIL_MAX = 254

PRIVACY_VERSION: Final[Setting[int]] = Setting(
    "texts.privacy_version", TypeAdapter(Annotated[int, Field(ge=1)]), lambda _environment: 1
)
"""The version of the privacy notice that people agree to; it counts changes after which everybody is asked again."""

CONTACT_EMAIL: Final[Setting[str]] = Setting(
    "texts.contact_email",
    TypeAdapter(Annotated[str, Field(min_length=3, max_length=EMAIL_MAX)]),
    lambda environment: environment.mail_from,
)
"""The email at which people reach the office; without one of its own that of the sender of all emails."""

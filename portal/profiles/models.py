"""Database models of profiles: what people show of themselves."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now
from portal.core.db.base import Base
from portal.core.db.content_versions import Content

BIOGRAPHY_MAX = 2000
WORK_MAX = 120
PROGRAMME_MAX = 120
LINKS_MAX = 3
LINK_LABEL_MAX = 40
LINK_URL_MAX = 300
TELEGRAM_ALIAS_MIN = 3
TELEGRAM_ALIAS_MAX = 32


class Audience(StrEnum):
    """Who may see one field of a profile, from the narrowest to the widest."""

    ME = "me"
    SAME_YEAR = "same_year"
    ALUMNI = "alumni"
    MEMBERS = "members"
    PUBLIC = "public"


AUDIENCES = ", ".join(f"'{audience}'" for audience in Audience)


def audience_check(field: str) -> CheckConstraint:
    """Return the CHECK constraint that the column ``<field>_audience`` holds one of the values of ``Audience``."""
    return CheckConstraint(f"{field}_audience IN ({AUDIENCES})", name=f"{field}_audience")


PEOPLE = Content("people", ("accounts", "profiles"))
"""What answers about people are made of."""


class Profile(Base):
    """What one person shows of themselves; the names are columns of ``Account``.

    Each column ``…_audience`` holds the audience of one field: ``portal.profiles.fields`` pairs them and declares the
    audience of every other column. By default, city, email and Telegram alias are shown only to their person, and
    everything else to alumni. ``links`` holds ``{"label": …, "url": …}`` for each link, NULL for none. ``class_year``
    is the year that registration or the office set: it alone decides who is of the same year, whatever
    ``graduation_year`` says meanwhile. ``hides_first_steps``: the first steps are not shown on the home page.
    """

    __tablename__ = "profiles"
    __table_args__ = (
        *map(audience_check, ("city", "telegram", "email", "year", "biography", "work", "links", "events")),
        # All columns that counting people by city reads, so that the index alone is read.
        Index(
            "ix_profiles_city_id",
            "city_id",
            postgresql_include=["account_id", "city_audience", "class_year", "graduation_year", "year_audience"],
        ),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    graduation_year: Mapped[int | None] = mapped_column(index=True)
    class_year: Mapped[int | None]
    programme: Mapped[str | None] = mapped_column(String(PROGRAMME_MAX))
    biography: Mapped[str | None] = mapped_column(String(BIOGRAPHY_MAX))
    work: Mapped[str | None] = mapped_column(String(WORK_MAX))
    telegram_alias: Mapped[str | None] = mapped_column(String(TELEGRAM_ALIAS_MAX))
    links: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB(none_as_null=True))
    city_id: Mapped[int | None] = mapped_column(ForeignKey("cities.id"))
    city_audience: Mapped[str] = mapped_column(String(10), default=Audience.ME)
    telegram_audience: Mapped[str] = mapped_column(String(10), default=Audience.ME)
    email_audience: Mapped[str] = mapped_column(String(10), default=Audience.ME)
    year_audience: Mapped[str] = mapped_column(String(10), default=Audience.ALUMNI)
    biography_audience: Mapped[str] = mapped_column(String(10), default=Audience.ALUMNI)
    work_audience: Mapped[str] = mapped_column(String(10), default=Audience.ALUMNI)
    links_audience: Mapped[str] = mapped_column(
        String(10), default=Audience.ALUMNI, server_default=Audience.ALUMNI.value
    )
    events_audience: Mapped[str] = mapped_column(String(10), default=Audience.ALUMNI)
    avatar_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pictures.id", ondelete="SET NULL"))
    hides_first_steps: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)

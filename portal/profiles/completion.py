"""What a profile lacks, the most helpful thing for others first.

Nobody is asked for what they may not or need not have: friends of the alumni have no year here, and not everybody
uses Telegram.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.models import Role
from portal.profiles.visibility import Person


@dataclass(frozen=True, slots=True)
class Step:
    """What to add, why, and the field of the profile's form where it goes."""

    reason: LazyString
    action: LazyString
    field: str
    is_missing: Callable[[Person], bool]


STEPS = (
    Step(
        _("Add your city to see who is near. You decide who sees it."),
        _("Choose my city"),
        "city",
        lambda person: person.city is None,
    ),
    Step(
        _("Add your work, so that people looking for a designer or a doctor can find you."),
        _("Add my work"),
        "work",
        lambda person: not person.work,
    ),
    Step(
        _("Add a photo, so that people recognise you when you meet."),
        _("Add a photo"),
        "avatar",
        lambda person: person.avatar_id is None,
    ),
    Step(
        _("Say in a few words what you have been doing since graduation."),
        _("Write about me"),
        "biography",
        lambda person: not person.biography,
    ),
    Step(
        _("Add your graduation year, so that your classmates can find you."),
        _("Add my graduation year"),
        "graduation_year",
        lambda person: person.role == Role.ALUMNI and person.graduation_year is None,
    ),
    Step(
        _("Add your programme, so that people you studied with recognise you."),
        _("Add my programme"),
        "programme",
        lambda person: person.role == Role.ALUMNI and not person.programme,
    ),
)


def missing(person: Person) -> list[Step]:
    """Everything that the person could still add; empty for a complete profile."""
    return [step for step in STEPS if step.is_missing(person)]

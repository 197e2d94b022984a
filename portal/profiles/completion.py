"""Suggestions of what to add to a profile, the most helpful for others first.

Nobody is asked for what they cannot or need not have: alumni friends have no graduation year, and not everybody uses
Telegram.
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
    """A suggestion to add one thing to a profile.

    ``reason`` says why, ``action`` is the label of the link, ``field`` the form field that it leads to; ``is_missing``
    returns whether a person lacks it.
    """

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
    """Return the suggestions of what the person could still add, most helpful first; empty for a complete profile."""
    return [step for step in STEPS if step.is_missing(person)]

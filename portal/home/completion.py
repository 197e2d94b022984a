"""The one thing that would help others most to find a person, out of what their profile lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

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
        _("Put yourself on the map, so that people in your city know that you are near."),
        _("Choose my city"),
        "city",
        lambda person: person.city is None,
    ),
    Step(
        _("Add what you do now, so that people who look for a designer or a doctor find you."),
        _("Add my work"),
        "work",
        lambda person: not person.work,
    ),
    Step(
        _("Add a picture, so that people recognise you when you meet."),
        _("Add a picture"),
        "avatar",
        lambda person: person.avatar_id is None,
    ),
    Step(
        _("Tell in a few words what you have been doing since you graduated."),
        _("Write about me"),
        "biography",
        lambda person: not person.biography,
    ),
)


def next_step(person: Person) -> Step | None:
    """The first thing that is missing; ``None`` for a complete profile."""
    return next((step for step in STEPS if step.is_missing(person)), None)

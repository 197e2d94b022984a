"""The first steps of somebody who is new: a city and who may see it, a photo, and classmates to follow."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.models import Role
from portal.cities.picker import CityChoices, picker_of
from portal.core.actor import Actor
from portal.profiles import queries
from portal.profiles.forms.city import OwnCityForm
from portal.profiles.labels import city_audience_notes
from portal.profiles.queries import AudienceSizes
from portal.profiles.visibility import Person, PersonCard

CLASSMATES = 3


@dataclass(frozen=True, slots=True)
class CityQuestion:
    """The question where a person lives and who may see it: the form, its cities, and how many each audience holds."""

    form: OwnCityForm
    picker: CityChoices
    sizes: AudienceSizes | None

    @property
    def notes(self) -> dict[str, str]:
        """What each audience means, keyed by ``Audience``."""
        return city_audience_notes(self.sizes)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The first steps of a person, and which of them are done.

    ``city`` is the question about the city, ``None`` once there is one. ``classmates`` are some of the people to find:
    of the person's year, who number ``sizes.same_year``.
    """

    person: Person
    city: CityQuestion | None
    has_photo: bool
    follows_somebody: bool
    sizes: AudienceSizes
    classmates: list[PersonCard]

    @property
    def current(self) -> str:
        """The name of the first step that is not done: ``city``, ``photo`` or ``people``."""
        if self.city:
            return "city"
        return "people" if self.has_photo else "photo"

    @property
    def has_year(self) -> bool:
        """Whether the person has classmates to look for."""
        return self.person.role == Role.ALUMNI and self.person.graduation_year is not None


def city_question(actor: Actor, person: Person) -> CityQuestion:
    """Return the question about the actor's own city; ``person`` is the actor's profile."""
    return question_of(OwnCityForm.of(person), queries.shown_sizes(actor))


def question_of(form: OwnCityForm, sizes: AudienceSizes | None) -> CityQuestion:
    """Return the question that a form asks, with the numbers of people of each audience."""
    return CityQuestion(form, picker_of(form), sizes)


def first_steps(actor: Actor, person: Person) -> FirstSteps | None:
    """Return the first steps of the actor, or ``None`` if they are done or hidden; ``person`` is the actor's profile.

    Staff have none: they follow nobody. In a portal without follows only the other steps count.
    """
    has_photo, related = person.avatar_id is not None, person.relationships
    follows_somebody = related is None or related.following > 0
    if (
        person.role == Role.STAFF
        or (person.city and has_photo and follows_somebody)
        or queries.hides_first_steps(actor)
    ):
        return None
    sizes = queries.audience_sizes(actor)
    question = None if person.city else question_of(OwnCityForm.short(person), sizes)
    faces = queries.classmates(actor, CLASSMATES) if person.graduation_year else []
    return FirstSteps(person, question, has_photo, follows_somebody, sizes, faces)

"""The form in which people choose their own city and who may see it."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import Field as FormField
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from portal.accounts.models import Role
from portal.cities.picker import NOT_CHOSEN, CityForm
from portal.profiles.fields import AUDIENCE_FIELDS, Field
from portal.profiles.labels import AUDIENCE_LABELS
from portal.profiles.models import Audience
from portal.profiles.services import ProfileChanges
from portal.profiles.visibility import Person

USUAL_AUDIENCES: dict[str, tuple[Audience, ...]] = {
    Role.ALUMNI: (Audience.ALUMNI, Audience.SAME_YEAR, Audience.ME),
    Role.ALUMNI_FRIEND: (Audience.MEMBERS, Audience.ME),
}
NO_AUDIENCE = _("Choose who may see your city.")


def chosen_audiences(person: Person) -> dict[str, str]:
    """Return the audiences that a person chose, keyed by form field such as ``city_audience``.

    If the record of the person has no audiences, they are all "only me".
    """
    chosen = person.audiences or {}
    return {field.key: chosen.get(name, Audience.ME) for name, field in AUDIENCE_FIELDS.items()}


def audience_choices(field: Field, person: Person) -> list[tuple[str, LazyString]]:
    """Return the audiences that a person may choose for a field, as pairs of value and label, narrowest first.

    Those who are not alumni are not offered "alumni of my year"; the present choice is always among the pairs.
    """
    present = chosen_audiences(person)[field.key]
    offered = {*field.offered, present} - ({Audience.SAME_YEAR} if person.role != Role.ALUMNI else set())
    return [(each, label) for each, label in AUDIENCE_LABELS.items() if each in offered | {present}]


def city_values(person: Person) -> dict[str, Any]:
    """Return the initial values of a ``CityAudienceForm`` for a person.

    Somebody without a city who never chose an audience for it starts without one, so that they have to choose.
    """
    audience = chosen_audiences(person)["city_audience"]
    chosen = None if person.city is None and audience == Audience.ME else audience
    return {
        "city_id": person.city.id if person.city else None,
        "city_audience": chosen,
        "city_audience_saved": chosen,
    }


class CityAudienceForm(CityForm):
    """A form with a person's own city and its audience, which has to be chosen together with the first city.

    ``city_audience_saved`` is the audience with which the form opened: the privacy page may have changed it since.
    """

    city_audience = RadioField(_("Who may see it?"), validate_choice=False)
    city_audience_saved = HiddenField()

    def offer_audiences(self, person: Person) -> None:
        """Set the audiences from which the person may choose."""
        self.city_audience.choices = audience_choices(AUDIENCE_FIELDS["city"], person)

    def validate_city_audience(self, field: FormField) -> None:
        """Raise ``ValidationError`` if a city was chosen but nobody who may see it; called by WTForms."""
        if self.city_id.data and not field.data:
            raise ValidationError(NO_AUDIENCE)

    def audience_changes(self) -> ProfileChanges:
        """Return the audience of the city as ``ProfileChanges``, or no entry if it was not changed in this form."""
        is_changed = self.city_audience.data and self.city_audience.data != self.city_audience_saved.data
        return {"city_audience": self.city_audience.data} if is_changed else {}


class OwnCityForm(CityAudienceForm):
    """A form with nothing but a person's own city and its audience; both are needed."""

    needs_city = True

    @classmethod
    def of(cls, person: Person) -> OwnCityForm:
        """Return the form filled with the submitted values or, if nothing was submitted, with the person's city."""
        form = cls(data=city_values(person))
        form.offer_audiences(person)
        return form

    @classmethod
    def short(cls, person: Person) -> OwnCityForm:
        """Return the form with the audiences that most people want, the widest first, for a page with more on it."""
        form = cls.of(person)
        offered = dict(form.city_audience.choices)
        form.city_audience.choices = [(each, offered[each]) for each in USUAL_AUDIENCES[person.role] if each in offered]
        return form

    def validate_city_id(self, field: FormField) -> None:
        """Raise ``ValidationError`` unless a city was chosen; called by WTForms."""
        if not field.data:
            raise ValidationError(NOT_CHOSEN if self.typed_city else _("Type the name of your city."))

    def changes(self) -> ProfileChanges:
        """Return the city and its audience as ``ProfileChanges``."""
        return cast(ProfileChanges, {"city_id": self.city_id.data} | self.audience_changes())

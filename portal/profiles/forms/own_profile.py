"""The forms in which people edit their own profile and its audiences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import Field as FormField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.accounts.models import NAME_MAX, Role
from portal.cities.picker import CityForm
from portal.core.errors import Invalid
from portal.profiles import normalisation
from portal.profiles.fields import AUDIENCE_FIELDS, Field
from portal.profiles.forms.avatar import AvatarForm
from portal.profiles.labels import AUDIENCE_LABELS, FIELD_HINTS, FIELD_LABELS
from portal.profiles.models import BIOGRAPHY_MAX, PROGRAMME_MAX, WORK_MAX, Audience
from portal.profiles.services import ProfileChanges
from portal.profiles.visibility import Person
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import IntegerField, max_length, normalise_line_ends, strip_blanks


@contextmanager
def refusal_at_field() -> Iterator[None]:
    """Turn ``Invalid`` raised in a ``with`` block into WTForms' ``ValidationError``, which the field shows."""
    try:
        yield
    except Invalid as refusal:
        raise ValidationError(refusal.message) from None


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


class AudienceForm(PortalForm):
    """A form with one choice of audience for each of ``AUDIENCE_FIELDS``, named as in ``ProfileChanges``."""

    @classmethod
    def of(cls, person: Person) -> AudienceForm:
        """Return the form filled with the submitted values or, if nothing was submitted, with the person's choices."""
        form = cls(data=chosen_audiences(person))
        for field in AUDIENCE_FIELDS.values():
            form[field.key].choices = audience_choices(field, person)
        return form

    def changes(self) -> ProfileChanges:
        """Return the chosen audiences of all fields as ``ProfileChanges``."""
        return cast(ProfileChanges, {field.key: self[field.key].data for field in AUDIENCE_FIELDS.values()})


for _name, _field in AUDIENCE_FIELDS.items():
    setattr(AudienceForm, _field.key, SelectField(FIELD_LABELS[_name], description=FIELD_HINTS[_name]))


class ProfileForm(AvatarForm, CityForm):
    """The form of a person's own profile. Fields are named as in ``ProfileChanges``, so that errors appear at them.

    ``city_audience_saved`` is the audience with which the form opened: the privacy page may have changed it since.
    """

    first_name = StringField(
        _("First name"),
        [InputRequired(_("Enter your first name.")), max_length(NAME_MAX)],
        render_kw={"autocomplete": "given-name"},
    )
    last_name = StringField(
        _("Last name"),
        [InputRequired(_("Enter your last name.")), max_length(NAME_MAX)],
        render_kw={"autocomplete": "family-name"},
    )
    other_first_name = StringField(
        _("First name in another alphabet"), [max_length(NAME_MAX)], render_kw={"autocomplete": "off"}
    )
    other_last_name = StringField(
        _("Last name in another alphabet"), [max_length(NAME_MAX)], render_kw={"autocomplete": "off"}
    )
    graduation_year = IntegerField(
        _("Graduation year"), [Optional()], render_kw={"inputmode": "numeric", "maxlength": 4}
    )
    programme = StringField(_("Programme"), [max_length(PROGRAMME_MAX)])
    work = StringField(_("Work"), [max_length(WORK_MAX)], render_kw={"autocomplete": "organization-title"})
    biography = TextAreaField(
        _("About you"), [max_length(BIOGRAPHY_MAX)], filters=[normalise_line_ends, strip_blanks], render_kw={"rows": 5}
    )
    telegram_alias = StringField(
        _("Telegram"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    city_audience = RadioField(_("Who sees your city"))
    city_audience_saved = HiddenField()

    @classmethod
    def of(cls, person: Person) -> ProfileForm:
        """Return the form filled with the submitted values or, if nothing was submitted, with the person's profile.

        The form of an alumni friend has no graduation year.
        """
        form = cls(
            data={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "other_first_name": person.other_first_name,
                "other_last_name": person.other_last_name,
                "graduation_year": person.graduation_year,
                "programme": person.programme,
                "work": person.work,
                "biography": person.biography,
                "telegram_alias": person.telegram_alias,
                "city_id": person.city.id if person.city else None,
                **chosen_audiences(person),
                "city_audience_saved": chosen_audiences(person)["city_audience"],
            }
        )
        form.city_audience.choices = audience_choices(AUDIENCE_FIELDS["city"], person)
        if person.is_alumni_friend:
            del form.graduation_year
        return form

    def validate_graduation_year(self, field: FormField) -> None:
        with refusal_at_field():
            normalisation.graduation_year(field.data)

    def validate_other_first_name(self, field: FormField) -> None:
        with refusal_at_field():
            normalisation.other_name(field.data, field.name)

    def validate_other_last_name(self, field: FormField) -> None:
        with refusal_at_field():
            normalisation.other_name(field.data, field.name)

    def validate_telegram_alias(self, field: FormField) -> None:
        with refusal_at_field():
            normalisation.telegram_alias(field.data)

    def changes(self) -> ProfileChanges:
        """Return the form's values as ``ProfileChanges``; ``update_own`` ignores those that equal the stored ones.

        The audience of the city is included only if it was changed in this form, the photo only if it was changed or
        cropped.
        """
        values: dict[str, Any] = {
            field.name: field.data for field in self if field.name in ProfileChanges.__annotations__
        }
        values.pop("avatar")
        if self.city_audience.data == self.city_audience_saved.data:
            values.pop("city_audience")
        return cast(ProfileChanges, values | self.avatar_changes())

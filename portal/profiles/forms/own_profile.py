"""The forms in which people edit their own profile and its audiences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask_babel import lazy_gettext as _
from wtforms import Field as FormField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from portal.accounts.models import NAME_MAX
from portal.core.errors import Invalid
from portal.core.text import is_blank
from portal.profiles import normalisation
from portal.profiles.fields import AUDIENCE_FIELDS
from portal.profiles.forms.avatar import AvatarForm
from portal.profiles.forms.city import CityAudienceForm, audience_choices, chosen_audiences, city_values
from portal.profiles.labels import FIELD_HINTS, FIELD_LABELS
from portal.profiles.models import BIOGRAPHY_MAX, LINK_LABEL_MAX, LINK_URL_MAX, LINKS_MAX, PROGRAMME_MAX, WORK_MAX
from portal.profiles.services import ProfileChanges
from portal.profiles.visibility import Person
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import IntegerField, NamedAtAll, max_length, normalise_line_ends, strip_blanks


@contextmanager
def refusal_at_field() -> Iterator[None]:
    """Turn ``Invalid`` raised in a ``with`` block into WTForms' ``ValidationError``, which the field shows."""
    try:
        yield
    except Invalid as refusal:
        raise ValidationError(refusal.message) from None


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
    setattr(AudienceForm, _field.key, RadioField(FIELD_LABELS[_name], description=FIELD_HINTS[_name]))


class ProfileForm(AvatarForm, CityAudienceForm):
    """The form of a person's own profile. Fields are named as in ``ProfileChanges``, so that errors appear at them."""

    first_name = StringField(
        _("First name"),
        [NamedAtAll(), max_length(NAME_MAX)],
        render_kw={"autocomplete": "given-name"},
    )
    last_name = StringField(
        _("Last name"),
        [max_length(NAME_MAX)],
        render_kw={"autocomplete": "family-name"},
    )
    other_first_name = StringField(
        _("First name in another alphabet"), [max_length(NAME_MAX)], render_kw={"autocomplete": "off"}
    )
    other_last_name = StringField(
        _("Last name in another alphabet"), [max_length(NAME_MAX)], render_kw={"autocomplete": "off"}
    )
    former_last_name = StringField(_("Former last name"), [max_length(NAME_MAX)], render_kw={"autocomplete": "off"})
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

    @property
    def has_other_names(self) -> bool:
        """Whether a second spelling or a former name was given, or is wrong, so that the page shows these fields."""
        fields = (self.other_first_name, self.other_last_name, self.former_last_name)
        return any(field.data or field.errors for field in fields)

    @property
    def link_rows(self) -> list[tuple[FormField, FormField]]:
        """The pairs of fields for the label and the URL of each link."""
        return [(self[f"link_label_{place}"], self[f"link_url_{place}"]) for place in range(LINKS_MAX)]

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
                "former_last_name": person.former_last_name,
                "graduation_year": person.graduation_year,
                "programme": person.programme,
                "work": person.work,
                "biography": person.biography,
                "telegram_alias": person.telegram_alias,
                **{f"link_label_{place}": link.label for place, link in enumerate(person.links)},
                **{f"link_url_{place}": link.url for place, link in enumerate(person.links)},
                **city_values(person),
            }
        )
        form.offer_audiences(person)
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

    def validate_former_last_name(self, field: FormField) -> None:
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
        del values["avatar"], values["city_audience"]
        if is_blank(values["first_name"] or ""):  # a person's only name is kept as the first one
            values |= {"first_name": values["last_name"], "last_name": ""}
        values["links"] = [(label.data, url.data) for label, url in self.link_rows]
        return cast(ProfileChanges, values | self.audience_changes() | self.avatar_changes())


def check_link(form: ProfileForm, field: FormField) -> None:
    """Raise ``ValidationError`` for the URL of a link that cannot be saved; called by WTForms."""
    label = form[field.name.replace("link_url", "link_label")]
    with refusal_at_field():
        normalisation.links([(label.data, field.data)])


for _place in range(LINKS_MAX):
    setattr(ProfileForm, f"link_label_{_place}", StringField(_("Name of the link"), [max_length(LINK_LABEL_MAX)]))
    setattr(
        ProfileForm,
        f"link_url_{_place}",
        StringField(_("Link"), [max_length(LINK_URL_MAX), check_link], render_kw={"type": "url", "inputmode": "url"}),
    )

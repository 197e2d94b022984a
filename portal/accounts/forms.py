"""Shapes of the account pages' input."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from portal.accounts.authentication.password_policy import check_password
from portal.accounts.models import EMAIL_MAX, NAME_MAX, PASSWORD_MIN, Role
from portal.accounts.registration.services import Registration
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.web.forms.base import PortalForm
from portal.web.i18n.time_zones import present_name, zone_choices

OLDEST_CLASS = 2014
CODE_TYPED_MAX = 40


class NeededOfGraduates:
    """Alumni friends leave the field empty."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: RegistrationForm, field: SelectField) -> None:
        if not field.data and form.role.data != Role.ALUMNI_FRIEND:
            raise StopValidation(gettext("Choose the year you graduated."))


class FitPassword:
    """Said when the field is left; the service asks again."""

    def __call__(self, form: RegistrationForm, field: PasswordField) -> None:
        own = (form.first_name.data, form.last_name.data, form.email.data)
        try:
            check_password(field.data or "", own=filter(None, own))
        except Invalid as refusal:
            raise StopValidation(refusal.message) from None


class RegistrationForm(PortalForm):
    first_name = StringField(
        _("First name"),
        validators=[DataRequired(_("Enter your first name.")), Length(max=NAME_MAX)],
        render_kw={"autocomplete": "given-name", "maxlength": NAME_MAX},
    )
    last_name = StringField(
        _("Last name"),
        validators=[DataRequired(_("Enter your last name.")), Length(max=NAME_MAX)],
        render_kw={"autocomplete": "family-name", "maxlength": NAME_MAX},
    )
    email = EmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "username", "maxlength": EMAIL_MAX},
    )
    password = PasswordField(
        _("Password"),
        validators=[DataRequired(_("Choose a password.")), FitPassword()],
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_MIN},
    )
    role = RadioField(_("You are"), default=Role.ALUMNI.value)
    graduation_year = SelectField(_("Graduation year"), validators=[NeededOfGraduates()], coerce=str)
    telegram_alias = StringField(_("Telegram username"), validators=[Optional()], render_kw={"autocomplete": "off"})

    def __init__(self) -> None:
        super().__init__()
        years = [str(year) for year in range(now().year, OLDEST_CLASS - 1, -1)]
        self.graduation_year.choices = [SelectChoice("", gettext("Choose a year")), *map(SelectChoice, years)]
        self.role.choices = [
            SelectChoice(Role.ALUMNI.value, gettext("a graduate")),
            SelectChoice(Role.ALUMNI_FRIEND.value, gettext("an alumni friend")),
        ]

    def registration(self) -> Registration:
        """What was typed, for the service."""
        is_friend = self.role.data == Role.ALUMNI_FRIEND
        return Registration(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data or "",
            password=self.password.data or "",
            role=self.role.data,
            graduation_year=int(self.graduation_year.data) if self.graduation_year.data and not is_friend else None,
            telegram_alias=self.telegram_alias.data or None,
        )


class LoginForm(PortalForm):
    next = HiddenField()
    email = EmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        validators=[DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class LinkForm(PortalForm):
    """The one button that verifies."""

    token = HiddenField()


class ResendForm(PortalForm):
    email = EmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "username"},
    )


class CodeRequestForm(ResendForm):
    """Where a sign-in code shall go."""

    next = HiddenField()


class ResetRequestForm(ResendForm):
    """Whose password shall be set anew."""


def code_field(label: LazyString) -> StringField:
    """Phones offer the code from the message, and show digits to type it."""
    return StringField(
        label,
        validators=[DataRequired(_("Enter the code.")), Length(max=CODE_TYPED_MAX)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "maxlength": CODE_TYPED_MAX},
    )


def new_password_field() -> PasswordField:
    return PasswordField(
        _("New password"),
        validators=[
            DataRequired(_("Choose a new password."))
        ],  # the service knows the person's names and refuses what is easily guessed
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_MIN},
    )


class CodeForm(PortalForm):
    """A code that was sent, the authenticator's number, or a recovery code."""

    code = code_field(_("Code"))


class ResetForm(PortalForm):
    token = HiddenField()
    new_password = new_password_field()


class ProofForm(PortalForm):
    """The password, or a code: whichever is at hand and the account has."""

    next = HiddenField()
    password = PasswordField(_("Password"), validators=[Optional()], render_kw={"autocomplete": "current-password"})
    code = StringField(
        _("Code"),
        validators=[Optional(), Length(max=CODE_TYPED_MAX)],
        render_kw={"autocomplete": "one-time-code", "maxlength": CODE_TYPED_MAX},
    )

    def __init__(self, *, has_password: bool, **values: Any) -> None:
        super().__init__(**values)
        if not has_password:
            del self.password

    @property
    def typed_password(self) -> str:
        return (self.password.data or "") if "password" in self else ""

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.typed_password or self.code.data:
            return valid
        if "password" in self:
            self.refuse("password", gettext("Enter your password or a code."))
        else:
            self.refuse("code", gettext("Enter the code."))
        return False


class PasswordForm(PortalForm):
    """``has_password`` is False for people who sign in by code and set their first one."""

    current_password = PasswordField(
        _("Current password"),
        validators=[DataRequired(_("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = new_password_field()

    def __init__(self, *, has_password: bool) -> None:
        super().__init__()
        if not has_password:
            del self.current_password


class AddressForm(PortalForm):
    email = EmailField(
        _("New email address"),
        validators=[DataRequired(_("Enter the new email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "email"},
    )


class FactorForm(PortalForm):
    """Which button was pressed says what shall be the second step."""

    factor = StringField(validators=[DataRequired()])


class SettingsForm(PortalForm):
    locale = SelectField(_("Language"), coerce=str)
    theme = SelectField(_("Theme"), coerce=str)
    time_zone = SelectField(_("Time zone"), coerce=str)

    def __init__(self, *, time_zone: str | None = None, **values: Any) -> None:
        zone = present_name(time_zone or "")
        super().__init__(time_zone=zone, **values)
        self.locale.choices = [
            SelectChoice("", gettext("Same as the browser")),
            SelectChoice("en", "English"),
            SelectChoice("ru", "Русский"),
        ]
        self.theme.choices = [
            SelectChoice("", gettext("System")),
            SelectChoice("light", gettext("Light")),
            SelectChoice("dark", gettext("Dark")),
        ]
        zones = [SelectChoice("", gettext("Same as the browser")), *zone_choices()]
        unlisted = [] if any(choice.value == zone for choice in zones) else [SelectChoice(zone)]
        self.time_zone.choices = unlisted + zones

    def chosen(self) -> dict[str, str | None]:
        """For the service; without a language or zone the browser says, the empty look is the system's."""
        return {
            "locale": self.locale.data or None,
            "theme": self.theme.data,
            "time_zone": self.time_zone.data or None,
        }

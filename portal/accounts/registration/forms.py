"""The form of the registration page and its validators."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, StopValidation
from wtforms.widgets import PasswordInput

from portal.accounts.authentication.password_policy import check_password
from portal.accounts.emails import validate as validate_email
from portal.accounts.forms import CleanedEmailField
from portal.accounts.models import EMAIL_MAX, NAME_MAX, PASSWORD_MIN, Role
from portal.accounts.registration.browser_binding import Registration
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.texts.consent import NOTICE_CHANGED
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import IntegerField, NamedAtAll

OLDEST_GRADUATION_YEAR = 2014


class RequiredForGraduates:
    """Validator that requires a value unless the person registers as an alumni friend."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: RegistrationForm, field: SelectField) -> None:
        if not field.data and form.role.data != Role.ALUMNI_FRIEND:
            raise StopValidation(gettext("Choose the year you graduated."))


class UsableEmail:
    """Validator that refuses what is no email while the person is still typing; the service validates it again."""

    def __call__(self, _form: RegistrationForm, field: CleanedEmailField) -> None:
        try:
            validate_email(field.data or "")
        except Invalid as refusal:
            raise StopValidation(refusal.message) from None


class AcceptablePassword:
    """Validator that applies the password policy while the person is still typing; the service applies it again."""

    def __call__(self, form: RegistrationForm, field: PasswordField) -> None:
        own = (form.first_name.data, form.last_name.data, form.email.data)
        try:
            check_password(field.data or "", own=filter(None, own))
        except Invalid as refusal:
            raise StopValidation(refusal.message) from None


class RegistrationForm(PortalForm):
    """The values that a person enters to register."""

    first_name = StringField(
        _("First name"),
        validators=[NamedAtAll(), Length(max=NAME_MAX)],
        render_kw={"autocomplete": "given-name", "maxlength": NAME_MAX},
    )
    last_name = StringField(
        _("Last name"),
        validators=[Optional(), Length(max=NAME_MAX)],
        render_kw={"autocomplete": "family-name", "maxlength": NAME_MAX},
    )
    email = CleanedEmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX), UsableEmail()],
        render_kw={"autocomplete": "username", "maxlength": EMAIL_MAX},
    )
    password = PasswordField(
        _("Password"),
        validators=[DataRequired(_("Choose a password.")), AcceptablePassword()],
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_MIN},
    )
    role = RadioField(_("You are"), default=Role.ALUMNI.value)
    graduation_year = SelectField(_("Graduation year"), validators=[RequiredForGraduates()], coerce=str)
    telegram_alias = StringField(_("Telegram username"), validators=[Optional()], render_kw={"autocomplete": "off"})

    privacy_version = IntegerField()

    def __init__(self, notice_version: int) -> None:
        """Offer the graduation years from this one back to ``OLDEST_GRADUATION_YEAR``, and the two roles.

        ``notice_version`` is the version of the privacy notice in force, to which the person agrees by registering.
        """
        super().__init__()
        self.notice_version = notice_version
        self.keeps_password = False
        years = [str(year) for year in range(now().year, OLDEST_GRADUATION_YEAR - 1, -1)]
        self.graduation_year.choices = [SelectChoice("", gettext("Choose a year")), *map(SelectChoice, years)]
        self.role.choices = [
            SelectChoice(Role.ALUMNI.value, gettext("a graduate")),
            SelectChoice(Role.ALUMNI_FRIEND.value, gettext("an alumni friend")),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether the input is valid, and entered under the privacy notice in force; add the errors.

        If nothing but the notice has changed meanwhile, the form comes back with all that was typed, the password too:
        its page must not be stored.
        """
        is_valid, is_current = super().validate(extra_validators), self.is_notice_current()
        if is_valid and not is_current:
            self.keeps_password = True
            self.password.widget = PasswordInput(hide_value=False)
        return is_valid and is_current

    def is_notice_current(self) -> bool:
        """Return whether the person was shown the privacy notice in force; if not, add the error that says so."""
        is_current: bool = self.privacy_version.data == self.notice_version
        if not is_current:
            self.add_error(None, str(NOTICE_CHANGED))
        return is_current

    def ask_again(self) -> None:
        """Add the errors of a form whose token is stale; the notice may have changed since then, too."""
        super().ask_again()
        self.is_notice_current()

    def registration(self) -> Registration:
        """Return the entered values as the argument of the service.

        Messages to the person will be in the language of the page. An alumni friend has no graduation year.
        """
        is_friend = self.role.data == Role.ALUMNI_FRIEND
        return Registration(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            email=self.email.data or "",
            password=self.password.data or "",
            locale=str(get_locale()),
            role=self.role.data,
            graduation_year=int(self.graduation_year.data) if self.graduation_year.data and not is_friend else None,
            telegram_alias=self.telegram_alias.data or None,
            privacy_version=self.privacy_version.data,
            may_have_one_name=True,
        )

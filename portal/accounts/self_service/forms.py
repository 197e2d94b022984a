"""Input of the pages of one's own account."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.accounts.forms import CleanedEmailField, EmailForm
from portal.accounts.models import EMAIL_MAX, PASSWORD_MIN
from portal.web.forms.base import PortalForm
from portal.web.i18n.time_zones import current_zone_name, zone_choices


def new_password_field() -> PasswordField:
    """Return a required field for a new password.

    The service checks the password against the policy, which needs the person's names.
    """
    return PasswordField(
        _("New password"),
        validators=[DataRequired(_("Choose a new password."))],
        render_kw={"autocomplete": "new-password", "minlength": PASSWORD_MIN},
    )


class ResetRequestForm(EmailForm):
    """A field for the email of the account whose password is to be reset."""


class ResetForm(PortalForm):
    """A field for a new password; ``token`` is the token of the emailed link to reset the password."""

    token = HiddenField()
    new_password = new_password_field()


class PasswordForm(PortalForm):
    """Fields for the current and a new password; the current one only if the account has a password."""

    current_password = PasswordField(
        _("Current password"),
        validators=[DataRequired(_("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = new_password_field()

    def __init__(self, *, has_password: bool) -> None:
        """Remove the field of the current password for people who sign in by code and set their first password."""
        super().__init__()
        if not has_password:
            del self.current_password


class EmailChangeForm(PortalForm):
    """A field for the new email of the account."""

    email = CleanedEmailField(
        _("New email address"),
        validators=[DataRequired(_("Enter the new email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "email"},
    )


class FactorForm(PortalForm):
    """The second factor that the pressed button stands for: ``none``, ``mail`` or ``telegram``."""

    factor = StringField(validators=[DataRequired()])


class SettingsForm(PortalForm):
    """Fields for language, theme and time zone."""

    locale = SelectField(_("Language"), coerce=str)
    theme = SelectField(_("Theme"), coerce=str)
    time_zone = SelectField(_("Time zone"), coerce=str)

    def __init__(self, *, time_zone: str | None = None, **values: Any) -> None:
        """Set the choices of each field, with the account's ``time_zone`` even if it is not in the list of zones."""
        zone = current_zone_name(time_zone or "")
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
        self.time_zone.choices = [SelectChoice("", gettext("Same as the browser")), *zone_choices(zone)]

    def preferences(self) -> dict[str, str | None]:
        """Return ``locale``, ``theme`` and ``time_zone`` as arguments of ``preferences.change_settings``.

        ``None`` leaves language or time zone to the browser, an empty theme is that of the system.
        """
        return {
            "locale": self.locale.data or None,
            "theme": self.theme.data,
            "time_zone": self.time_zone.data or None,
        }

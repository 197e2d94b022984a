"""Forms of the pages for signing in and re-authentication."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.forms import CODE_TYPED_MAX, CleanedEmailField, EmailForm
from portal.accounts.models import EMAIL_MAX
from portal.web.forms.base import PortalForm


class LoginForm(PortalForm):
    """Email and password; ``next`` is the URL to go to afterwards."""

    next = HiddenField()
    email = CleanedEmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        validators=[DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class CodeRequestForm(EmailForm):
    """The email of the account that a sign-in code is for; ``next`` is the URL to go to afterwards."""

    next = HiddenField()


class ReauthenticationForm(PortalForm):
    """The password or a code; the password only where the account has one. ``next`` is the URL to go to afterwards."""

    next = HiddenField()
    password = PasswordField(_("Password"), validators=[Optional()], render_kw={"autocomplete": "current-password"})
    code = StringField(
        _("Code"),
        validators=[Optional(), Length(max=CODE_TYPED_MAX)],
        render_kw={"autocomplete": "one-time-code", "maxlength": CODE_TYPED_MAX},
    )

    def __init__(self, *, has_password: bool, **values: Any) -> None:
        """Remove the password field unless the account has a password; ``values`` are arguments of ``PortalForm``."""
        super().__init__(**values)
        if not has_password:
            del self.password

    @property
    def typed_password(self) -> str:
        """The password as typed, or an empty string if none was typed or the form has no such field."""
        return (self.password.data or "") if "password" in self else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether the input is valid, with the password or the code filled in; add an error if neither is."""
        is_valid = super().validate(extra_validators)
        if self.typed_password or self.code.data:
            return is_valid
        if "password" in self:
            self.add_error("password", gettext("Enter your password or a code."))
        else:
            self.add_error("code", gettext("Enter the code."))
        return False

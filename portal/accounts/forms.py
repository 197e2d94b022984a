"""Forms and fields that several of the account pages use."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.accounts.models import EMAIL_MAX
from portal.web.forms.base import PortalForm

CODE_TYPED_MAX = 40


def code_field(label: LazyString) -> StringField:
    """Phones offer the code from the message, and show digits to type it."""
    return StringField(
        label,
        validators=[DataRequired(_("Enter the code.")), Length(max=CODE_TYPED_MAX)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "maxlength": CODE_TYPED_MAX},
    )


class ResendForm(PortalForm):
    email = EmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "username"},
    )


class LinkForm(PortalForm):
    """The one button that verifies."""

    token = HiddenField()


class CodeForm(PortalForm):
    """A code that was sent, the authenticator's number, or a recovery code."""

    code = code_field(_("Code"))

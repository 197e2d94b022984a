"""Forms and fields that several of the account pages use."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.accounts.emails import clean
from portal.accounts.models import EMAIL_MAX
from portal.web.forms.base import PortalForm

CODE_TYPED_MAX = 40


class CleanedEmailField(EmailField):
    """A field for an email, which is cleaned of what copying adds to it before it is checked or shown again."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the cleaned text of the submitted field."""
        super().process_formdata([clean(typed) if isinstance(typed, str) else typed for typed in valuelist])


class EmailForm(PortalForm):
    """A field for the email of an account."""

    email = CleanedEmailField(
        _("Email address"),
        validators=[DataRequired(_("Enter your email address.")), Length(max=EMAIL_MAX)],
        render_kw={"autocomplete": "username"},
    )


class LinkForm(PortalForm):
    """A form of one button; ``token`` is the token of the emailed link that led to the page."""

    token = HiddenField()


class CodeForm(PortalForm):
    """A field for a code: one that was sent, one from an authenticator app, or a recovery code.

    Phones offer the code from the message; recovery codes have letters, so the keyboard is not limited to digits.
    """

    code = StringField(
        _("Code"),
        validators=[DataRequired(_("Enter the code.")), Length(max=CODE_TYPED_MAX)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "maxlength": CODE_TYPED_MAX},
    )

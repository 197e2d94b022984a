"""The form of the texts that everybody can read."""

from __future__ import annotations

from typing import Self

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, HiddenField, TextAreaField
from wtforms.validators import DataRequired

from portal.texts.models import TEXT_MAX, TextKind
from portal.texts.queries import CurrentText
from portal.texts.rendering import contact_email
from portal.texts.services import TextChange
from portal.texts.settings import EMAIL_MAX
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import max_length, normalise_line_ends, strip_blanks


class TextForm(PortalForm):
    """A text in both languages; ``replaced`` is the id of the stored text that it replaces, empty for the default."""

    replaced = HiddenField()
    english = TextAreaField(
        _("English"),
        filters=[normalise_line_ends, strip_blanks],
        validators=[DataRequired(_("Write the text in this language.")), max_length(TEXT_MAX)],
        render_kw={"rows": 18, "lang": "en"},
    )
    russian = TextAreaField(
        _("Russian"),
        filters=[normalise_line_ends, strip_blanks],
        validators=[DataRequired(_("Write the text in this language.")), max_length(TEXT_MAX)],
        render_kw={"rows": 18, "lang": "ru"},
    )
    contact_email = EmailField(
        _("Email address of the alumni office"),
        validators=[DataRequired(_("Enter the email address.")), max_length(EMAIL_MAX)],
    )
    asks_again = BooleanField(_("Ask everybody to agree again"))

    @classmethod
    def of(cls, text: CurrentText) -> Self:
        """Return the form filled with a text in force, with the fields that concern its kind."""
        form = cls(
            replaced=str(text.id or ""),
            english=text.english.strip(),
            russian=text.russian.strip(),
            contact_email=contact_email(),
        )
        if text.kind is not TextKind.CONTACT:
            del form.contact_email
        if text.kind is not TextKind.PRIVACY:
            del form.asks_again
        return form

    def change(self, kind: TextKind) -> TextChange:
        """Return the entered text as the argument of the service."""
        return TextChange(
            kind,
            self.english.data or "",
            self.russian.data or "",
            self.replaced.data or "",
            asks_again="asks_again" in self and self.asks_again.data,
            contact_email=self.contact_email.data if "contact_email" in self else None,
        )

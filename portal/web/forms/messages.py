"""Translated messages of the forms in place of those of WTForms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

REQUIRED = _("Fill in this field.")
NOT_A_CHOICE = _("Choose one of the options.")

MESSAGES = {
    "This field is required.": REQUIRED,
    "Not a valid choice.": NOT_A_CHOICE,
    "Invalid Choice: could not coerce.": NOT_A_CHOICE,
    "Field must be at least %(min)d characters long.": _("This is too short: at least %(min)s characters."),
    "Field cannot be longer than %(max)d characters.": _("This is too long: at most %(max)s characters."),
    "Field must be between %(min)d and %(max)d characters long.": _("Enter %(min)s to %(max)s characters."),
    "Number must be at least %(min)s.": _("This must be at least %(min)s."),
    "Number must be at most %(max)s.": _("This must be at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": _("This must be a number from %(min)s to %(max)s."),
}


class FormMessages:
    """The translations object that WTForms asks for its messages, and for names of fields without a label."""

    def gettext(self, text: str) -> str:
        """Return our translated message for a message of WTForms; any other text is returned as it is."""
        return str(MESSAGES.get(text, text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return our translated message for ``plural``, a message of WTForms; ours have the number as a parameter."""
        return self.gettext(plural)

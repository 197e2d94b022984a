"""Our words for what WTForms finds wrong with a field, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

NEEDED = _("Fill in this field.")
NO_SUCH_CHOICE = _("Choose one of the options.")

SENTENCES = {
    "This field is required.": NEEDED,
    "Not a valid choice.": NO_SUCH_CHOICE,
    "Invalid Choice: could not coerce.": NO_SUCH_CHOICE,
    "Field must be at least %(min)d characters long.": _("This is too short: at least %(min)s characters."),
    "Field cannot be longer than %(max)d characters.": _("This is too long: at most %(max)s characters."),
    "Field must be between %(min)d and %(max)d characters long.": _("Enter %(min)s to %(max)s characters."),
    "Number must be at least %(min)s.": _("This must be at least %(min)s."),
    "Number must be at most %(max)s.": _("This must be at most %(max)s."),
    "Number must be between %(min)s and %(max)s.": _("This must be a number from %(min)s to %(max)s."),
}


class OurWords:
    """Takes the place of WTForms' catalogue, which is asked for the names of fields without a label too."""

    def gettext(self, text: str) -> str:
        return str(SENTENCES.get(text, text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(plural)

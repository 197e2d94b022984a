"""Form fields with our own messages for input that cannot be parsed, and functions that prepare text input."""

from __future__ import annotations

import re
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField
from wtforms.form import BaseForm
from wtforms.validators import Length, StopValidation

from portal.core import money
from portal.core.text import has_letter, trimmed

INTEGER = re.compile(r"-?[0-9]{1,9}")  # fits every integer column

GROUPED = re.compile(r"(?<=\d)\s(?=\d{3}(\s\d{3})*$)")
"""A blank of any kind between groups of three digits, as in the numbers that our Russian pages write."""


class NamedAtAll:
    """Validator of the field of the first name, which is required unless the person has a last name only."""

    def __call__(self, form: Any, field: wtforms.StringField) -> None:
        if not (has_letter(field.data or "") or has_letter(form.last_name.data or "")):
            raise StopValidation(_("Enter your name."))


class ParsedField(wtforms.Field):
    """Base of fields that show only the error of parsing for text that cannot be parsed, without running validators."""

    def pre_validate(self, form: BaseForm) -> None:
        """Raise ``StopValidation`` if the submitted text could not be parsed; blank input goes on to the validators."""
        if self.process_errors and any(text.strip() for text in self.raw_data or []):
            raise StopValidation


class DateField(ParsedField, wtforms.DateField):
    """A field for a date, with our message for one that does not exist."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("This date does not exist.")) from None


class TimeField(ParsedField, wtforms.TimeField):
    """A field for a time of day in hours and minutes, with our message for one that does not exist."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such time. Write it like 18:30.")) from None


class IntegerField(ParsedField, wtforms.IntegerField):
    """A field for a whole number of at most nine digits; ``None`` if submitted blank, even if it has a default."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = GROUPED.sub("", "".join(valuelist).strip())
        if text and not INTEGER.fullmatch(text):
            raise ValueError(_("This must be a whole number."))
        self.data = int(text) if text else None


class MoneyField(ParsedField, wtforms.DecimalField):
    """A field for an amount of the currency whose code is the form's attribute named ``currency_attribute``.

    It reads what people type as ``core.money`` does: an amount that can mean two, or that is finer than the currency,
    is refused. ``None`` if submitted blank, even if it has a default.
    """

    def __init__(self, label: LazyString, *args: Any, currency_attribute: str, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.currency_attribute = currency_attribute

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.data = money.parse_amount("".join(valuelist))

    def pre_validate(self, form: BaseForm) -> None:
        """Raise ``StopValidation`` for text that is no amount, or one that is finer than the currency."""
        super().pre_validate(form)
        digits = money.digits_of(getattr(form, self.currency_attribute))
        if self.data is not None and self.data != round(self.data, digits):
            raise StopValidation(money.too_fine(digits))


class UploadField(FileField):
    """A field for a file; ``again`` is its error in a form with other errors, as browsers do not keep the files."""

    def __init__(self, label: LazyString, *args: Any, again: LazyString, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.again = again


def max_length(limit: int) -> Length:
    """Return a validator that refuses a text of more than ``limit`` characters.

    It sets no ``maxlength`` attribute: browsers count an emoji twice and silently cut what is pasted.
    """
    rule = Length(max=limit, message=lazy_gettext("This is too long: at most %(limit)s characters.", limit=limit))
    rule.field_flags = {}
    return rule


def normalise_line_ends(text: str | None) -> str | None:
    r"""Return text with ``\n`` for each ``\r\n``, which browsers send; ``None`` stays ``None``.

    Two characters per line end would count against limits and look like a change.
    """
    return text.replace("\r\n", "\n") if text else text


def strip_blanks(text: str | None) -> str | None:
    """Return text trimmed, before its length is validated; ``None`` stays ``None``."""
    return trimmed(text) if text else text

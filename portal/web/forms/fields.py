"""Form fields that refuse what cannot be read in our own words."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField
from wtforms import DateField, DecimalField, Field, IntegerField, TimeField
from wtforms.form import BaseForm
from wtforms.validators import Length, StopValidation

WHOLE = re.compile(r"-?[0-9]{1,9}")  # fits every integer column


class Readable(Field):
    """What cannot be read is said once, and no rule is asked about the value that it does not have."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors and any(text.strip() for text in self.raw_data or []):
            raise StopValidation


class Day(Readable, DateField):
    """A date that says in our words when it does not exist."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("This date does not exist.")) from None


class Clock(Readable, TimeField):
    """A time of day, in minutes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("There is no such time. Write it like 18:30.")) from None


class Whole(Readable, IntegerField):
    """A whole number; blank is none, whatever the form opened with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = "".join(valuelist).strip()
        if text and not WHOLE.fullmatch(text):
            raise ValueError(_("This must be a whole number."))
        self.data = int(text) if text else None


class Amount(Readable, DecimalField):
    """An amount of money, with a point or a comma; blank is none, whatever the form opened with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = "".join(valuelist).strip().replace(",", ".")
        self.data = None
        try:
            super().process_formdata([text] if text else [])
        except ValueError:
            raise ValueError(_("This must be a number.")) from None


class Upload(FileField):
    """A file. Browsers cannot be given it back, so a form that was refused asks for it in the words ``again``."""

    def __init__(self, label: LazyString, *args: Any, again: LazyString, **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self.again = again


def at_most(limit: int) -> Length:
    """The limit of a text field, in our words.

    The browser is not told: it counts an emoji twice, and of what is pasted it drops the rest without a word.
    """
    rule = Length(max=limit, message=lazy_gettext("This is too long: at most %(limit)s characters.", limit=limit))
    rule.field_flags = {}
    return rule


def one_kind_of_line_end(text: str | None) -> str | None:
    """Browsers send two characters for a line end: they would count, and change a text that is sent back as it was."""
    return text.replace("\r\n", "\n") if text else text


def trimmed(text: str | None) -> str | None:
    """For texts that are kept without blanks around them: what is not kept does not count."""
    return text.strip() if text else text

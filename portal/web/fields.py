"""Form fields that refuse what cannot be read in our own words."""

from __future__ import annotations

from flask_babel import gettext as _
from wtforms import DateField, DecimalField, IntegerField, TimeField


class Day(DateField):
    """A date that says in our words when it does not exist."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("This date does not exist.")) from None


class Clock(TimeField):
    """A time of day, in minutes."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("This time does not exist. Write it like 18:30.")) from None


class Whole(IntegerField):
    """A whole number; blank is none, whatever the form opened with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = "".join(valuelist).strip()
        self.data = None
        try:
            super().process_formdata([text] if text else [])
        except ValueError:
            raise ValueError(_("This must be a whole number.")) from None


class Amount(DecimalField):
    """An amount of money, with a point or a comma; blank is none, whatever the form opened with."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = "".join(valuelist).strip().replace(",", ".")
        self.data = None
        try:
            super().process_formdata([text] if text else [])
        except ValueError:
            raise ValueError(_("This must be a number.")) from None

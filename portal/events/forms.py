"""The form of an event, and the form of the office's decision about it."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from portal.cities.picker import CityChoices, CityForm
from portal.core import money
from portal.core.db.base import new_id
from portal.events.currencies import CURRENCIES, local_currency
from portal.events.models import (
    CAPACITY_MAX,
    COST_MAX,
    DEFAULT_CURRENCY,
    DESCRIPTION_MAX,
    NOTE_MAX,
    PLACE_MAX,
    TITLE_MAX,
)
from portal.events.records import EventDetails
from portal.events.services import CoverChange, EventInput
from portal.files.images import ACCEPTED
from portal.profiles.visibility import CityLabel
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import DateField, IntegerField, MoneyField, TimeField, UploadField, normalise_line_ends
from portal.web.i18n.time_zones import zone_choices
from portal.web.templating.filters import day


class EventForm(CityForm):
    """The form of an event; fields are named as in ``EventInput``, so that its errors appear beside them."""

    id = HiddenField()
    title = StringField(
        lazy_gettext("Title"),
        [InputRequired(lazy_gettext("Enter a title for the event.")), Length(max=TITLE_MAX)],
        render_kw={"autocomplete": "off"},
    )
    description = TextAreaField(
        lazy_gettext("Description"),
        [InputRequired(lazy_gettext("Describe what is planned.")), Length(max=DESCRIPTION_MAX)],
        filters=[normalise_line_ends],
    )
    is_online = BooleanField(lazy_gettext("This event is online"))
    place = StringField(lazy_gettext("Place"), [Optional(), Length(max=PLACE_MAX)])
    starts = DateField(lazy_gettext("Date"), [InputRequired(lazy_gettext("Choose a date."))])
    starts_time = TimeField(lazy_gettext("Starts at"), [InputRequired(lazy_gettext("Enter the start time."))])
    ends_time = TimeField(lazy_gettext("Ends at"), [Optional()])
    ends_next_day = BooleanField(lazy_gettext("It ends the next day"))
    ends = DateField(lazy_gettext("Ends on another day"), [Optional()])
    time_zone = SelectField(lazy_gettext("Time zone"), [InputRequired()])
    capacity = IntegerField(
        lazy_gettext("Places"),
        [Optional(), NumberRange(1, CAPACITY_MAX)],
        render_kw={"inputmode": "numeric", "min": 1, "max": CAPACITY_MAX},
    )
    cost = MoneyField(
        lazy_gettext("Cost"),
        [Optional(), NumberRange(0, COST_MAX)],
        currency_attribute="charged_in",
        render_kw={"inputmode": "decimal"},
    )
    currency = SelectField(
        lazy_gettext("Currency"),
        choices=[
            SelectChoice("", cast(str, lazy_gettext("Of the city"))),
            *(SelectChoice(code, code) for code in CURRENCIES),
        ],
    )
    cover = UploadField(
        lazy_gettext("Cover"),
        again=lazy_gettext("Choose the cover again; it was not saved."),
        render_kw={"accept": ACCEPTED},
    )
    without_cover = BooleanField(lazy_gettext("Remove cover"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.local_currency = DEFAULT_CURRENCY
        self.time_zone.choices = zone_choices(self.time_zone.data or "")
        # Marked as required; what is checked is the choice below it.
        self.city_query.flags.required = True  # type: ignore[attr-defined]  # WTForms makes flags as they are set

    def suppose_currency(self, picker: CityChoices, home: CityLabel | None) -> None:
        """Make the currency of the chosen city the one in which the event costs unless another is chosen.

        For an online event it is that of ``home``, the city of the organiser.
        """
        chosen = next((city for city in picker.cities if city.id == self.city_id.data), None)
        city = home if self.is_online.data else chosen
        self.local_currency = local_currency(city)

    @property
    def charged_in(self) -> str:
        """The code of the currency that is chosen, or without a choice of the local one."""
        return self.currency.data or self.local_currency

    COPIED_FIELDS: ClassVar[tuple[str, ...]] = ("title", "description", "is_online", "place", "time_zone", "currency")

    @classmethod
    def for_new_event(cls, time_zone: str, city_id: int | None = None) -> EventForm:
        """Return the form for a new event with the time zone and the city preselected.

        It holds a new id for the event in a hidden field, so that sending it twice creates one event.
        """
        return cls(data={"id": str(new_id()), "time_zone": time_zone, "city_id": city_id})

    @classmethod
    def from_event(cls, event: EventDetails) -> EventForm:
        """Return the form to change an event, filled with its present values except for the cover."""
        values: dict[str, Any] = {name: getattr(event, name) for name in cls.COPIED_FIELDS}
        ends = event.ends_local
        return cls(
            data={
                **values,
                "city_id": event.city.id if event.city else None,
                "starts": event.starts_local.date(),
                "starts_time": event.starts_local.time(),
                "ends": ends.date() if ends and ends.date() != event.starts_local.date() else None,
                "ends_time": ends.time() if ends else None,
                "capacity": event.capacity,
                "cost": money.from_minor_units(event.cost, event.currency) if event.cost else None,
            }
        )

    def validate_ends_time(self, field: TimeField) -> None:
        """Raise ``ValidationError`` if the end is not after the start and no other day of the end was entered.

        It could be meant for the next day, or be a mistake: the form asks.
        """
        if self.asks_for_next_day and not self.ends_next_day.data:
            day_after = day(self.starts.data + timedelta(days=1))
            raise ValidationError(_("That is not after the start. Does it end the next day, %(day)s?", day=day_after))

    @property
    def asks_for_next_day(self) -> bool:
        """Whether the end is not after the start on the same day, so that the next day could be meant."""
        times_entered = self.starts.data and self.starts_time.data and self.ends_time.data and not self.ends.data
        return bool(times_entered) and self.ends_time.data <= self.starts_time.data

    def validate_ends(self, field: DateField) -> None:
        """Raise ``ValidationError`` if the day of the end is entered without its time."""
        if field.data and not self.ends_time.data:
            raise ValidationError(_("Enter the time it ends on that day."))

    @property
    def typed_city(self) -> str:
        """The typed name of a city without surrounding blanks; empty for an online event."""
        return "" if self.is_online.data else super().typed_city

    @property
    def event_id(self) -> uuid.UUID | None:
        """The id of the new event from the hidden field, or ``None`` if it is missing or malformed."""
        try:
            return uuid.UUID(self.id.data or "")
        except ValueError:
            return None

    def to_input(self) -> EventInput:
        """Return the entered values as the input of an event; the form must be valid.

        Without a new cover the present one is kept, or cleared if its removal was ticked.
        """
        return EventInput(
            title=self.title.data,
            description=self.description.data,
            is_online=self.is_online.data,
            city_id=self.city_id.data,
            place=self.place.data or "",
            starts=datetime.combine(self.starts.data, self.starts_time.data),
            ends=self._end(),
            time_zone=self.time_zone.data,
            cost=money.to_minor_units(self.cost.data or Decimal(0), self.charged_in),
            currency=self.charged_in,
            capacity=self.capacity.data,
            cover=self._cover(),
        )

    def apply_to(self, before: EventInput) -> EventInput:
        """Return the entered values; a start or end in the same minute as in ``before`` keeps its seconds.

        The form, which must be valid, has no seconds: without this, saving it would change such a time.
        """
        entered = self.to_input()
        starts = before.starts if _same_minute(before.starts, entered.starts) else entered.starts
        ends = before.ends if _same_minute(before.ends, entered.ends) else entered.ends
        return dataclasses.replace(entered, starts=starts, ends=ends)

    def _end(self) -> datetime | None:
        """Return the entered end of the event as a wall clock time, or ``None`` without an end time.

        An end without its own day is on the day of the start, or on the next day if the form asked for that.
        """
        if self.ends_time.data is None:
            return None
        end = datetime.combine(self.ends.data or self.starts.data, self.ends_time.data)
        return end + timedelta(days=1) if self.asks_for_next_day else end

    def _cover(self) -> bytes | CoverChange:
        if self.cover.data:
            return bytes(self.cover.data.read())
        return CoverChange.CLEAR if self.without_cover.data else CoverChange.KEEP


class NoteForm(PortalForm):
    """The form with the reason that the office gives the organiser for a decision."""

    note = TextAreaField(
        lazy_gettext("Reason for the organiser"),
        [
            DataRequired(lazy_gettext("Give the organiser a reason.")),
            Length(max=NOTE_MAX),
        ],
        filters=[normalise_line_ends],
    )


def _same_minute(before: datetime | None, after: datetime | None) -> bool:
    return before is not None and after == before.replace(second=0, microsecond=0)

"""The form of an event and the filter of the list."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from portal.cities.picker import CityForm
from portal.core.db.base import new_id
from portal.events import times
from portal.events.models import (
    CAPACITY_MAX,
    COST_MAX,
    CURRENCIES,
    DEFAULT_CURRENCY,
    DESCRIPTION_MAX,
    MINOR_UNITS,
    NOTE_MAX,
    PLACE_MAX,
    TITLE_MAX,
)
from portal.events.records import EventDetails
from portal.events.services import Cover, Draft
from portal.files.images import ACCEPTED
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import Amount, Clock, Day, Upload, Whole, one_kind_of_line_end


class EventForm(CityForm):
    """What an organiser fills in. Fields are named as in ``Draft``, so that refusals find their place."""

    id = HiddenField()
    title = StringField(
        lazy_gettext("Title"),
        [InputRequired(lazy_gettext("Enter a title for the event.")), Length(max=TITLE_MAX)],
        render_kw={"autocomplete": "off"},
    )
    description = TextAreaField(
        lazy_gettext("Description"),
        [InputRequired(lazy_gettext("Describe what is planned.")), Length(max=DESCRIPTION_MAX)],
        filters=[one_kind_of_line_end],
    )
    is_online = BooleanField(lazy_gettext("This event is online"))
    place = StringField(lazy_gettext("Place"), [Optional(), Length(max=PLACE_MAX)])
    starts = Day(lazy_gettext("Date"), [InputRequired(lazy_gettext("Choose a date."))])
    starts_time = Clock(lazy_gettext("Starts at"), [InputRequired(lazy_gettext("Enter the start time."))])
    ends_time = Clock(lazy_gettext("Ends at"), [Optional()])
    ends = Day(lazy_gettext("Ends on another day"), [Optional()])
    time_zone = SelectField(lazy_gettext("Time zone"), [InputRequired()], choices=lambda: sorted(times.zone_names()))
    capacity = Whole(
        lazy_gettext("Places"),
        [Optional(), NumberRange(1, CAPACITY_MAX)],
        render_kw={"inputmode": "numeric", "min": 1, "max": CAPACITY_MAX},
    )
    cost = Amount(
        lazy_gettext("Cost"),
        [Optional(), NumberRange(0, COST_MAX // MINOR_UNITS)],
        render_kw={"inputmode": "decimal"},
    )
    currency = SelectField(lazy_gettext("Currency"), [InputRequired()], choices=CURRENCIES, default=DEFAULT_CURRENCY)
    cover = Upload(
        lazy_gettext("Cover"),
        again=lazy_gettext("Choose the cover again; it was not saved."),
        render_kw={"accept": ACCEPTED},
    )
    without_cover = BooleanField(lazy_gettext("Remove cover"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Shown as needed; only the choice below it is checked.
        self.city_query.flags.required = True  # type: ignore[attr-defined]  # WTForms makes flags as they are set

    copied: ClassVar[tuple[str, ...]] = ("title", "description", "is_online", "place", "time_zone", "currency")

    @classmethod
    def blank(cls, time_zone: str, city_id: int | None = None) -> EventForm:
        """A form for a new event; its hidden id makes sending it twice the same as sending it once."""
        return cls(data={"id": str(new_id()), "time_zone": time_zone, "city_id": city_id})

    @classmethod
    def of(cls, event: EventDetails) -> EventForm:
        """The form filled with an event."""
        values: dict[str, Any] = {name: getattr(event, name) for name in cls.copied}
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
                "cost": Decimal(event.cost) / MINOR_UNITS if event.cost else None,
            }
        )

    def validate_ends(self, field: Day) -> None:
        if field.data and not self.ends_time.data:
            raise ValidationError(_("Enter the time it ends on that day."))

    @property
    def typed_city(self) -> str:
        return "" if self.is_online.data else super().typed_city

    @property
    def event_id(self) -> uuid.UUID | None:
        """The id that the form was given; a mangled one counts as none."""
        try:
            return uuid.UUID(self.id.data or "")
        except ValueError:
            return None

    def draft(self) -> Draft:
        """What was filled in; call it on a valid form only."""
        return Draft(
            title=self.title.data,
            description=self.description.data,
            is_online=self.is_online.data,
            city_id=self.city_id.data,
            place=self.place.data or "",
            starts=datetime.combine(self.starts.data, self.starts_time.data),
            ends=self._end(),
            time_zone=self.time_zone.data,
            cost=int((self.cost.data or 0) * MINOR_UNITS),
            currency=self.currency.data,
            capacity=self.capacity.data,
            cover=self._cover(),
        )

    def revise(self, before: Draft) -> Draft:
        """The same, but a time that shows the minutes it had keeps its seconds."""
        draft = self.draft()
        starts = before.starts if _same_minute(before.starts, draft.starts) else draft.starts
        ends = before.ends if _same_minute(before.ends, draft.ends) else draft.ends
        return dataclasses.replace(draft, starts=starts, ends=ends)

    def _end(self) -> datetime | None:
        """An end before the start, without a date of its own, is on the next day."""
        if self.ends_time.data is None:
            return None
        start = datetime.combine(self.starts.data, self.starts_time.data)
        end = datetime.combine(self.ends.data or self.starts.data, self.ends_time.data)
        return end + timedelta(days=1) if end < start and self.ends.data is None else end

    def _cover(self) -> bytes | Cover:
        if self.cover.data:
            return bytes(self.cover.data.read())
        return Cover.CLEAR if self.without_cover.data else Cover.KEEP


class NoteForm(PortalForm):
    """What the office says with its decision."""

    note = TextAreaField(lazy_gettext("Reason for the organiser"), [Optional(), Length(max=NOTE_MAX)])


def _same_minute(before: datetime | None, after: datetime | None) -> bool:
    return before is not None and after == before.replace(second=0, microsecond=0)

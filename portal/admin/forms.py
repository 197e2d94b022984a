"""Forms of the office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Self

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.models import REASON_MAX
from portal.accounts.settings import FRIENDS_ANY_ADDRESS, STAFF_SECOND_FACTOR
from portal.events.models import NOTE_MAX
from portal.events.settings import AUTO_APPROVE
from portal.settings.definitions import Setting
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import Day, at_most, one_kind_of_line_end

SETTING_OF_FIELD = {
    "auto_approve": AUTO_APPROVE,
    "friends_any_address": FRIENDS_ANY_ADDRESS,
    "staff_second_factor": STAFF_SECOND_FACTOR,
}


class DecisionForm(PortalForm):
    """Why an event is declined; the organiser reads it."""

    note = TextAreaField(_("Reason for the organiser"), [Optional(), Length(max=NOTE_MAX)])


class BanForm(PortalForm):
    """Why somebody is shut out, which they read, and the day on which they may come in again."""

    reason = TextAreaField(
        _("Reason, shown to the person"), [Optional(), at_most(REASON_MAX)], filters=[one_kind_of_line_end]
    )
    until = Day(_("Banned until"), [Optional()])

    def end(self) -> datetime | None:
        """The start of the chosen day in UTC, so that it is the same day for the office and for the person."""
        return datetime.combine(self.until.data, time.min, UTC) if self.until.data else None


class DeclineForm(PortalForm):
    """Why somebody is not let in; nobody is turned away without a word."""

    reason = TextAreaField(
        _("Reason, shown to the person"),
        [DataRequired(_("Give a reason, so that the person knows what to do.")), at_most(REASON_MAX)],
        filters=[one_kind_of_line_end],
    )


class WarnForm(PortalForm):
    """What somebody is asked to mind; they read it."""

    text = TextAreaField(
        _("What to keep in mind"),
        [DataRequired(_("Say what the person should keep in mind.")), at_most(REASON_MAX)],
        filters=[one_kind_of_line_end],
    )


class AllowListForm(PortalForm):
    file = FileField(_("File with email addresses"), [FileRequired(_("Choose a file."))])


class SettingsForm(PortalForm):
    """The settings that are on or off; each field stands for one setting."""

    auto_approve = BooleanField(_("Publish new events at once, without review"))
    friends_any_address = BooleanField(_("Alumni friends can register with any email address"))
    staff_second_factor = BooleanField(_("The office signs in with two-step verification"))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        return cls(**{name: values[setting.name] for name, setting in SETTING_OF_FIELD.items()})

    def chosen(self) -> dict[Setting[bool], bool]:
        """Return the chosen value of each setting."""
        return {setting: self[name].data for name, setting in SETTING_OF_FIELD.items()}

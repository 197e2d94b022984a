"""Forms of the page about one person."""

from __future__ import annotations

from datetime import UTC, datetime, time

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Optional

from portal.accounts.models import REASON_MAX
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import DateField, max_length, normalise_line_ends


class BanForm(PortalForm):
    """The form to ban a person: a reason, which they read, and the day from which they can sign in again.

    Both are optional; without a day the ban does not end.
    """

    reason = TextAreaField(
        _("Reason, shown to the person"), [Optional(), max_length(REASON_MAX)], filters=[normalise_line_ends]
    )
    until = DateField(_("Banned until"), [Optional()])

    def ends_at(self) -> datetime | None:
        """Return the start of the chosen day in UTC, or ``None`` if no day is chosen.

        The start is in UTC so that the office and the person read the same day.
        """
        return datetime.combine(self.until.data, time.min, UTC) if self.until.data else None


class WarnForm(PortalForm):
    """The form to warn a person, with a required text that they read."""

    text = TextAreaField(
        _("What to keep in mind"),
        [DataRequired(_("Say what the person should keep in mind.")), max_length(REASON_MAX)],
        filters=[normalise_line_ends],
    )

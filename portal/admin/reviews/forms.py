"""Forms for decisions about registrations and events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.models import REASON_MAX
from portal.events.models import NOTE_MAX
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import max_length, normalise_line_ends


class DecisionForm(PortalForm):
    """The form to decline an event, with an optional reason for its organiser."""

    note = TextAreaField(_("Reason for the organiser"), [Optional(), Length(max=NOTE_MAX)])


class DeclineForm(PortalForm):
    """The form to decline a registration, with a required reason that the person reads."""

    reason = TextAreaField(
        _("Reason, shown to the person"),
        [DataRequired(_("Give a reason, so that the person knows what to do.")), max_length(REASON_MAX)],
        filters=[normalise_line_ends],
    )

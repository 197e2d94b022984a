"""Forms for decisions about registrations and events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Optional

from portal.accounts.models import REASON_MAX
from portal.events.models import NOTE_MAX
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import max_length, normalise_line_ends


class DecisionForm(PortalForm):
    """The form to decline an event, with a required reason for its organiser."""

    note = TextAreaField(
        _("Reason for the organiser"),
        [DataRequired(_("Give a reason, so that the organiser knows what to change.")), max_length(NOTE_MAX)],
        filters=[normalise_line_ends],
    )


class ReviewForm(PortalForm):
    """The form to decide about a registration: a note to the person, who reads it.

    It is optional for accepting; to ask it is the question, to decline the reason, and the services require it.
    """

    note = TextAreaField(_("Note to the person"), [Optional(), max_length(REASON_MAX)], filters=[normalise_line_ends])

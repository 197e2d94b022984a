"""Forms of the office."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length, Optional

from portal.events.models import NOTE_MAX
from portal.web.forms import PortalForm


class DecisionForm(PortalForm):
    """Why an event is declined; the organiser reads it."""

    note = TextAreaField(_("Reason for the organiser"), [Optional(), Length(max=NOTE_MAX)])


class AllowListForm(PortalForm):
    file = FileField(_("File with addresses"), [FileRequired(_("Choose a file first."))])


class SettingsForm(PortalForm):
    auto_approve = BooleanField(_("New events are open to all members at once, without review"))

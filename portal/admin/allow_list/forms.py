"""The form of the allow list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired

from portal.web.forms.base import PortalForm


class AllowListForm(PortalForm):
    """The form to upload a file whose emails are added to the allow list."""

    file = FileField(_("File with email addresses"), [FileRequired(_("Choose a file."))])

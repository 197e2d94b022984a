"""The form by which somebody agrees to the privacy notice."""

from __future__ import annotations

from wtforms import HiddenField

from portal.web.forms.base import PortalForm
from portal.web.forms.fields import IntegerField


class AgreementForm(PortalForm):
    """A form of one button; ``version`` is that of the notice on the page, ``next`` the URL to go to afterwards."""

    version = IntegerField()
    next = HiddenField()

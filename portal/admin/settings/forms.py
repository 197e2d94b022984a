"""The form of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from portal.accounts.settings import FRIENDS_ANY_EMAIL, LINK_AFTER_IMPORT, STAFF_SECOND_FACTOR
from portal.events.settings import AUTO_APPROVE
from portal.settings.definitions import Setting
from portal.web.forms.base import PortalForm

SETTING_OF_FIELD = {
    "auto_approve": AUTO_APPROVE,
    "friends_any_address": FRIENDS_ANY_EMAIL,
    "link_after_import": LINK_AFTER_IMPORT,
    "staff_second_factor": STAFF_SECOND_FACTOR,
}


class OfficeSettingsForm(PortalForm):
    """The form of the settings that are on or off, with one field for each."""

    auto_approve = BooleanField(_("Publish new events at once, without review"))
    friends_any_address = BooleanField(_("Alumni friends can register with any email address"))
    link_after_import = BooleanField(_("People who already wait can get in once they are on the allow list"))
    staff_second_factor = BooleanField(_("The office signs in with two-step verification"))

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Return the form filled with the values in force, which ``values`` maps from the names of settings."""
        return cls(**{name: values[setting.name] for name, setting in SETTING_OF_FIELD.items()})

    def chosen_values(self) -> dict[Setting[bool], bool]:
        """Return the value of each setting that the form holds."""
        return {setting: self[name].data for name, setting in SETTING_OF_FIELD.items()}

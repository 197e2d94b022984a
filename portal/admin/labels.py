"""Labels for account statuses, roles, groups, audit actions and states of messages, as the alumni office reads them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from portal.accounts.models import Role
from portal.admin.people.filters import AccountStatus
from portal.audit.services import label_of
from portal.outbox.models import MessageChannel, State
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS
from portal.texts.models import TextKind

STATES = {
    State.WAITING: _("Waiting"),
    State.SENT: _("Sent"),
    State.GIVEN_UP: _("Not delivered"),
    State.UNCERTAIN: _("Possibly sent"),
    State.WITHDRAWN: _("Withdrawn"),
}

CHANNELS = {
    MessageChannel.MAIL: _("Email"),
    MessageChannel.TELEGRAM: _("Telegram"),
    MessageChannel.SMS: _("Text message"),
}

TEXT_LABELS = {
    TextKind.HELP: _("Help"),
    TextKind.PRIVACY: _("Privacy notice"),
    TextKind.CONTACT: _("Contact"),
}

ROLES = {
    Role.ALUMNI: _("Graduate"),
    Role.ALUMNI_FRIEND: _("Alumni friend"),
    Role.STAFF: _("Office staff"),
}

GROUPS = {
    MODERATORS: _("Moderator"),
    ADMINISTRATORS: _("Administrator"),
}

ACCOUNT_STATUSES = {
    AccountStatus.MEMBER: _("Active"),
    AccountStatus.WAITING: _("Waiting for the office"),
    AccountStatus.UNCONFIRMED: _("Email not confirmed"),
    AccountStatus.BANNED: _("Banned"),
}


def describe_details(details: Mapping[str, object]) -> str:
    """Return the text for the details of an audit entry.

    It is the label of its role, group or undone action, its year, or else its reason or note; the first of them that
    the details hold, ``""`` if they hold none.
    """
    if undone := details.get("undone"):
        return label_of(str(undone))
    labels = {**{role.value: label for role, label in ROLES.items()}, **GROUPS}
    value = str(details.get("role") or details.get("group") or details.get("year") or "")
    return str(labels.get(value, value) or details.get("reason") or details.get("note") or "")

"""What the office calls people's standing, its own acts, and the messages that the portal sends."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from portal.accounts.models import Role
from portal.admin.filters import Standing
from portal.outbox.models import Channel, State
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS

STATES = {
    State.WAITING: _("Waiting"),
    State.SENT: _("Sent"),
    State.GIVEN_UP: _("Given up"),
    State.UNCERTAIN: _("Perhaps sent"),
    State.WITHDRAWN: _("Withdrawn"),
}

CHANNELS = {
    Channel.MAIL: _("Mail"),
    Channel.TELEGRAM: _("Telegram"),
    Channel.SMS: _("Text message"),
}

KINDS = {
    "accounts.verify_address": _("Confirm your email"),
    "accounts.already_registered": _("You have an account already"),
    "accounts.waiting": _("Your registration waits"),
    "accounts.to_verify": _("Somebody waits for verification"),
    "accounts.verified": _("You are in"),
    "accounts.unverified": _("Your verification was taken back"),
    "accounts.banned": _("Your account is banned"),
    "accounts.unbanned": _("You can sign in again"),
    "accounts.role_changed": _("You are alumni or alumni friend now"),
    "accounts.rights_changed": _("Your rights in the alumni office have changed"),
    "accounts.warned": _("A warning from the alumni office"),
    "accounts.code": _("A code to sign in or to confirm a change"),
    "accounts.reset_password": _("A link to set a password"),
    "accounts.password_changed": _("Your password was changed"),
    "accounts.change_address": _("Confirm your new email address"),
    "accounts.address_changed": _("Your email address was changed"),
    "accounts.second_factor_changed": _("Your two-step verification was changed"),
    "follows.new_follower": _("A new follower"),
    "events.to_review": _("An event waits for approval"),
    "events.approved": _("Your event is open"),
    "events.declined": _("Your event is declined"),
    "events.returned": _("Your event is looked at again"),
    "events.changed": _("News about an event"),
    "events.cancelled": _("An event is cancelled"),
    "events.place_free": _("A place for you at an event"),
    "events.removed": _("You are not on an event's list any more"),
    "outbox.test_message": _("Test message"),
}


def kind_label(kind: str) -> str:
    """What a kind of message says, in a few words; its technical name where nobody wrote any."""
    return str(KINDS.get(kind, kind))


ACTIONS = {
    "accounts.register": _("Registered"),
    "accounts.create_administrator": _("Account made for the office"),
    "accounts.verify": _("Accepted"),
    "accounts.verify_by_mail": _("Confirmed the address"),
    "accounts.unverify": _("Verification taken back"),
    "accounts.change_role": _("Role changed"),
    "profiles.confirm_year": _("Graduation year confirmed"),
    "accounts.warn": _("Warned"),
    "accounts.read_warning": _("Read a warning"),
    "accounts.ban": _("Banned"),
    "accounts.unban": _("Ban lifted"),
    "accounts.appoint": _("Given rights"),
    "accounts.dismiss": _("Rights taken back"),
    "accounts.end_sign_ins": _("Signed out everywhere by the office"),
    "accounts.remove_second_factor": _("Second step removed by the office"),
}
"""What changes somebody's standing, as the page about them says it."""

ROLES = {
    Role.ALUMNI: _("Alumni"),
    Role.ALUMNI_FRIEND: _("Alumni friend"),
    Role.STAFF: _("Alumni office"),
}

GROUPS = {
    MODERATORS: _("Moderator"),
    ADMINISTRATORS: _("Administrator"),
}

STANDINGS = {
    Standing.MEMBER: _("In good standing"),
    Standing.WAITING: _("Wait for the office"),
    Standing.UNPROVEN: _("Have not confirmed their address"),
    Standing.BANNED: _("Banned"),
}


def detail(details: Mapping[str, object]) -> str:
    """What an act was about beside the person: a role, a group, a year or a reason."""
    named = {**{role.value: label for role, label in ROLES.items()}, **GROUPS}
    about = str(details.get("role") or details.get("group") or details.get("year") or "")
    return str(named.get(about, about) or details.get("reason") or "")

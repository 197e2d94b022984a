"""What the office calls people's standing, its own acts, and the messages that the portal sends."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from portal.accounts.models import Role
from portal.admin.filters import Standing
from portal.outbox.models import MessageChannel, State
from portal.permissions.catalogue import ADMINISTRATORS, MODERATORS

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

KINDS = {
    "accounts.verify_address": _("Confirm your email"),
    "accounts.already_registered": _("You already have an account"),
    "accounts.waiting": _("Your registration is being reviewed"),
    "accounts.to_verify": _("New registration"),
    "accounts.verified": _("You can sign in now"),
    "accounts.unverified": _("Your verification was withdrawn"),
    "accounts.banned": _("Your account is banned"),
    "accounts.unbanned": _("You can sign in again"),
    "accounts.role_changed": _("Your role was changed"),
    "accounts.rights_changed": _("Your rights in the alumni office have changed"),
    "accounts.warned": _("A warning from the alumni office"),
    "accounts.code": _("A code to sign in or to confirm a change"),
    "accounts.reset_password": _("A link to set a password"),
    "accounts.password_changed": _("Your password was changed"),
    "accounts.change_address": _("Confirm your new email address"),
    "accounts.address_changed": _("Your email address was changed"),
    "accounts.second_factor_changed": _("Your two-step verification was changed"),
    "follows.new_follower": _("A new follower"),
    "events.to_review": _("An event is waiting for approval"),
    "events.approved": _("Your event is published"),
    "events.declined": _("Your event is declined"),
    "events.returned": _("Your event is being reviewed again"),
    "events.changed": _("An event has changed"),
    "events.cancelled": _("An event is cancelled"),
    "events.place_free": _("A place for you at an event"),
    "events.removed": _("You were removed from an event"),
    "outbox.test_message": _("Test message"),
}


def kind_label(kind: str) -> str:
    """What a kind of message says, in a few words; its technical name where nobody wrote any."""
    return str(KINDS.get(kind, kind))


ACTIONS = {
    "accounts.register": _("Registered"),
    "accounts.create_administrator": _("Office account created"),
    "accounts.verify": _("Accepted"),
    "accounts.verify_by_mail": _("Email confirmed"),
    "accounts.unverify": _("Verification withdrawn"),
    "accounts.change_role": _("Role changed"),
    "profiles.confirm_year": _("Graduation year confirmed"),
    "accounts.warn": _("Warning sent"),
    "accounts.read_warning": _("Warning read"),
    "accounts.ban": _("Banned"),
    "accounts.unban": _("Ban lifted"),
    "accounts.appoint": _("Rights given"),
    "accounts.dismiss": _("Rights removed"),
    "accounts.end_sign_ins": _("Signed out everywhere by the office"),
    "accounts.remove_second_factor": _("Two-step verification turned off by the office"),
}
"""What changes somebody's standing, as the page about them says it."""

ROLES = {
    Role.ALUMNI: _("Graduate"),
    Role.ALUMNI_FRIEND: _("Alumni friend"),
    Role.STAFF: _("Office staff"),
}

GROUPS = {
    MODERATORS: _("Moderator"),
    ADMINISTRATORS: _("Administrator"),
}

STANDINGS = {
    Standing.MEMBER: _("Active"),
    Standing.WAITING: _("Waiting for the office"),
    Standing.UNPROVEN: _("Email not confirmed"),
    Standing.BANNED: _("Banned"),
}


def detail(details: Mapping[str, object]) -> str:
    """What an act was about beside the person: a role, a group, a year or a reason."""
    named = {**{role.value: label for role, label in ROLES.items()}, **GROUPS}
    about = str(details.get("role") or details.get("group") or details.get("year") or "")
    return str(named.get(about, about) or details.get("reason") or "")

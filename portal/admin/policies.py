"""What the page about a person offers; the services of accounts decide again."""

from __future__ import annotations

from enum import StrEnum

from portal.accounts.models import Role
from portal.admin.people import OfficePerson
from portal.core.actor import Actor
from portal.permissions.catalogue import Permission


class Act(StrEnum):
    """What the office can do about somebody."""

    ACCEPT = "accept"
    TAKE_BACK = "take_back"
    CHANGE_ROLE = "change_role"
    CONFIRM_YEAR = "confirm_year"
    WARN = "warn"
    BAN = "ban"
    UNBAN = "unban"
    APPOINT = "appoint"
    DISMISS = "dismiss"
    SECURE = "secure"


NEEDS = {
    Act.ACCEPT: Permission.PEOPLE_VERIFY,
    Act.TAKE_BACK: Permission.PEOPLE_VERIFY,
    Act.CHANGE_ROLE: Permission.PEOPLE_VERIFY,
    Act.CONFIRM_YEAR: Permission.PEOPLE_VERIFY,
    Act.WARN: Permission.PEOPLE_BAN,
    Act.BAN: Permission.PEOPLE_BAN,
    Act.UNBAN: Permission.PEOPLE_BAN,
    Act.APPOINT: Permission.GROUPS_CHANGE,
    Act.DISMISS: Permission.GROUPS_CHANGE,
    Act.SECURE: Permission.ACCOUNTS_SECURE,
}


def offered(actor: Actor, person: OfficePerson) -> frozenset[Act]:
    """Acts that make sense for this person and are the actor's to do; none on oneself."""
    if person.id == actor.account_id:
        return frozenset()
    return frozenset(act for act in sensible(person) if actor.may(NEEDS[act]))


def sensible(person: OfficePerson) -> set[Act]:
    """What a person's standing leaves to do. Staff keep their role: nothing could give it back to them."""
    always = {Act.DISMISS, Act.SECURE}
    if person.is_banned:
        return always | {Act.UNBAN}
    if not person.is_verified:
        return always | {Act.ACCEPT, Act.BAN}
    roles = set() if person.role == Role.STAFF else {Act.CHANGE_ROLE}
    years = {Act.CONFIRM_YEAR} if person.has_unconfirmed_year else set()
    return always | roles | years | {Act.TAKE_BACK, Act.WARN, Act.BAN, Act.APPOINT}

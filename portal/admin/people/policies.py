"""Which actions the page about a person offers; the services of accounts check each of them again."""

from __future__ import annotations

from enum import StrEnum

from portal.accounts.models import Role
from portal.admin.people.queries import OfficePerson
from portal.core.actor import Actor
from portal.permissions.catalogue import Permission


class PersonAction(StrEnum):
    """The actions of the alumni office on a person; ``SECURE`` ends sessions and removes the second factor."""

    ACCEPT = "accept"
    UNVERIFY = "unverify"
    CHANGE_ROLE = "change_role"
    CONFIRM_YEAR = "confirm_year"
    WARN = "warn"
    BAN = "ban"
    UNBAN = "unban"
    APPOINT = "appoint"
    DISMISS = "dismiss"
    SECURE = "secure"


REQUIRED_PERMISSION = {
    PersonAction.ACCEPT: Permission.PEOPLE_VERIFY,
    PersonAction.UNVERIFY: Permission.PEOPLE_VERIFY,
    PersonAction.CHANGE_ROLE: Permission.PEOPLE_VERIFY,
    PersonAction.CONFIRM_YEAR: Permission.PEOPLE_VERIFY,
    PersonAction.WARN: Permission.PEOPLE_BAN,
    PersonAction.BAN: Permission.PEOPLE_BAN,
    PersonAction.UNBAN: Permission.PEOPLE_BAN,
    PersonAction.APPOINT: Permission.GROUPS_CHANGE,
    PersonAction.DISMISS: Permission.GROUPS_CHANGE,
    PersonAction.SECURE: Permission.ACCOUNTS_SECURE,
}


def allowed_actions(actor: Actor, person: OfficePerson) -> frozenset[PersonAction]:
    """Return the actions that are possible for the person and permitted to the actor; none for the actor themselves."""
    if person.id == actor.account_id:
        return frozenset()
    return frozenset(action for action in possible_actions(person) if actor.may(REQUIRED_PERMISSION[action]))


def possible_actions(person: OfficePerson) -> set[PersonAction]:
    """Return the actions that the person's account status allows, whoever the actor is.

    Staff keep their role, because nothing could give it back to them.
    """
    always = {PersonAction.DISMISS, PersonAction.SECURE}
    if person.is_banned:
        return always | {PersonAction.UNBAN}
    if not person.is_verified:
        return always | {PersonAction.ACCEPT, PersonAction.BAN}
    role = set() if person.role == Role.STAFF else {PersonAction.CHANGE_ROLE}
    year = {PersonAction.CONFIRM_YEAR} if person.has_unconfirmed_year else set()
    verified = {PersonAction.UNVERIFY, PersonAction.WARN, PersonAction.BAN, PersonAction.APPOINT}
    return always | role | year | verified

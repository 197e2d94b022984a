"""Every service by which the office acts, called directly by those who may not."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.authentication import second_factor, sessions
from portal.accounts.models import Account
from portal.accounts.registration import allow_list
from portal.accounts.settings import FRIENDS_ANY_EMAIL
from portal.accounts.status import administrator, decisions, groups, registrations, reversible
from portal.admin.people import services as office_people
from portal.admin.settings import services as office_settings
from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.errors import Forbidden
from portal.events.services import review, review_undo
from portal.events.settings import AUTO_APPROVE
from portal.extensions import db
from portal.outbox.models import OutboxMessage
from portal.permissions.catalogue import ADMINISTRATORS, BUILT_IN_GROUPS, MODERATORS, Permission
from portal.profiles import services as profiles
from portal.settings import services as settings
from tests.accounts.people import decide
from tests.factories import make_account, make_event, make_sign_in

Service = Callable[[Actor, Any], Any]

OF_PEOPLE: dict[str, tuple[Permission, Service]] = {
    "verify": (Permission.PEOPLE_VERIFY, lambda actor, person: decisions.verify(actor, person.id)),
    "change role": (
        Permission.PEOPLE_VERIFY,
        lambda actor, person: decisions.verify(actor, person.id, "alumni_friend"),
    ),
    "unverify": (Permission.PEOPLE_VERIFY, lambda actor, person: decisions.unverify(actor, person.id)),
    "ban": (Permission.PEOPLE_BAN, lambda actor, person: decisions.ban(actor, person.id)),
    "unban": (Permission.PEOPLE_BAN, lambda actor, person: decisions.unban(actor, person.id)),
    "warn": (Permission.PEOPLE_BAN, lambda actor, person: decisions.warn(actor, person.id, "No advertising.")),
    "accept": (Permission.PEOPLE_VERIFY, lambda actor, person: registrations.accept(actor, person.id)),
    "decline": (Permission.PEOPLE_BAN, lambda actor, person: registrations.decline(actor, person.id, "Unknown.")),
    "ask": (Permission.PEOPLE_VERIFY, lambda actor, person: registrations.ask(actor, person.id, "Which year?")),
    "reversible verify": (Permission.PEOPLE_VERIFY, lambda actor, person: reversible.verify(actor, person.id)),
    "reversible unverify": (Permission.PEOPLE_VERIFY, lambda actor, person: reversible.unverify(actor, person.id)),
    "reversible ban": (Permission.PEOPLE_BAN, lambda actor, person: reversible.ban(actor, person.id)),
    "reversible unban": (Permission.PEOPLE_BAN, lambda actor, person: reversible.unban(actor, person.id)),
    "reversible warn": (Permission.PEOPLE_BAN, lambda actor, person: reversible.warn(actor, person.id, "Stop.")),
    "appoint": (Permission.GROUPS_CHANGE, lambda actor, person: groups.appoint(actor, person.id, MODERATORS)),
    "dismiss": (Permission.GROUPS_CHANGE, lambda actor, person: groups.dismiss(actor, person.id, MODERATORS)),
    "office appoint": (
        Permission.GROUPS_CHANGE,
        lambda actor, person: office_people.appoint(actor, person.id, ADMINISTRATORS),
    ),
    "office dismiss": (
        Permission.GROUPS_CHANGE,
        lambda actor, person: office_people.dismiss(actor, person.id, MODERATORS),
    ),
    "create administrator": (
        Permission.GROUPS_CHANGE,
        lambda actor, _person: administrator.create(actor, "eve@demo.example", "seven quiet green lanterns"),
    ),
    "sign out": (Permission.ACCOUNTS_SECURE, lambda actor, person: sessions.sign_out_account(actor, person.id)),
    "end session": (
        Permission.ACCOUNTS_SECURE,
        lambda actor, person: sessions.end_one(actor, person.id, make_sign_in(person).id),
    ),
    "remove second factor": (Permission.ACCOUNTS_SECURE, lambda actor, person: second_factor.remove(actor, person.id)),
    "confirm year": (Permission.PEOPLE_VERIFY, lambda actor, person: profiles.confirm_year(actor, person.id, 2020)),
    "import": (
        Permission.ALLOW_LIST_IMPORT,
        lambda actor, _person: allow_list.import_emails(actor, ["anna@demo.example"]),
    ),
    "setting": (Permission.SETTINGS_CHANGE, lambda actor, _person: settings.change(actor, FRIENDS_ANY_EMAIL, False)),
    "toggle": (Permission.SETTINGS_CHANGE, lambda actor, _person: settings.toggle(actor, AUTO_APPROVE)),
    "settings": (
        Permission.SETTINGS_CHANGE,
        lambda actor, _person: office_settings.change_settings(actor, {FRIENDS_ANY_EMAIL: False}),
    ),
}
OF_EVENTS: dict[str, Callable[[Actor, uuid.UUID], Any]] = {
    "approve": review.approve,
    "decline": lambda actor, event_id: review.decline(actor, event_id, "No place."),
    "unapprove": review.unapprove,
    "approve undoably": review_undo.approve_undoably,
    "decline undoably": lambda actor, event_id: review_undo.decline_undoably(actor, event_id, "No place."),
}


def acting(account: Account, permissions: Any) -> Actor:
    return Actor(Channel.PAGE, account_id=account.id, permissions=frozenset(permissions), authenticated_at=now())


def written(app: PortalFlask) -> tuple[int | None, ...]:
    """Return the numbers of audit entries and messages."""
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(table)) for table in (AuditEntry, OutboxMessage)
        )


def those_who_may_not(alina: Account, needed: Permission) -> list[Actor]:
    """Return a visitor, a member, a moderator if the permission is not theirs, and somebody with all others."""
    people = [Actor(Channel.PAGE), acting(alina, ()), acting(alina, set(Permission) - {needed})]
    moderators = BUILT_IN_GROUPS[MODERATORS]
    return people if needed in moderators else [*people, acting(alina, moderators)]


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_services_about_people_refuse_everybody_without_the_permission(
    app: PortalFlask, alina: Account, name: str
) -> None:
    needed, service = OF_PEOPLE[name]
    people = [make_account("mona@demo.example", groups=(MODERATORS,), second_factor="mail")]
    people += [make_account("nina@demo.example", verified=False), make_account("boris@demo.example", banned=True)]
    before = written(app)
    for actor in those_who_may_not(alina, needed):
        for person in people:
            with pytest.raises(Forbidden, match="not_permitted"):
                decide(app, service, actor, person)
    assert written(app) == before


@pytest.mark.parametrize("name", OF_EVENTS)
def test_services_about_events_refuse_everybody_without_the_permission(
    app: PortalFlask, alina: Account, bob: Account, name: str
) -> None:
    event = make_event(bob)
    before = written(app)
    for actor in [*those_who_may_not(alina, Permission.EVENTS_MODERATE), acting(bob, ())]:
        with pytest.raises(Forbidden, match="not_permitted"):
            decide(app, OF_EVENTS[name], actor, event.id)
    assert written(app) == before


def test_nobody_confirms_their_own_year(app: PortalFlask, adam: Account) -> None:
    with pytest.raises(Forbidden):
        decide(app, profiles.confirm_year, acting(adam, Permission), adam.id, 2020)


def test_one_who_lost_the_permission_undoes_nothing(app: PortalFlask, alina: Account, bob: Account) -> None:
    act_id = decide(app, reversible.ban, acting(alina, {Permission.PEOPLE_BAN}), bob.id).act_id
    for permissions in ((), set(Permission) - {Permission.PEOPLE_BAN}):
        with pytest.raises(Forbidden):
            decide(app, reversible.undo, acting(alina, permissions), act_id)

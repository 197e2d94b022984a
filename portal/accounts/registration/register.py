"""Registering: on the allow list a mailed link verifies, everybody else waits for the alumni office."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts import emails, queries
from portal.accounts.authentication.password_policy import check_password
from portal.accounts.domain_events import AccountRegistered, RegistrationOffered
from portal.accounts.messages import ALREADY_REGISTERED, TO_VERIFY, WAITING, tell
from portal.accounts.models import NAME_MAX, Account, AllowedAddress, Role, VerifiedBy
from portal.accounts.registration.verification import send_link
from portal.accounts.settings import FRIENDS_ANY_ADDRESS
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.core.errors import Conflict, DomainError, Invalid, TooMany
from portal.core.events import publish
from portal.core.security import throttle
from portal.core.security.passwords import hash_password
from portal.core.security.throttle import Limit
from portal.core.text import has_letter, one_line
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.settings import registry

PER_NETWORK = Limit("register.network", 300, timedelta(hours=1))  # a whole class may sit behind one address
TAKEN_PER_NETWORK = Limit("register.taken", 30, timedelta(hours=1))  # trying out who is here


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody says of themselves; friends of the alumni have no graduation year."""

    first_name: str
    last_name: str
    email: str
    password: str
    role: str = Role.ALUMNI
    graduation_year: int | None = None
    telegram_alias: str | None = None
    wants_office: bool = False


def register(actor: Actor, registration: Registration) -> Account:
    """Make the account and its profile; by mail it learns what happens next.

    Raises ``Conflict`` (``email_taken``) for a known address, ``Invalid`` naming the field, ``TooMany``.
    """
    fit = checked(registration)
    refuse_when_over(PER_NETWORK, actor)
    account = make_account(fit)
    publish(AccountRegistered(account, registration.graduation_year, registration.telegram_alias))
    record(actor, "accounts.register", target=("account", account.id), verification=account.verification)
    if account.verification == VerifiedBy.MAIL:
        send_link(actor, account)
    else:
        tell(account, WAITING, key="registered")
        tell_office(account, registration.graduation_year)
    return account


def refuse_when_over(limit: Limit, actor: Actor) -> None:
    seconds = throttle.consume(limit, network_of(actor))
    if seconds:
        raise TooMany(
            "too_many_tries", _("Too many registrations from your network. Try again later."), retry_after=seconds
        )


def network_of(actor: Actor) -> str:
    return actor.network or "unknown"


def register_openly(actor: Actor, registration: Registration) -> Account:
    """The same for a door that says when an address is taken, which is why few such answers go to one network."""
    refuse_when_over(TAKEN_PER_NETWORK, actor)
    try:
        account = register(actor, registration)
    except Conflict:
        raise
    except DomainError:
        throttle.refund(TAKEN_PER_NETWORK, network_of(actor))
        raise
    throttle.refund(TAKEN_PER_NETWORK, network_of(actor))
    return account


def register_quietly(actor: Actor, registration: Registration) -> None:
    """The same for a page, which must not say whether an address is known: its owner gets a mail instead."""
    try:
        with db.session.begin_nested():
            register(actor, registration)
    except Conflict:
        known = queries.find_by_email(registration.email)
        if known is not None:
            tell(known, ALREADY_REGISTERED, key=f"{now():%Y-%m-%d-%H}")
            record(actor, "accounts.register_again", target=("account", known.id))


def checked(registration: Registration) -> Registration:
    """The same with its text trimmed and its address in normal form; raises ``Invalid``."""
    first, last = (one_line(name) for name in (registration.first_name, registration.last_name))
    for field, name in (("first_name", first), ("last_name", last)):
        if len(name) > NAME_MAX or not has_letter(name):
            raise Invalid("bad_name", _("Enter a name of 1 to %(most)s characters.", most=NAME_MAX), field=field)
    if registration.role not in {Role.ALUMNI, Role.ALUMNI_FRIEND}:
        raise Invalid("bad_role", _("Choose graduate or alumni friend."), field="role")
    if registration.role == Role.ALUMNI and registration.graduation_year is None:
        raise Invalid("missing", _("Choose the year you graduated."), field="graduation_year")
    email = emails.checked(registration.email)
    check_password(registration.password, own=(first, last, email))
    if registration.role == Role.ALUMNI or not registry.get(FRIENDS_ANY_ADDRESS):
        emails.check_domain(email)
    publish(RegistrationOffered(registration.graduation_year, registration.telegram_alias))
    return Registration(
        first,
        last,
        email,
        registration.password,
        registration.role,
        registration.graduation_year,
        registration.telegram_alias,
        registration.wants_office,
    )


def make_account(registration: Registration) -> Account:
    """Insert the row; two people with one address cannot both succeed."""
    if queries.is_kept(registration.email):
        raise taken()
    by_mail = not registration.wants_office and is_allowed(registration.email)
    account_id: uuid.UUID | None = db.session.execute(
        insert(Account)
        .values(
            id=new_id(),
            email=registration.email,
            password_hash=hash_password(registration.password),
            role=registration.role,
            first_name=registration.first_name,
            last_name=registration.last_name,
            verification=VerifiedBy.MAIL if by_mail else VerifiedBy.OFFICE,
            locale=str(get_locale()),
            created_at=now(),
            updated_at=now(),
        )
        .on_conflict_do_nothing(index_elements=[Account.email])
        .returning(Account.id)
    ).scalar_one_or_none()
    if account_id is None:
        raise taken()
    return db.session.get_one(Account, account_id)


def taken() -> Conflict:
    return Conflict("email_taken", _("Email already registered"), field="email")


def is_allowed(email: str) -> bool:
    """Does the university vouch for this address?"""
    return bool(db.session.scalar(select(exists().where(AllowedAddress.address_hash == emails.keyed_hash(email)))))


def tell_office(account: Account, year: int | None) -> None:
    """Everybody who can verify hears that somebody waits."""
    for official in queries.holders(Permission.PEOPLE_VERIFY):
        tell(official, TO_VERIFY, key=str(account.id), person=account.name, email=account.email, year=year)

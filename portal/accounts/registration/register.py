"""Registration: whoever is on the allow list is verified by an emailed link, everybody else by the alumni office."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.accounts import emails, queries
from portal.accounts.audit_actions import AccountAction
from portal.accounts.authentication.password_policy import check_password
from portal.accounts.domain_events import AccountRegistered, RegistrationValidated
from portal.accounts.messages import ALREADY_REGISTERED, TO_VERIFY, enqueue_email, enqueue_emails
from portal.accounts.models import NAME_MAX, Account, Role, VerifiedBy
from portal.accounts.registration import browser_binding, verification
from portal.accounts.registration.allow_list import is_allowed
from portal.accounts.registration.browser_binding import Registration
from portal.accounts.registration.verification import send_link
from portal.accounts.reserved_names import check_names
from portal.accounts.settings import FRIENDS_ANY_EMAIL
from portal.audit.services import record
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.db.base import new_id
from portal.core.errors import Conflict, DomainError, Invalid, TooMany
from portal.core.events import publish
from portal.core.security import throttle
from portal.core.security.passwords import PasswordCheck, hash_password, verify_password
from portal.core.security.throttle import Limit
from portal.core.text import has_letter, is_blank, one_line
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.texts import consent

PER_NETWORK = Limit("register.network", 300, timedelta(hours=1))  # a whole class may share one network
TAKEN_PER_NETWORK = Limit("register.taken", 30, timedelta(hours=1))  # against trying out which emails are registered
REPEATED_WITHIN = timedelta(minutes=1)
"""How soon a form that is sent twice comes again; later, its password would be a guess without a limit."""


def register(actor: Actor, registration: Registration) -> Account:
    """Create an account, to be verified by an emailed link if its email is on the allow list, else by the office.

    The person is emailed a link that confirms the email; the office is notified of those who wait for it. An audit
    entry is added, the consent to the privacy notice is stored, and ``AccountRegistered`` is published, whose handler
    creates the profile. Raise ``Invalid`` naming the field for unusable values, ``Conflict`` (``email_taken``) for an
    email that is registered or reserved, and ``TooMany`` beyond 300 registrations an hour from one network.
    """
    registration = validated(registration)
    spend_or_raise(PER_NETWORK, actor)
    return store(actor, registration)


def store(actor: Actor, registration: Registration) -> Account:
    """Create the account of a validated registration, with all that follows from it, and return it.

    Raise ``Conflict`` (``email_taken``) for an email that is registered or reserved.
    """
    account = create_account(registration)
    publish(AccountRegistered(account, registration.graduation_year, registration.telegram_alias))
    consent.store(actor, account.id, registration.privacy_version)
    record(actor, AccountAction.REGISTER, target=("account", account.id), verification=account.verification)
    send_link(actor, account)
    if account.verification == VerifiedBy.OFFICE:
        notify_office(account, registration.graduation_year)
    return account


def register_disclosing_conflicts(actor: Actor, registration: Registration) -> Account:
    """Create an account as ``register`` does, for an entry point that says that an email is registered already.

    Errors are those of ``register``; ``TooMany`` is also raised beyond 30 conflicts an hour from one network, so that
    nobody can try out who has an account.
    """
    spend_or_raise(TAKEN_PER_NETWORK, actor)
    try:
        account = register(actor, registration)
    except Conflict:
        raise
    except DomainError:
        throttle.refund(TAKEN_PER_NETWORK, network_of(actor))
        raise
    throttle.refund(TAKEN_PER_NETWORK, network_of(actor))
    return account


def register_hiding_conflicts(actor: Actor, registration: Registration, *, bound: str = "") -> str:
    """Create an account as ``register`` does, for an entry point that must not say whether an email is registered.

    Return the token that ties the browser to the registration. If the email is registered, no account is created; its
    owner is emailed that they have one, at most once an hour, and an audit entry is added. For a form that was sent
    twice, the browser is tied to the account of the first time: it has the token ``bound`` from there, or the answer
    was lost, and the same password comes again within a minute. An unregistered email that its former owner can still
    take back gets neither. Raise ``Invalid`` naming the field, and ``TooMany`` beyond 300 registrations an hour from
    one network.
    """
    registration = validated(registration)
    spend_or_raise(PER_NETWORK, actor)
    hashed, owner = registration.with_hashed_password(), None
    try:
        with db.session.begin_nested():
            token = browser_binding.bind(store(actor, hashed))
    except Conflict:
        token, owner = "", queries.find_by_email(hashed.email)
    # Compared in any case, so that a new email takes as long as a known one.
    compared = owner.password_hash if owner and owner.created_at > now() - REPEATED_WITHIN else None
    is_repeated = verify_password(compared, registration.password) is not PasswordCheck.WRONG
    if owner is None:
        return token or browser_binding.bind_decoy(hashed)
    report_repetition(actor, owner)
    if browser_binding.is_bound(bound, owner):
        return bound
    if is_repeated and verification.needs_confirmation(owner):
        return browser_binding.bind(owner)
    return browser_binding.bind_decoy(hashed)


def correct_email(actor: Actor, bound: str, email: str) -> str:
    """Give the registration of this browser another email and send the link there; return the browser's new token.

    ``bound`` is the token from registering. An email that has an account gets the same answer, as when registering.
    Raise ``Conflict`` if the registration is more than a day old or its email has been confirmed, ``Invalid`` for an
    unusable email, and ``TooMany`` beyond the limits of registrations and of emailed links.
    """
    secret = browser_binding.find(bound)
    if secret is None:
        raise Conflict("registration_over", _("This registration can no longer be changed here. Register again."))
    if secret.account_id is None:
        kept = replace(browser_binding.kept_registration(secret), email=email)
        return register_hiding_conflicts(actor, kept, bound=bound)
    account = queries.lock(secret.account_id)
    if not verification.needs_confirmation(account):
        raise Conflict("email_confirmed", _("Your email is already confirmed. Sign in."))
    move_registration(actor, account, validated_email(email, account.role))
    return bound


def move_registration(actor: Actor, account: Account, email: str) -> None:
    """Change the email of an account that has not confirmed it.

    If ``email`` has an account, nothing changes and its owner is emailed.
    """
    spend_or_raise(PER_NETWORK, actor)
    if email == account.email:
        verification.resend(actor, email)
        return
    owner = queries.find_by_email(email)
    if owner is not None or queries.is_email_reserved(email):
        report_repetition(actor, owner)
        return
    try:
        with db.session.begin_nested():
            account.email = email
            account.verification = VerifiedBy.MAIL if is_allowed(email) else VerifiedBy.OFFICE
    except IntegrityError:  # a parallel registration has taken it
        db.session.refresh(account)
        return
    record(actor, AccountAction.CORRECT_EMAIL, target=("account", account.id), verification=account.verification)
    send_link(actor, account)
    if account.verification == VerifiedBy.OFFICE:
        notify_office(account, None)


def report_repetition(actor: Actor, owner: Account | None) -> None:
    """Add an audit entry that an email in use was registered, and email its ``owner`` that, at most once an hour."""
    if owner is not None:
        enqueue_email(owner, ALREADY_REGISTERED, key=f"{now():%Y-%m-%d-%H}")
    record(actor, AccountAction.REGISTER_AGAIN, target=("account", owner.id) if owner else None)


def spend_or_raise(limit: Limit, actor: Actor) -> None:
    """Count a registration of the actor's network against a limit; raise ``TooMany`` beyond it."""
    seconds = throttle.consume(limit, network_of(actor))
    if seconds:
        raise TooMany(
            "too_many_tries", _("Too many registrations from your network. Try again later."), retry_after=seconds
        )


def network_of(actor: Actor) -> str:
    """Return the network under which limits count the actor, or ``unknown``."""
    return actor.network or "unknown"


def validated(registration: Registration) -> Registration:
    """Return the registration with its names trimmed and its email in normal form.

    Raise ``Invalid`` naming the field for an unusable name, role, year, email or password, or an email domain that is
    not allowed. Publish ``RegistrationValidated``, whose handlers also raise ``Invalid``, for the year and the Telegram
    alias.
    """
    first, last = (one_line(name) for name in (registration.first_name, registration.last_name))
    if registration.may_have_one_name and (is_blank(first) or is_blank(last)):
        first, last = last if is_blank(first) else first, ""  # a person's only name is kept as the first one
    for field, name in (("first_name", first), ("last_name", last)):
        if not name and field == "last_name" and registration.may_have_one_name:
            continue
        if len(name) > NAME_MAX or not has_letter(name):
            raise Invalid("bad_name", _("Enter a name of 1 to %(most)s characters.", most=NAME_MAX), field=field)
    check_names((first, last))
    if registration.role not in {Role.ALUMNI, Role.ALUMNI_FRIEND}:
        raise Invalid("bad_role", _("Choose graduate or alumni friend."), field="role")
    if registration.role == Role.ALUMNI and registration.graduation_year is None:
        raise Invalid("missing", _("Choose the year you graduated."), field="graduation_year")
    email = validated_email(registration.email, registration.role)
    if registration.password_hash is None:
        check_password(registration.password, own=(first, last, email))
    publish(RegistrationValidated(registration.graduation_year, registration.telegram_alias))
    return replace(registration, first_name=first, last_name=last, email=email)


def validated_email(email: str, role: str) -> str:
    """Return the normal form of an email to register with; raise ``Invalid`` for a bad one or a foreign domain.

    A setting says whether an alumni friend may have an email of any domain.
    """
    normal = emails.validate(email)
    if role == Role.ALUMNI or not registry.get(FRIENDS_ANY_EMAIL):
        emails.check_domain(normal)
    return normal


def create_account(registration: Registration) -> Account:
    """Insert the account of a validated registration and return it, not verified yet.

    It is to be verified by email if the email is on the allow list and no manual verification is asked for, else by the
    office. Raise ``Conflict`` for an email that is registered, even by a parallel request, or that its former owner can
    still take back.
    """
    if queries.is_email_reserved(registration.email):
        raise email_taken()
    by_mail = not registration.manual_verification and is_allowed(registration.email)
    account_id: uuid.UUID | None = db.session.execute(
        insert(Account)
        .values(
            id=new_id(),
            email=registration.email,
            password_hash=registration.password_hash or hash_password(registration.password),
            role=registration.role,
            first_name=registration.first_name,
            last_name=registration.last_name,
            verification=VerifiedBy.MAIL if by_mail else VerifiedBy.OFFICE,
            locale=registration.locale,
            created_at=now(),
            updated_at=now(),
        )
        .on_conflict_do_nothing(index_elements=[Account.email])
        .returning(Account.id)
    ).scalar_one_or_none()
    if account_id is None:
        raise email_taken()
    return db.session.get_one(Account, account_id)


def email_taken() -> Conflict:
    """Return the error ``Conflict`` (``email_taken``) for an email that another account has."""
    return Conflict("email_taken", _("Email already registered"), field="email")


def notify_office(account: Account, graduation_year: int | None) -> None:
    """Email everybody who may verify people that an account waits for them, once per account."""
    enqueue_emails(
        TO_VERIFY,
        queries.is_holder(Permission.PEOPLE_VERIFY),
        key=str(account.id),
        person=account.name,
        email=account.email,
        year=graduation_year,
    )

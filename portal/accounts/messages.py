"""Message kinds about accounts, sent straight to the outbox, because these people may not see notices yet."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from portal.accounts.authentication.one_time_secrets import CODE_LIFE, Issued
from portal.accounts.models import Account
from portal.core.clock import now
from portal.outbox.kinds import MessageKind
from portal.outbox.models import MessageChannel
from portal.outbox.services import enqueue, enqueue_many

LINK = "/verify?token=sample"
DAY = "2026-12-05"
MINUTES = CODE_LIFE.seconds // 60

VERIFY_EMAIL = MessageKind(
    "accounts.verify_address",
    _("Confirm your email"),
    secret=True,
    sample={"name": "Alina", "url": LINK, "code": "123456", "hours": 24},
)
ALREADY_REGISTERED = MessageKind(
    "accounts.already_registered", _("You already have an account"), sample={"name": "Alina"}
)
WAITING = MessageKind(
    "accounts.waiting",
    _("Confirm your email, then the office reviews your registration"),
    secret=True,
    sample={"name": "Alina", "url": LINK, "code": "123456", "hours": 24},
)
TO_VERIFY = MessageKind(
    "accounts.to_verify",
    _("New registration"),
    sample={"person": "Kamila Demo", "email": "kamila@demo.example", "year": 2018},
)
VERIFIED = MessageKind(
    "accounts.verified",
    _("You can sign in now"),
    sample={"name": "Alina", "note": "Welcome back from the class of 2018."},
)
DECLINED = MessageKind(
    "accounts.declined",
    _("Your registration was declined"),
    sample={"name": "Alina", "reason": "We could not find you among our graduates."},
)
ASKED = MessageKind(
    "accounts.asked",
    _("A question about your registration"),
    sample={"name": "Alina", "question": "Which faculty did you graduate from?", "url": "/waiting/answer"},
)
ANSWERED = MessageKind(
    "accounts.answered",
    _("A new answer to your question"),
    sample={
        "person": "Kamila Demo",
        "question": "Which faculty?",
        "answer": "Mathematics.",
        "url": "/admin/verification",
    },
)
UNVERIFIED = MessageKind("accounts.unverified", _("Your verification was withdrawn"), sample={"name": "Alina"})
BANNED = MessageKind(
    "accounts.banned", _("Your account is banned"), sample={"name": "Alina", "reason": "Advertising.", "until": DAY}
)
UNBANNED = MessageKind("accounts.unbanned", _("You can sign in again"), sample={"name": "Alina"})
ROLE_CHANGED = MessageKind(
    "accounts.role_changed", _("Your role was changed"), sample={"name": "Alina", "role": "alumni_friend"}
)
RIGHTS_CHANGED = MessageKind(
    "accounts.rights_changed",
    _("Your rights in the alumni office have changed"),
    sample={"name": "Alina", "group": "moderators", "given": True},
)
OFFICE_CHANGED = MessageKind(
    "accounts.office_changed",
    _("A change of rights or settings in the alumni office"),
    sample={
        "name": "Adam",
        "change": "administrator_added",
        "person": "Mona Demo (mona@demo.example)",
        "by": "Eve Demo (eve@demo.example)",
        "path": "/admin/people",
    },
)
CODES_GUESSED = MessageKind(
    "accounts.codes_guessed", _("Somebody is guessing sign-in codes"), sample={"name": "Adam", "guesses": 500}
)
WARNED = MessageKind(
    "accounts.warned",
    _("A warning from the alumni office"),
    sample={"name": "Alina", "text": "No advertising among members."},
)
CODE = MessageKind(
    "accounts.code",
    _("A code to sign in or to confirm a change"),
    channels=(MessageChannel.MAIL.value, MessageChannel.TELEGRAM.value),
    secret=True,
    sample={"name": "Alina", "code": "123456", "minutes": MINUTES},
)
RESET_PASSWORD = MessageKind(
    "accounts.reset_password",
    _("A link to set a password"),
    secret=True,
    sample={"name": "Alina", "url": "/password/reset?token=sample", "minutes": 30, "has_password": True},
)
PASSWORD_CHANGED = MessageKind("accounts.password_changed", _("Your password was changed"), sample={"name": "Alina"})
CHANGE_EMAIL = MessageKind(
    "accounts.change_address",
    _("Confirm your new email address"),
    secret=True,
    sample={"name": "Alina", "code": "123456", "minutes": MINUTES},
)
EMAIL_CHANGED = MessageKind(
    "accounts.address_changed",
    _("Your email address was changed"),
    secret=True,
    sample={"name": "Alina", "email": "new@demo.example", "url": "/email/undo?token=sample", "days": 7},
)
SECOND_FACTOR_CHANGED = MessageKind(
    "accounts.second_factor_changed",
    _("Your two-step verification was changed"),
    sample={"name": "Alina", "factor": "totp", "by_office": False},
)

CODE_KINDS = (CODE, CHANGE_EMAIL)
"""Kinds that a person may request once a minute, and again at once where the message could not be sent."""


def message_key(kind: MessageKind, secret_id: uuid.UUID) -> str:
    """Return the unique outbox key ``<kind>:<secret id>`` of the message that carries a one-time secret."""
    return f"{kind.name}:{secret_id}"


def timestamp_key() -> str:
    """Return the current Unix time with six decimals, for the key of a message that may be sent any number of times."""
    return f"{now().timestamp():.6f}"


def enqueue_code(
    account: Account,
    kind: MessageKind,
    issued: Issued,
    *,
    recipient: str | None = None,
    channel: MessageChannel = MessageChannel.MAIL,
    good_until: datetime | None = None,
    **payload: object,
) -> None:
    """Enqueue the message of ``kind`` that carries an issued code, in the account's language.

    ``recipient`` is an email or a Telegram chat, as ``channel`` says; by default it is the account's email. ``payload``
    adds values for the templates. A message that could not be sent by ``good_until`` is withdrawn.
    """
    enqueue(
        kind,
        recipient=recipient or account.email,
        locale=account.locale,
        channel=channel,
        key=message_key(kind, issued.id),
        payload={"name": account.first_name, "code": issued.code, "minutes": MINUTES, **payload},
        good_until=good_until,
    )


def enqueue_email(account: Account, kind: MessageKind, *, key: str, **payload: object) -> None:
    """Enqueue an email of ``kind`` to the owner of an account in their language.

    A second email of this kind to this person with an existing ``key`` is not stored. ``payload`` holds further values
    for the templates.
    """
    enqueue(
        kind,
        recipient=account.email,
        locale=account.locale,
        key=f"{kind.name}:{account.id}:{key}",
        payload={"name": account.first_name, **payload},
    )


def enqueue_emails(kind: MessageKind, *whom: ColumnElement[bool], key: str, **payload: object) -> None:
    """Enqueue an email of ``kind`` as ``enqueue_email`` does, to the owner of each account, in one statement.

    ``whom`` are the SQL conditions that the accounts fulfil.
    """
    message = select(
        Account.email,
        Account.locale,
        literal(f"{kind.name}:") + cast(Account.id, Text) + f":{key}",
        func.jsonb_build_object("name", Account.first_name).concat(literal(payload, JSONB)),
    )
    enqueue_many(kind, message.where(*whom).order_by(Account.id))

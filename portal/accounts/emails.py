"""Emails as the identity of an account: their normal form, validation, allowed domains and keyed hash."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from portal.accounts.models import EMAIL_MAX
from portal.core.environment import settings
from portal.core.errors import Invalid
from portal.core.security import signing

TYPED_MAX = EMAIL_MAX + 50


def normalise(email: str) -> str:
    """Return the form under which an email is stored and found: trimmed, in lower case, its domain in ASCII.

    Text that is not an email address is returned trimmed and in lower case; no error is raised.
    """
    plain = email.strip().lower()
    if plain.isascii() or len(plain) > TYPED_MAX:
        return plain
    try:
        return to_ascii(plain)
    except EmailNotValidError:
        return plain


def to_ascii(email: str) -> str:
    """Return an email in lower case with its domain in ASCII, encoded by RFC 5891.

    Raise ``EmailNotValidError`` for text that is not an email address, and for characters outside ASCII before the @,
    because few mail servers accept them (RFC 6531).
    """
    validated = validate_email(email, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    return (validated.ascii_email or validated.normalized).lower()


def validate(email: str) -> str:
    """Return the normal form of a typed email, as ``normalise`` does.

    Raise ``Invalid`` on the field ``email`` if it is not an email address or longer than ``EMAIL_MAX``. Whether its
    domain exists is not checked.
    """
    refusal = Invalid("bad_address", _("This is not an email address. Check it for typos."), field="email")
    if len(email) > TYPED_MAX:
        raise refusal
    try:
        normal = to_ascii(email.strip())
    except EmailNotValidError:
        raise refusal from None
    if len(normal) > EMAIL_MAX:
        raise refusal
    return normal


def check_domain(email: str) -> None:
    """Raise ``Invalid`` for an email in normal form whose domain is not in the configured ``EMAIL_DOMAINS``.

    If none are configured, every domain is allowed.
    """
    allowed = [domain.lower().lstrip("@") for domain in settings().email_domains]
    if allowed and email.rpartition("@")[2] not in allowed:
        domains = ", ".join(f"@{domain}" for domain in allowed)
        raise Invalid(
            "foreign_domain", _("Use your university email address (%(domains)s).", domains=domains), field="email"
        )


def keyed_hash(email: str) -> str:
    """Return the HMAC-SHA-256 of an email's normal form as 64 hexadecimal digits, as the allow list stores it."""
    return signing.hexdigest_with(settings().email_hash_secret.get_secret_value(), normalise(email))

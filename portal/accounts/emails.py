"""Mail addresses: the identity of an account, the same however it is capitalised."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from portal.accounts.models import EMAIL_MAX
from portal.core.environment import settings
from portal.core.errors import Invalid
from portal.core.security import signing

LONGEST_TYPED = EMAIL_MAX + 50


def normalise(address: str) -> str:
    """The form under which an address is stored and found: trimmed, lower case, the domain as mail servers know it."""
    plain = address.strip().lower()
    if plain.isascii() or len(plain) > LONGEST_TYPED:
        return plain
    try:
        return parsed(plain)
    except EmailNotValidError:
        return plain


def parsed(address: str) -> str:
    """The address in ASCII (RFC 5891 for its domain): servers that take other names before the @ are rare."""
    found = validate_email(address, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    return (found.ascii_email or found.normalized).lower()


def checked(address: str) -> str:
    """The normal form of an address that mail can be sent to; raises ``Invalid`` on ``email`` otherwise."""
    refusal = Invalid("bad_address", _("This is not an email address. Check it for typos."), field="email")
    if len(address) > LONGEST_TYPED:
        raise refusal
    try:
        normal = parsed(address.strip())
    except EmailNotValidError:
        raise refusal from None
    if len(normal) > EMAIL_MAX:
        raise refusal
    return normal


def check_domain(address: str) -> None:
    """Refuse an address outside ``EMAIL_DOMAINS``; an empty list allows any."""
    allowed = [domain.lower().lstrip("@") for domain in settings().email_domains]
    if allowed and address.rpartition("@")[2] not in allowed:
        listed = ", ".join(f"@{domain}" for domain in allowed)
        raise Invalid(
            "foreign_domain", _("Use your university email address (%(domains)s).", domains=listed), field="email"
        )


def keyed_hash(address: str) -> str:
    """How the allow list knows an address: it can be compared, not read back."""
    return signing.hexdigest_with(settings().email_hash_secret.get_secret_value(), normalise(address))

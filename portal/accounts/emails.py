"""Emails as the identity of an account: their normal form, validation, allowed domains and keyed hash.

Whatever is typed, pasted or read from a file passes through ``clean``, so that one email is found in each of its
spellings, and ``validate`` names what cannot be part of an email.
"""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from portal.accounts.models import EMAIL_MAX
from portal.core.emails import clean as clean
from portal.core.environment import settings
from portal.core.errors import Invalid
from portal.core.security import signing

TYPED_MAX = EMAIL_MAX + 50

_LOCAL_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-")
_LATIN, _LOOKALIKE = re.compile("[a-z]", re.IGNORECASE), re.compile("[\u0370-\u052f]")
_INCOMPLETE = _("This is not an email address. Check it for typos.")


def normalise(email: str) -> str:
    """Return the form under which an email is stored and found: cleaned, in lower case, its domain in ASCII.

    Text that is not an email address is returned cleaned and in lower case; no error is raised.
    """
    plain = clean(email).lower()
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

    Raise ``Invalid`` on the field ``email`` if it is not an email address or longer than ``EMAIL_MAX``; where one sign
    is to blame, the sentence names it. Whether its domain exists is not checked.
    """
    plain = clean(email)
    refusal = Invalid("bad_address", fault_of(plain.lower()) or _INCOMPLETE, field="email")
    if len(plain) > TYPED_MAX or lookalike_in(plain):
        raise refusal
    try:
        normal = to_ascii(plain)
    except EmailNotValidError:
        raise refusal from None
    if len(normal) > EMAIL_MAX:
        raise refusal
    return normal


def fault_of(email: str) -> LazyString | None:
    """Return the sentence that says which sign keeps a cleaned email in lower case from being one, or ``None``.

    ``None`` means that no single sign is to blame, whether or not it is an email.
    """
    local, at, domain = email.partition("@")
    if not at:
        return _("The @ is missing. An email address looks like name@example.org.")
    if "@" in domain:
        return _("There is more than one @. Enter a single email address.")
    if any(sign.isspace() for sign in email):
        before = email.split()[0]
        return _("There is a space after “%(before)s”. Email addresses have none.", before=before)
    if ".." in email:
        return _("There are two dots in a row.")
    wrong = next((sign for sign in local if sign not in _LOCAL_SIGNS), None) or next(
        (sign for sign in domain if not (sign.isalnum() or sign in ".-" or unicodedata.combining(sign))), None
    )
    wrong = wrong or lookalike_in(email)
    if wrong is None:
        return None
    if wrong.isalpha():
        return _("The letter “%(sign)s” is not from the Latin alphabet. Type it in Latin letters.", sign=wrong)
    return _("An email address cannot contain “%(sign)s” there.", sign=wrong)


def lookalike_in(email: str) -> str | None:
    """Return a Cyrillic or Greek letter among Latin ones in a part of an email's domain, or ``None`` if there is none.

    No registry allows such a mixture, while a domain all in Cyrillic letters may well exist.
    """
    for part in email.rpartition("@")[2].split("."):
        mistaken = _LOOKALIKE.search(part)
        if mistaken and _LATIN.search(part):
            return mistaken[0]
    return None


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

"""Limits on guessing codes: per asker, per account, per network and over the whole portal.

A guess is charged to whoever asked for the code, so that strangers use up nothing of the owner's: askers in networks
from which the owner has signed in before count apart, each network alone. All others share a wider limit per account,
one per network over all accounts, and one over the whole portal, which keeps anybody with many networks from finding
the code of just any account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _
from prometheus_client import Counter

from portal.accounts import queries
from portal.accounts.authentication.one_time_secrets import LONG_CODE_DIGITS, SHORT_CODE_DIGITS, Purpose
from portal.accounts.emails import normalise
from portal.accounts.messages import CODES_GUESSED, enqueue_emails
from portal.accounts.models import OneTimeSecret
from portal.core.actor import Actor
from portal.core.clock import now
from portal.core.errors import TooMany
from portal.core.security import signing, throttle
from portal.core.security.throttle import Charge, Limit
from portal.permissions.catalogue import Permission

DAY = timedelta(days=1)
PER_ASKER = Limit("codes.guesses", 20, DAY)
PER_ACCOUNT = Limit("codes.guesses_account", 100, DAY)
PER_NETWORK = Limit("codes.guesses_network", 100, DAY)
PER_KNOWN_NETWORK = Limit("codes.guesses_known_network", 1_000, DAY)
IN_ALL = {
    SHORT_CODE_DIGITS: Limit("codes.guesses_in_all", 5_000, DAY),
    LONG_CODE_DIGITS: Limit("codes.guesses_in_all_long", 100_000, DAY),
}
"""By the length of the code: a day's guesses find one code with a chance of half a percent or less."""
ALARM_AFTER = Limit("codes.alarm", 500, DAY)
EVERYBODY = "all"

WRONG_CODES = Counter("portal_wrong_codes", "Wrong codes entered by strangers and owners.", ["purpose"])


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever asked for a code: the email and purpose under one key, the network, and whether the owner knows it.

    ``digits`` is the length of the code.
    """

    subject: str
    purpose: Purpose
    network: str
    is_known: bool
    digits: int = SHORT_CODE_DIGITS

    @property
    def key(self) -> str:
        """The key of this email and purpose in this network alone."""
        return f"{self.subject}:{self.network}"


def asker_of(actor: Actor, email: str, purpose: Purpose) -> Asker:
    """Return the actor as somebody who asks for a code to an email in normal form; unknown emails take as long."""
    network = actor.network or "unknown"
    return Asker(subject_of(email, purpose), purpose, network, queries.has_signed_in_from(email, network))


def asker_of_secret(secret: OneTimeSecret) -> Asker:
    """Return who asked for the code of a one-time secret, as ``codes.throttle_data`` has stored it."""
    data, purpose = secret.data, Purpose(secret.purpose)
    digits = int(str(data.get("digits", SHORT_CODE_DIGITS)))
    return Asker(str(data["subject"]), purpose, str(data["network"]), bool(data.get("is_known")), digits)


def subject_of(email: str, purpose: Purpose) -> str:
    """Return the key under which limits count an email for one purpose; it holds a keyed hash instead of the email."""
    return f"{purpose}:{signing.hexdigest('codes', normalise(email))[:32]}"


def charges_of(actor: Actor, asker: Asker) -> list[Charge]:
    """Return the limits, each with its subject, against which a guess by the actor counts."""
    network = actor.network or "unknown"
    if asker.is_known:
        return [(PER_ASKER, asker.key), (PER_KNOWN_NETWORK, network)]
    in_all = IN_ALL[asker.digits]
    return [(PER_ASKER, asker.key), (PER_ACCOUNT, asker.subject), (PER_NETWORK, network), (in_all, EVERYBODY)]


def count(actor: Actor, asker: Asker) -> None:
    """Count the check of a code as wrong before it is made; raise ``TooMany`` beyond a limit.

    ``settle`` is to follow, with the result.
    """
    seconds = throttle.consume_all(charges_of(actor, asker))
    if seconds:
        raise TooMany("too_many_tries", _("Too many incorrect attempts. Try again later."), retry_after=seconds)


def settle(actor: Actor, asker: Asker, *, is_wrong: bool) -> None:
    """Record the wrong code of a check that ``count`` has counted, or stop counting it if there was none.

    No code was wrong if it was correct or there was nothing to guess.
    """
    if is_wrong:
        record_wrong(asker)
    else:
        throttle.refund_all(charges_of(actor, asker))


def record_wrong(asker: Asker) -> None:
    """Add a wrong code to the metrics; beyond 500 a day of strangers, email the administrators once a day."""
    WRONG_CODES.labels(asker.purpose.value).inc()
    if asker.is_known or not throttle.consume(ALARM_AFTER, EVERYBODY):
        return
    administrators = queries.is_holder(Permission.GROUPS_CHANGE)
    enqueue_emails(CODES_GUESSED, administrators, key=f"{now():%Y-%m-%d}", guesses=ALARM_AFTER.times)

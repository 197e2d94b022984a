"""The sign-in that was started in this browser and awaits a code, kept in the browser's signed cookie.

The email with which the sign-in form opens is kept there too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import flask

KEY = "pending_sign_in"
EMAIL_KEY = "sign_in_email"


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A started sign-in that awaits a code; an empty ``token`` means that there is none.

    ``token`` is sent together with the code, ``next`` is the URL to go to afterwards. ``channel`` and ``email`` say
    where a sign-in code was requested; both are empty when the second factor is awaited.
    """

    token: str = ""
    channel: str = ""
    email: str = ""
    next: str | None = None


def remember(token: str, *, channel: str = "", email: str = "", next: str | None = None) -> None:
    """Store a started sign-in in the browser's cookie in place of an earlier one, until the browser signs in or out.

    Arguments are the fields of ``PendingSignIn``.
    """
    flask.session[KEY] = asdict(PendingSignIn(token, channel, email, next))


def current() -> PendingSignIn:
    """Return the started sign-in of this browser, with empty fields if there is none."""
    return PendingSignIn(**flask.session.get(KEY, {}))


def remember_email(email: str) -> None:
    """Keep an email in the browser's cookie, with which the sign-in form opens."""
    flask.session[EMAIL_KEY] = email


def email_to_sign_in() -> str:
    """Return the email with which the sign-in form of this browser opens, or an empty string."""
    return str(flask.session.get(EMAIL_KEY, ""))

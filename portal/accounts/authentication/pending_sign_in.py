"""The sign-in that was started in this browser and waits for a code, kept in the browser's signed cookie."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import flask

KEY = "pending_sign_in"


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in that waits for a code; an empty ``token`` means that there is none.

    ``token`` is sent together with the code, ``next`` is the URL to go to afterwards. ``channel`` and ``email`` say
    where a sign-in code was requested; both are empty when the second factor is awaited.
    """

    token: str = ""
    channel: str = ""
    email: str = ""
    next: str | None = None


def remember(token: str, *, channel: str = "", email: str = "", next: str | None = None) -> None:
    """Store the pending sign-in in the cookie; signing in clears it."""
    flask.session[KEY] = asdict(PendingSignIn(token, channel, email, next))


def current() -> PendingSignIn:
    """Return the pending sign-in of this browser."""
    return PendingSignIn(**flask.session.get(KEY, {}))

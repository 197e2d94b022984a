"""The sign-in that was started in this browser and awaits a code, kept in the browser's signed cookie."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import flask

KEY = "pending_sign_in"


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

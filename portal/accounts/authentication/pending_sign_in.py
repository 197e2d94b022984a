"""A sign-in that has begun in this browser and waits for a code."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import flask

KEY = "pending_sign_in"


@dataclass(frozen=True, slots=True)
class Pending:
    """``token`` goes with the awaited code; ``next`` is where to go then.

    ``channel`` and ``email`` say where the code was asked to go; both are empty for a second step.
    """

    token: str = ""
    channel: str = ""
    email: str = ""
    next: str | None = None


def begin(token: str, *, channel: str = "", email: str = "", next: str | None = None) -> None:
    """Remember in the browser's signed cookie; signing in clears it."""
    flask.session[KEY] = asdict(Pending(token, channel, email, next))


def current() -> Pending:
    """What this browser has begun; an empty token stands for nothing."""
    return Pending(**flask.session.get(KEY, {}))

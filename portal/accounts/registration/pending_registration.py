"""The registration that was made in this browser and whose email is not confirmed yet, kept in its signed cookie."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import flask

from portal.accounts.authentication import pending_sign_in

KEY = "pending_registration"


@dataclass(frozen=True, slots=True)
class PendingRegistration:
    """A registration of this browser; an empty ``token`` means that there is none. ``email`` is as it was typed."""

    token: str = ""
    email: str = ""


def remember(token: str, email: str) -> None:
    """Store a registration in the browser's cookie in place of an earlier one, until the browser signs in or out."""
    flask.session[KEY] = asdict(PendingRegistration(token, email))
    pending_sign_in.remember_email(email)


def current() -> PendingRegistration:
    """Return the registration of this browser, with empty fields if there is none."""
    return PendingRegistration(**flask.session.get(KEY, {}))

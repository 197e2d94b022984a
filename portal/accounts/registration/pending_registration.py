"""The registration that was made in this browser and whose email is not confirmed yet, kept in its signed cookie."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import flask

KEY = "pending_registration"
SIGN_IN_EMAIL = "sign_in_email"


@dataclass(frozen=True, slots=True)
class PendingRegistration:
    """A registration of this browser; an empty ``token`` means that there is none. ``email`` is as it was typed."""

    token: str = ""
    email: str = ""


def remember(token: str, email: str) -> None:
    """Store a registration in the browser's cookie in place of an earlier one, until the browser signs in or out."""
    flask.session[KEY] = asdict(PendingRegistration(token, email))
    remember_email(email)


def current() -> PendingRegistration:
    """Return the registration of this browser, with empty fields if there is none."""
    return PendingRegistration(**flask.session.get(KEY, {}))


def remember_email(email: str) -> None:
    """Keep an email in the browser's cookie, with which the sign-in form opens."""
    flask.session[SIGN_IN_EMAIL] = email


def email_to_sign_in() -> str:
    """Return the email with which the sign-in form of this browser opens, or an empty string."""
    return str(flask.session.get(SIGN_IN_EMAIL, ""))

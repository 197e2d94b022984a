"""JSON schemas of the sign-in endpoints."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from portal.accounts.schemas import Email, Factor, TokenText, TypedCode, TypedPassword
from portal.api.schemas import Message, Problem, Schema


class LoginIn(Schema):
    """Email and password; ``refresh`` asks for a short-lived access token, a session token and a refresh token."""

    email: Email
    password: TypedPassword
    refresh: bool = False


class Token(Schema):
    """The tokens of a session that was just opened or refreshed; each is valid at most as long as the session.

    All but ``access_token`` and ``token_type`` are present only if the sign-in asked for refreshing: ``expires_in`` is
    the life of the access token in seconds, ``session_token`` is accepted as bearer and in ``X-Session-Token``,
    ``refresh_token`` is exchanged once for the next tokens.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int | None = None
    session_token: str | None = None
    refresh_token: str | None = None
    session_id: str | None = None

    @model_serializer(mode="wrap")
    def without_nulls(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Return the fields of the token response without empty ones, which legacy clients do not know."""
        return {name: value for name, value in serialize(self).items() if value is not None}


class SecondStepProblem(Problem):
    """An error response to a sign-in; with the code ``otp_required`` the first factor was correct.

    Then ``factor`` is the second factor that is required, and ``session_token`` is the token to send with its code.
    """

    session_token: str | None = None
    factor: Factor | None = None


class CodeRequested(Message):
    """The token to send back together with the code; if no code was sent, no code works with it."""

    session_token: str


class CodeSignInIn(Schema):
    """A sign-in code and the ``session_token`` from its request.

    ``refresh`` asks for a short-lived access token, a session token and a refresh token.
    """

    session_token: TokenText
    code: TypedCode
    refresh: bool = False


class SecondStepIn(CodeSignInIn):
    """The code of a second factor and the ``session_token`` from the response that required it.

    The code is the sent one, one of the authenticator app, or a recovery code. ``refresh`` asks for a short-lived
    access token, a session token and a refresh token, as it may already have done with the first factor.
    """


class PendingIn(Schema):
    """The ``session_token`` of a sign-in that awaits its second factor."""

    session_token: TokenText


class RefreshIn(Schema):
    """The refresh token to exchange for new tokens."""

    refresh_token: TokenText


class ProofIn(Schema):
    """The password, or a code: the emailed one, one of the authenticator app, or a recovery code.

    One of the two is required; a code is ignored if there is a password.
    """

    password: TypedPassword | None = None
    code: TypedCode | None = None

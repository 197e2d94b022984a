"""Shapes of the sign-in endpoints."""

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
    """An access token, valid as long as its session is; it grants nothing by its content.

    The other fields are present where the sign-in asked for refreshing: ``expires_in`` is the life of the access
    token in seconds, ``session_token`` is accepted as bearer and in ``X-Session-Token``, ``refresh_token`` is
    exchanged once.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int | None = None
    session_token: str | None = None
    refresh_token: str | None = None
    session_id: str | None = None

    @model_serializer(mode="wrap")
    def without_nulls(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out empty fields, which legacy clients do not know."""
        return {name: value for name, value in serialize(self).items() if value is not None}


class SecondStepProblem(Problem):
    """A refusal; with the code ``otp_required`` the first factor was correct and the second is required.

    ``session_token`` is valid for the second factor only, ``factor`` says which one it is.
    """

    session_token: str | None = None
    factor: Factor | None = None


class CodeRequested(Message):
    """The token that is sent back together with the code; for an email without an account it never works."""

    session_token: str


class CodeSignInIn(Schema):
    """A sign-in code with the token from its request; ``refresh`` as in signing in by password."""

    session_token: TokenText
    code: TypedCode
    refresh: bool = False


class SecondStepIn(CodeSignInIn):
    """The second factor: the sent code, a code of the authenticator app, or a recovery code."""


class PendingIn(Schema):
    """The token of a sign-in that waits for its second factor."""

    session_token: TokenText


class RefreshIn(Schema):
    """A refresh token."""

    refresh_token: TokenText


class ProofIn(Schema):
    """The password, or a code: emailed, of the authenticator app, or a recovery code."""

    password: TypedPassword | None = None
    code: TypedCode | None = None

"""Shapes of the sign-in endpoints."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import SerializerFunctionWrapHandler, model_serializer

from portal.accounts.schemas import Address, Factor, SomeToken, TypedCode, TypedPassword
from portal.api.schemas import Message, Problem, Schema


class LoginIn(Schema):
    """``refresh`` asks for a short access token, a session token and a refresh token."""

    email: Address
    password: TypedPassword
    refresh: bool = False


class Token(Schema):
    """An access token; it counts as long as its sign-in does, and authorises nothing by its content.

    The rest is there for a sign-in that asked for refreshing: ``expires_in`` is the access token's life in seconds,
    ``session_token`` is accepted as bearer and in ``X-Session-Token``, ``refresh_token`` is exchanged once.
    """

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int | None = None
    session_token: str | None = None
    refresh_token: str | None = None
    session_id: str | None = None

    @model_serializer(mode="wrap")
    def without_blanks(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What the existing clients do not know is not sent to them."""
        return {name: value for name, value in whole(self).items() if value is not None}


class SecondStepProblem(Problem):
    """With the code ``otp_required`` the first proof was right, and ``session_token`` opens only the second step."""

    session_token: str | None = None
    factor: Factor | None = None


class CodeRequested(Message):
    """``session_token`` goes back together with the code; for an address without an account it never works."""

    session_token: str


class CodeSignInIn(Schema):
    session_token: SomeToken
    code: TypedCode
    refresh: bool = False


class SecondStepIn(CodeSignInIn):
    """``code`` is the one that was sent, the authenticator's number, or a recovery code."""


class PendingIn(Schema):
    session_token: SomeToken


class RefreshIn(Schema):
    refresh_token: SomeToken


class ProofIn(Schema):
    """Either one's password, or a code: mailed, or the authenticator's."""

    password: TypedPassword | None = None
    code: TypedCode | None = None

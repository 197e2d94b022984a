"""The API's door: a signed access token or an opaque session token names a sign-in, the database says if it counts."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from flask import request
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from portal.core.actor import Actor, Channel
from portal.web.http.sessions import anonymous, load_actor, load_actor_by_token

SCHEME = "bearer"
SESSION_TOKEN = "X-Session-Token"  # noqa: S105 - the header's name
SESSION_TOKEN_MAX = 200
REMEMBERED_TOKENS = 4096


def resolve_bearer() -> Actor:
    """The caller; a missing, forged, expired or ended token is nobody, and the gate says so where it matters.

    A login must not fail because an old token came along, so this never raises.
    """
    header = request.headers.get("Authorization", "")
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        return by_session_token(request.headers.get(SESSION_TOKEN, ""))
    if "." not in token:  # a signed token has three parts, a session token one
        return by_session_token(token)
    try:
        claims = verified_claims(token)
    except (JWTExtendedException, PyJWTError, ValueError):
        return anonymous(Channel.API)
    if claims["type"] != "access" or claims.get("exp", time.time() + 1) <= time.time():
        return anonymous(Channel.API)
    return load_actor(str(claims["sub"]), Channel.API) or anonymous(Channel.API)


def by_session_token(token: str) -> Actor:
    """Its content says nothing: it is looked up, like a cookie's."""
    found = load_actor_by_token(token) if 0 < len(token) <= SESSION_TOKEN_MAX else None
    return found or anonymous(Channel.API)


@lru_cache(maxsize=REMEMBERED_TOKENS)
def verified_claims(token: str) -> dict[str, Any]:
    """The claims of a token whose signature holds; remembered, because only the signature never changes its mind.

    Expiry, type and above all the sign-in's row are looked at on every request. Raises what decoding raises.
    """
    claims: dict[str, Any] = decode_token(token)
    return claims

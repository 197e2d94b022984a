"""Authentication of API requests: a signed access token or an opaque session token names a session of the database."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

import jwt
from flask import request
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from portal.core.actor import Actor, Channel
from portal.web.http.sessions import anonymous, load_actor, load_actor_by_token

SCHEME = "bearer"
SESSION_TOKEN = "X-Session-Token"  # noqa: S105 - the header's name
SESSION_TOKEN_MAX = 200
TOKEN_CACHE_SIZE = 4096


def resolve_bearer() -> Actor:
    """Return the actor whom the token of the API request names, or an anonymous one without a valid token.

    The token is in ``Authorization`` or, opaque only, in ``X-Session-Token``. No error is raised, because a sign-in
    must not fail for an old token in its request; views check access themselves.
    """
    header = request.headers.get("Authorization", "")
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        return actor_of_session_token(request.headers.get(SESSION_TOKEN, ""))
    if "." not in token:  # a signed token has three parts, a session token one
        return actor_of_session_token(token)
    try:
        claims = verified_claims(token)
    except (JWTExtendedException, PyJWTError, ValueError):
        return anonymous(Channel.API)
    if claims["type"] != "access" or claims.get("exp", time.time() + 1) <= time.time():
        return anonymous(Channel.API)
    return load_actor(str(claims["sub"]), Channel.API) or anonymous(Channel.API)


def actor_of_session_token(token: str) -> Actor:
    """Return the actor whose valid API session has this opaque token, or an anonymous one if there is none."""
    actor = load_actor_by_token(token) if 0 < len(token) <= SESSION_TOKEN_MAX else None
    return actor or anonymous(Channel.API)


@lru_cache(maxsize=TOKEN_CACHE_SIZE)
def verified_claims(token: str) -> dict[str, Any]:
    """Return the claims of a token with a valid signature, cached after the first time.

    Raise ``JWTExtendedException``, ``PyJWTError`` or ``ValueError`` for any other token. An expired token raises when
    it is first decoded, but is still returned from the cache, so that the caller must check expiry, type and the
    session's row. ``type`` is ``None`` if the token has no such claim.
    """
    claims: dict[str, Any] = decode_token(token)
    # The library takes a token without a type for an access token.
    own_claims = jwt.decode(token, options={"verify_signature": False})
    return {**claims, "type": own_claims.get("type")}

"""The API's door: Flask-JWT-Extended checks the signature, the database says whether the sign-in still counts."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from flask import request
from flask_jwt_extended import decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from portal.core.access import resolves
from portal.core.actor import Actor, Door
from portal.web.session import anonymous, load_actor

SCHEME = "Bearer "
REMEMBERED_TOKENS = 4096


def init_app() -> None:
    resolves(Door.API, resolve_bearer)


def resolve_bearer() -> Actor:
    """The caller; a missing, forged, expired or ended token is nobody, and the gate says so where it matters.

    A login must not fail because an old token came along, so this never raises.
    """
    header = request.headers.get("Authorization", "")
    if not header.startswith(SCHEME):
        return anonymous(Door.API)
    try:
        claims = verified_claims(header.removeprefix(SCHEME))
    except (JWTExtendedException, PyJWTError, ValueError):
        return anonymous(Door.API)
    if claims["type"] != "access" or claims.get("exp", time.time() + 1) <= time.time():
        return anonymous(Door.API)
    return load_actor(str(claims["sub"]), Door.API) or anonymous(Door.API)


@lru_cache(maxsize=REMEMBERED_TOKENS)
def verified_claims(token: str) -> dict[str, Any]:
    """The claims of a token whose signature holds; remembered, because only the signature never changes its mind.

    Expiry, type and above all the sign-in's row are looked at on every request. Raises what decoding raises.
    """
    claims: dict[str, Any] = decode_token(token)
    return claims

"""The API's door: Flask-JWT-Extended checks the signature, the database says whether the sign-in still counts."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_jwt_extended import get_current_user, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from portal.core.access import resolves
from portal.core.actor import Actor, Door
from portal.extensions import jwt
from portal.web.session import anonymous, load_actor


def init_app(app: Flask) -> None:
    app.config.setdefault("JWT_TOKEN_LOCATION", ["headers"])
    app.config.setdefault("JWT_ALGORITHM", "HS256")
    app.config.setdefault("JWT_ENCODE_ISSUER", "alumni-portal")
    app.config.setdefault("JWT_DECODE_ISSUER", "alumni-portal")
    jwt.user_lookup_loader(lambda _header, claims: load_actor(str(claims.get("sub")), Door.API))
    resolves(Door.API, resolve_bearer)


def resolve_bearer() -> Actor:
    """The caller; a missing, forged, expired or ended token is nobody, and the gate says so where it matters.

    A login must not fail because an old token came along, so this never raises.
    """
    try:
        verify_jwt_in_request()
        found: Any = get_current_user()
    except (JWTExtendedException, PyJWTError):
        return anonymous(Door.API)
    return found if isinstance(found, Actor) else anonymous(Door.API)

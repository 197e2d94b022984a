"""Access tokens: they name a sign-in and nothing else."""

from __future__ import annotations

from flask_jwt_extended import create_access_token

from portal.accounts.models import SignIn


def access_token(sign_in: SignIn) -> str:
    """A signed token for the API; it has no end of its own, because every request looks at its sign-in."""
    return str(create_access_token(identity=str(sign_in.id), expires_delta=False))

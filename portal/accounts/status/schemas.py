"""Shape of the endpoint that creates an administrator."""

from __future__ import annotations

from portal.accounts.schemas import Email, TypedPassword
from portal.api.schemas import Schema


class AdministratorIn(Schema):
    """The email and the password of the new administrator."""

    email: Email
    password: TypedPassword

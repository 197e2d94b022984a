"""Shape of the endpoint that makes an administrator."""

from __future__ import annotations

from portal.accounts.schemas import Address, TypedPassword
from portal.api.schemas import Schema


class AdministratorIn(Schema):
    email: Address
    password: TypedPassword

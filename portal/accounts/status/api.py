"""JSON endpoint that creates an administrator."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.accounts.blueprints import accounts_api
from portal.accounts.registration.schemas import Registered
from portal.accounts.status import administrator
from portal.accounts.status.schemas import AdministratorIn
from portal.api.endpoint import endpoint
from portal.core.access import current_actor, holds
from portal.core.errors import Conflict
from portal.permissions.catalogue import Permission


@accounts_api.post("/auth/add-admin")
@endpoint(holds(Permission.GROUPS_CHANGE), body=AdministratorIn, answers={201: Registered})
def add_administrator(body: AdministratorIn) -> tuple[Registered, int]:
    """Create another administrator, who can sign in at once; 400 if the email has an account."""
    account = administrator.create(current_actor(), body.email, body.password)
    if account is None:
        raise Conflict("email_taken", _("This email address already has an account."), field="email")
    return Registered(message=_("The administrator can sign in now."), email=account.email), 201

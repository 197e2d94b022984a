"""Warnings by the office, over the API."""

from __future__ import annotations

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.people import signed_in
from tests.support.clients import Api


def test_warning_is_listed_until_it_is_read(app: PortalFlask, person: Account, alina: Account) -> None:
    from portal.accounts.status import decisions
    from portal.core.actor import system_actor
    from portal.core.db.unit_of_work import unit_of_work

    with app.app_context(), unit_of_work():
        decisions.warn(system_actor(), person.id, " No advertising. ")
    api = signed_in(app)
    [warning] = api.get("/api/v1/account/warnings")
    assert warning["text"] == "No advertising."
    Api(app).sign_in(alina).post(f"/api/v1/account/warnings/{warning['id']}/read", status=404)
    api.post(f"/api/v1/account/warnings/{warning['id']}/read")
    api.post(f"/api/v1/account/warnings/{warning['id']}/read")
    assert api.get("/api/v1/account/warnings") == []

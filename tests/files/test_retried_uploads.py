"""A unit of work that the database asks to repeat reads the same uploaded file again."""

from __future__ import annotations

import io
from typing import Any

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.extensions import db
from portal.profiles import services
from portal.profiles.models import Profile
from tests.files.pictures import encoded
from tests.support.clients import Page

FORM = {"first_name": "Alina", "last_name": "Demo", "graduation_year": "2019", "city_audience": "me"}


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let the first attempt to change a profile end in a deadlock; say of each whether it had a photo."""
    update_own = services.update_own
    made: list[bool] = []

    def with_a_deadlock(actor: Any, changes: Any) -> Any:
        made.append(bool(changes.get("avatar")))
        result = update_own(actor, changes)
        if len(made) == 1:
            raise OperationalError("UPDATE profiles", {}, DeadlockDetected())
        return result

    monkeypatch.setattr(services, "update_own", with_a_deadlock)
    return made


def test_photo_is_stored_by_the_second_attempt(committed: PortalFlask, alina: Account, attempts: list[bool]) -> None:
    Page(committed).sign_in(alina).post("/settings/profile", {**FORM, "avatar": (io.BytesIO(encoded()), "me.jpg")})
    assert attempts == [True, True]
    with committed.app_context():
        assert db.session.get_one(Profile, alina.id).avatar_id is not None

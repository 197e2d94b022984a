"""A field can be checked when it is left, and nothing is done by that."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.extensions import db
from tests.support.clients import Page

CHECK = {"X-Check-Field": "first_name"}
GOOD = {
    "first_name": "Vera",
    "last_name": "Demo",
    "email": "vera@example.org",
    "password": "a long enough one",
    "role": "alumni",
    "graduation_year": "2019",
    "privacy_version": "1",
}


def accounts(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).select_from(Account)).one()


def test_the_error_of_a_field_is_shown(page: Page) -> None:
    shown = page.post("/register", {**GOOD, "email": "vera@"}, status=422, headers={"X-Check-Field": "email"})
    assert shown.texts("#email-field .field-error")


def test_checking_a_field_does_not_submit_the_form(page: Page) -> None:
    page.post("/register", GOOD, status=200, headers=CHECK)
    assert accounts(page.app) == 0


def test_the_form_without_the_header_is_submitted(page: Page) -> None:
    page.post("/register", GOOD)
    assert accounts(page.app) == 1

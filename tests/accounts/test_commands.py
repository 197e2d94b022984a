"""The commands that manage accounts."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from tests.accounts.people import add_authenticator, login, make_person
from tests.support.clients import Api


def typed(app: PortalFlask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=words)
    return result.exit_code, result.output


def test_administrator_is_created_once(app: PortalFlask, api: Api) -> None:
    words = ("create-admin", "office@demo.example", "--password", "correct horse battery")
    assert typed(app, *words) == (0, "office@demo.example can sign in as an administrator.\n")
    assert login(api, email="office@demo.example")["access_token"]
    assert typed(app, *words) == (1, "Error: office@demo.example already has an account.\n")


@pytest.mark.parametrize("password", ["password1", "short"])
def test_weak_password_creates_no_administrator(app: PortalFlask, password: str) -> None:
    status, said = typed(app, "create-admin", "office@demo.example", "--password", password)
    assert status == 1
    assert password not in said.partition("Error:")[2]


def test_second_factor_is_removed(app: PortalFlask, api: Api) -> None:
    person = make_person(app)
    add_authenticator(app, person)
    login(api, status=401)
    assert typed(app, "remove-second-step", person.email)[0] == 0
    assert login(api)["access_token"]


def test_removing_a_missing_second_factor_is_an_error(app: PortalFlask, alina: Account) -> None:
    assert typed(app, "remove-second-step", "nobody@demo.example") == (
        1,
        "Error: No account has the email address nobody@demo.example.\n",
    )
    assert typed(app, "remove-second-step", alina.email) == (
        1,
        "Error: This account does not use two-step verification.\n",
    )

"""Failures of the database that a request meets: what is answered, what is repeated, and what the log holds."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import dictConfig

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core import logs
from portal.core.db.failures import is_unavailable
from portal.core.db.raw_queries import RawQuery
from portal.core.db.unit_of_work import autocommit_connection
from portal.extensions import db
from tests import factories
from tests.support.clients import Api, Page

pytestmark = pytest.mark.slow
SECRETS = ("nobody-knows@secret.example", "Wladimira", "correct horse battery", "$argon2id$", "+1 555 0100")


@contextmanager
def schema_change(app: PortalFlask, there: str, back: str) -> Iterator[None]:
    """Change the schema for the block, from a connection of its own."""
    with psycopg.connect(app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", ""), autocommit=True) as outside:
        outside.execute(there)
        try:
            yield
        finally:
            outside.execute(back)


LOSE_AT_COMMIT = """
CREATE SEQUENCE commits;
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('commits'), pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER lost AFTER UPDATE ON accounts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION lose();
"""
FIND_AGAIN = "DROP TRIGGER lost ON accounts; DROP FUNCTION lose(); DROP SEQUENCE commits"


def test_a_connection_lost_during_the_commit_repeats_nothing_and_says_so(committed: PortalFlask, page: Page) -> None:
    account = factories.make_account()
    page.sign_in(account)
    with schema_change(committed, LOSE_AT_COMMIT, FIND_AGAIN):
        answer = page.post("/preferences/theme", {"theme": "dark"}, status=503)
        with committed.app_context(), autocommit_connection() as connection:
            assert connection.scalar(sa.text("SELECT last_value FROM commits")) == 1, "the work was repeated"
    assert "Check whether it was saved" in answer.text
    with committed.app_context():
        assert db.session.get_one(Account, account.id).theme != "dark"


def test_a_connection_lost_during_the_commit_repeats_nothing_in_json(committed: PortalFlask, api: Api) -> None:
    api.sign_in(factories.make_account())
    with schema_change(
        committed, LOSE_AT_COMMIT.replace("ON accounts", "ON profiles"), FIND_AGAIN.replace("accounts", "profiles")
    ):
        answer = api.call("PUT", "/api/v1/profile/me", json={"biography": "changed"}, status=503)
        with committed.app_context(), autocommit_connection() as connection:
            assert connection.scalar(sa.text("SELECT last_value FROM commits")) == 1, "the work was repeated"
    assert "Check whether it was saved" in answer["detail"]


def test_a_lock_that_is_held_for_too_long_is_said(committed: PortalFlask, page: Page) -> None:
    account = factories.make_account()
    page.sign_in(account)
    with psycopg.connect(committed.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")) as other:
        other.execute("SELECT FROM accounts WHERE id = %s FOR UPDATE", [account.id])
        assert "Try again in a minute" in page.post("/preferences/theme", {"theme": "dark"}, status=503).text


@pytest.mark.parametrize(
    ("state", "unavailable"),
    [
        ("53300", True),
        ("53100", True),
        ("57014", True),
        ("57P01", True),
        ("55P03", True),
        ("25006", True),
        ("08006", True),
        ("23505", False),
        ("22001", False),
        ("42P01", False),
        ("40001", False),
    ],
)
def test_errors_that_pass_by_themselves_are_known(tx: PortalFlask, state: str, unavailable: bool) -> None:
    with tx.app_context(), pytest.raises(DBAPIError) as caught, db.session.begin_nested():
        db.session.execute(sa.text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))
    assert is_unavailable(caught.value) is unavailable


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Yield all that the portal's own handler writes, at the lowest level."""
    root, written = logging.getLogger(), io.StringIO()
    before = (list(root.handlers), root.level)
    made = logs.configuration("DEBUG", request.param)
    made["handlers"]["stderr"]["stream"] = written
    dictConfig(made)
    yield written
    root.handlers[:], root.level = before


FAILING: dict[str, str] = {
    "a row that no check admits": "ALTER TABLE accounts ADD CONSTRAINT never CHECK (first_name = '') NOT VALID",
    "a row that a trigger quotes": """
        CREATE FUNCTION quote() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused: %', NEW; END $$;
        CREATE TRIGGER never BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION quote()""",
    "a value that cannot be read": """
        CREATE FUNCTION quote() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM NEW.email::integer; RETURN NEW; END $$;
        CREATE TRIGGER never BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION quote()""",
    "a row that exists": "CREATE UNIQUE INDEX never ON accounts ((length(email) > 3))",
    "a table that is gone": "ALTER TABLE accounts RENAME TO gone",
}
MENDING = {
    "CHECK": "ALTER TABLE accounts DROP CONSTRAINT never",
    "TRIGGER": "DROP TRIGGER never ON accounts; DROP FUNCTION quote()",
    "INDEX": "DROP INDEX never",
    "RENAME": "ALTER TABLE gone RENAME TO accounts",
}


@pytest.mark.parametrize("name", FAILING)
def test_no_log_holds_what_people_typed(committed: PortalFlask, log: io.StringIO, name: str) -> None:
    factories.make_account()
    email, first_name, password = SECRETS[:3]
    person = {"email": email, "first_name": first_name, "last_name": "Demo", "role": "alumni_friend"}
    back = next(mend for word, mend in MENDING.items() if word in FAILING[name])
    with schema_change(committed, FAILING[name], back):
        answer = committed.test_client().post("/api/v1/auth/register", json={**person, "password": password})
    assert answer.status_code in {422, 500}
    written = log.getvalue()
    assert "failed" in written or "value refused by the database" in written, "nothing was logged: nothing is shown"
    for secret in SECRETS:
        assert secret not in written, written


def test_a_raw_query_that_fails_keeps_its_values_for_itself(tx: PortalFlask) -> None:
    query = RawQuery(sa.select(sa.cast(sa.bindparam("what", type_=sa.Text), sa.Integer)))
    with tx.app_context(), pytest.raises(DBAPIError) as caught, db.session.begin_nested():
        query.rows(what=SECRETS[0])
    assert SECRETS[0] not in chain_of(caught.value)


def test_a_literal_of_a_statement_is_not_shown(tx: PortalFlask) -> None:
    with tx.app_context(), pytest.raises(DBAPIError) as caught, db.session.begin_nested():
        db.session.execute(sa.text(f"SELECT nothing FROM accounts WHERE email = '{SECRETS[0]}'"))
    assert SECRETS[0] not in chain_of(caught.value)
    assert "FROM accounts" in chain_of(caught.value)


def chain_of(error: BaseException | None) -> str:
    texts = []
    while error is not None:
        texts.append(f"{error}")
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("550 5.1.1 <anna@demo.example>: no such user", "550 5.1.1 <(email)>: no such user"),
        ("к Анна.Иванова@пример.рф нет пути", "к (email) нет пути"),
        ("nobody", "nobody"),
        ("a@b", "a@b"),
    ],
)
def test_emails_do_not_reach_the_log(log: io.StringIO, text: str, shown: str) -> None:
    logging.getLogger("portal").error("message 1: %s", text)
    assert shown in log.getvalue()

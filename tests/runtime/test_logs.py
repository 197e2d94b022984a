"""All logs of a portal whose database refuses rows: neither the portal's nor PostgreSQL's holds what people typed."""

from __future__ import annotations

import httpx
import psycopg
import pytest

from portal.runtime import embedded_database
from tests.runtime.conftest import Make
from tests.support.plain_http import PLAIN_HTTP

pytestmark = pytest.mark.process
PASSWORD = "correct horse battery"
FAILURES = (
    "ALTER TABLE accounts ADD CONSTRAINT never CHECK (first_name = '') NOT VALID",
    "ALTER TABLE accounts DROP CONSTRAINT never; CREATE UNIQUE INDEX never ON accounts ((length(email) > 3))",
    """DROP INDEX never; CREATE FUNCTION quote() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM NEW.email::integer; RETURN NEW; END $$;
    CREATE TRIGGER never BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION quote()""",
    "DROP TRIGGER never ON accounts; ALTER TABLE profiles RENAME TO gone",
)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_log_of_a_run_holds_what_people_typed(make: Make, form: str) -> None:
    portal = make(LOG_LEVEL="DEBUG", LOG_FORMAT=form).start()
    with psycopg.connect(embedded_database.url(portal.instance / "postgres"), autocommit=True) as database:
        for number, failure in enumerate(FAILURES):
            database.execute(failure)
            for turn in range(2):
                body = {
                    "first_name": "Wladimira",
                    "last_name": "Secretova",
                    "email": f"nobody-knows-this-person-{number}-{turn}@secret.example",
                    "role": "alumni_friend",
                    "password": PASSWORD,
                }
                answer = httpx.post(f"{portal.url}/api/v1/auth/register", json=body, **PLAIN_HTTP)
                assert answer.status_code in {201, 422, 500}, answer.text
    written = portal.log + (portal.instance / "postgres.log").read_text(errors="replace")
    assert "failed" in written
    for secret in ("Wladimira", "Secretova", "nobody-knows", PASSWORD, "$argon2"):
        assert secret not in written

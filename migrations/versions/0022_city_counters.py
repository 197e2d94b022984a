"""counters of people by city, kept by triggers

Revision ID: 0022
Revises: 0021

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Whether somebody counts, apart from bans that end by themselves: these are subtracted when the counters are read.
IS_COUNTED = """
({0}.verified_at IS NOT NULL AND {0}.role <> 'staff' AND ({0}.banned_at IS NULL OR {0}.banned_until IS NOT NULL))
"""

# Only the audience same_year depends on the year. Without a year nobody is of the same one.
COUNT = """
INSERT INTO city_counters (city_id, audience, class_year, people)
SELECT city_id, city_audience, CASE WHEN city_audience = 'same_year' THEN class_year END, sum(step)
FROM ({changes}) AS changes
GROUP BY 1, 2, 3 HAVING sum(step) <> 0
"""

# The rows of accounts are locked before they are read: whoever verifies a person meanwhile either has finished, and is
# seen here, or waits, and then sees the profile as it is now. Profiles are never locked for an account, so that the
# order of locks is always the same.
CHANGED_PROFILES = f"""
WITH moved AS MATERIALIZED (
  SELECT account_id, city_id, city_audience, class_year, sum(step) AS step FROM ({{rows}}) AS steps
  GROUP BY 1, 2, 3, 4 HAVING sum(step) <> 0
), owners AS MATERIALIZED (
  SELECT id, {IS_COUNTED.format("accounts")} AS is_counted FROM accounts
  WHERE id IN (SELECT account_id FROM moved) ORDER BY id FOR SHARE
)
SELECT city_id, city_audience, class_year, step
FROM moved JOIN owners ON owners.id = moved.account_id WHERE owners.is_counted
"""
ROWS = "SELECT account_id, city_id, city_audience, class_year, {step} AS step FROM {table}"
NEW_ROWS, OLD_ROWS = ROWS.format(step=1, table="new_rows"), ROWS.format(step=-1, table="old_rows")

CHANGED_ACCOUNTS = f"""
WITH changed AS MATERIALIZED (
  SELECT id, {IS_COUNTED.format("after")}::int - {IS_COUNTED.format("before")}::int AS step
  FROM new_rows AS after JOIN old_rows AS before USING (id)
)
SELECT city_id, city_audience, class_year, step FROM changed JOIN profiles ON account_id = id WHERE step <> 0
"""
# Before the row goes, because its profile goes with it, and then neither can be seen.
DELETED_ACCOUNT = f"""
SELECT city_id, city_audience, class_year, -1 AS step FROM profiles
WHERE account_id = OLD.id AND {IS_COUNTED.format("OLD")}
"""
EVERYBODY = f"""
SELECT city_id, city_audience, class_year, 1 AS step
FROM profiles JOIN accounts ON accounts.id = account_id WHERE {IS_COUNTED.format("accounts")}
"""

TABLES = {"new": "NEW TABLE AS new_rows", "old": "OLD TABLE AS old_rows"}


def upgrade():
    op.create_table(
        "city_counters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("class_year", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_counters")),
    )
    op.create_index(
        "ix_city_counters_audience_class_year",
        "city_counters",
        ["audience", "class_year"],
        postgresql_include=["city_id", "people"],
    )
    op.create_index(
        "ix_accounts_banned_until", "accounts", ["banned_until"], postgresql_where=sa.text("banned_until IS NOT NULL")
    )
    count_after("profiles", "INSERT", CHANGED_PROFILES.format(rows=NEW_ROWS), "new")
    count_after("profiles", "DELETE", CHANGED_PROFILES.format(rows=OLD_ROWS), "old")
    count_after("profiles", "UPDATE", CHANGED_PROFILES.format(rows=f"{OLD_ROWS} UNION ALL {NEW_ROWS}"), "old", "new")
    count_after("accounts", "UPDATE", CHANGED_ACCOUNTS, "old", "new")
    create_function("count_deleted_account", COUNT.format(changes=DELETED_ACCOUNT), "OLD")
    op.execute(
        "CREATE TRIGGER count_deleted_account BEFORE DELETE ON accounts"
        " FOR EACH ROW EXECUTE FUNCTION count_deleted_account()"
    )
    create_function("forget_counters", "DELETE FROM city_counters")
    op.execute("CREATE TRIGGER forget_counters AFTER TRUNCATE ON profiles EXECUTE FUNCTION forget_counters()")
    op.execute(COUNT.format(changes=EVERYBODY))


def count_after(table, event, changes, *transitions):
    name = f"count_{event.lower()}_of_{table}"
    create_function(name, COUNT.format(changes=changes))
    referencing = " ".join(TABLES[one] for one in transitions)
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {referencing} EXECUTE FUNCTION {name}()")


def create_function(name, statement, result="NULL"):
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN {result}; END $$"
    )


def downgrade():
    for table, event in (
        ("profiles", "insert"),
        ("profiles", "delete"),
        ("profiles", "update"),
        ("accounts", "update"),
    ):
        op.execute(f"DROP FUNCTION count_{event}_of_{table} CASCADE")
    op.execute("DROP FUNCTION count_deleted_account, forget_counters CASCADE")
    op.drop_index("ix_accounts_banned_until", table_name="accounts")
    op.drop_table("city_counters")

"""versions of the content of remembered answers

Revision ID: 0021
Revises: 0020

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CONTENT = {
    "accounts": "people",
    "profiles": "people",
    "events": "events",
    "participations": "events",
    "cities": "cities",
}

# At most once in a transaction: a setting that ends with it says which one has raised the version.
FUNCTION = """
CREATE FUNCTION note_content_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    content text := TG_ARGV[0];
    raised_by text := 'portal.raised_' || content;
BEGIN
    IF current_setting(raised_by, true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        UPDATE content_versions
        SET versions = versions || jsonb_build_object(content, (versions ->> content)::bigint + 1);
        PERFORM set_config(raised_by, pg_current_xact_id()::text, true);
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade():
    op.create_table(
        "content_versions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("versions", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_content_versions_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_versions")),
    )
    op.execute("""INSERT INTO content_versions VALUES (1, '{"people": 1, "events": 1, "cities": 1}')""")
    op.execute(FUNCTION)
    for table, content in CONTENT.items():
        # Deferred to the commit, so that nobody waits for the row of versions while others still work.
        op.execute(
            f"CREATE CONSTRAINT TRIGGER note_content_change AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_content_change('{content}')"
        )


def downgrade():
    for table in CONTENT:
        op.execute(f"DROP TRIGGER note_content_change ON {table}")
    op.execute("DROP FUNCTION note_content_change")
    op.drop_table("content_versions")

"""search text and sort names

Revision ID: 0009
Revises: 0008

"""

import sqlalchemy as sa
from alembic import op

from portal.accounts.names import search_text, sort_name

# revision identifiers, used by Alembic.
revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ACCOUNTS = sa.table(
    "accounts",
    sa.column("id", sa.Uuid()),
    sa.column("first_name"),
    sa.column("last_name"),
    sa.column("search"),
    sa.column("sort_name"),
)


def upgrade():
    op.add_column("accounts", sa.Column("other_first_name", sa.String(length=60), nullable=True))
    op.add_column("accounts", sa.Column("other_last_name", sa.String(length=60), nullable=True))
    op.add_column("accounts", sa.Column("search", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("sort_name", sa.String(length=200), nullable=True))
    spell_names()
    op.alter_column("accounts", "search", nullable=False)
    op.alter_column("accounts", "sort_name", nullable=False)
    op.create_index(
        "ix_accounts_search",
        "accounts",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_accounts_sort_name_id"), "accounts", ["sort_name", "id"], unique=False)
    op.create_index(op.f("ix_accounts_verified_at_id"), "accounts", ["verified_at", "id"], unique=False)


def spell_names():
    """For everybody who is there already; what follows from a name is written in Python alone."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(ACCOUNTS.c.id, ACCOUNTS.c.first_name, ACCOUNTS.c.last_name)).all()
    names = ((row.id, row.first_name, row.last_name) for row in rows)
    spelled = [{"of": of, "found": search_text(*name), "at": sort_name(*name)} for of, *name in names]
    if spelled:
        statement = sa.update(ACCOUNTS).where(ACCOUNTS.c.id == sa.bindparam("of"))
        connection.execute(statement.values(search=sa.bindparam("found"), sort_name=sa.bindparam("at")), spelled)


def downgrade():
    op.drop_index(op.f("ix_accounts_verified_at_id"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_sort_name_id"), table_name="accounts")
    op.drop_index("ix_accounts_search", table_name="accounts")
    for column in ("sort_name", "search", "other_last_name", "other_first_name"):
        op.drop_column("accounts", column)

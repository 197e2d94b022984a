"""order of the readers' alphabets, former names, search of events

Revision ID: 0014
Revises: 0013

"""

import sqlalchemy as sa
from alembic import op

from portal.accounts.names import sort_name
from portal.events.models import search_text

# revision identifiers, used by Alembic.
revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ACCOUNTS = sa.table(
    "accounts",
    sa.column("id", sa.Uuid()),
    sa.column("first_name"),
    sa.column("last_name"),
    sa.column("sort_name"),
    sa.column("sort_name_ru"),
)
EVENTS = sa.table("events", sa.column("id", sa.Uuid()), sa.column("title"), sa.column("place"), sa.column("search"))
BY_CODE_POINT = sa.String(200, collation="C")
BY_DATABASE = sa.String(200)


def upgrade():
    op.add_column("accounts", sa.Column("former_last_name", sa.String(60), nullable=True))
    op.add_column("accounts", sa.Column("sort_name_ru", BY_CODE_POINT, nullable=True))
    op.add_column("events", sa.Column("search", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_accounts_sort_name_id"), table_name="accounts")
    op.alter_column("accounts", "sort_name", type_=BY_CODE_POINT)
    derive()
    op.alter_column("accounts", "sort_name_ru", nullable=False)
    op.alter_column("events", "search", nullable=False)
    op.create_index(op.f("ix_accounts_sort_name_id"), "accounts", ["sort_name", "id"], unique=False)
    op.create_index(op.f("ix_accounts_sort_name_ru_id"), "accounts", ["sort_name_ru", "id"], unique=False)
    op.create_index(
        "ix_events_search",
        "events",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )


def derive():
    """Fill in, for every row, what is derived from names and titles in Python alone."""
    connection = op.get_bind()
    people = connection.execute(sa.select(ACCOUNTS.c.id, ACCOUNTS.c.first_name, ACCOUNTS.c.last_name)).all()
    keys = [{"of": of, "en": sort_name(first, last), "ru": sort_name(first, last, "ru")} for of, first, last in people]
    if keys:
        sorted_by = {"sort_name": sa.bindparam("en"), "sort_name_ru": sa.bindparam("ru")}
        connection.execute(sa.update(ACCOUNTS).where(ACCOUNTS.c.id == sa.bindparam("of")).values(sorted_by), keys)
    events = connection.execute(sa.select(EVENTS.c.id, EVENTS.c.title, EVENTS.c.place)).all()
    texts = [{"of": of, "found": search_text(title, place)} for of, title, place in events]
    if texts:
        found = sa.update(EVENTS).where(EVENTS.c.id == sa.bindparam("of")).values(search=sa.bindparam("found"))
        connection.execute(found, texts)


def downgrade():
    op.drop_index("ix_events_search", table_name="events")
    op.drop_index(op.f("ix_accounts_sort_name_ru_id"), table_name="accounts")
    op.drop_index(op.f("ix_accounts_sort_name_id"), table_name="accounts")
    op.alter_column("accounts", "sort_name", type_=BY_DATABASE)
    op.create_index(op.f("ix_accounts_sort_name_id"), "accounts", ["sort_name", "id"], unique=False)
    op.drop_column("events", "search")
    op.drop_column("accounts", "sort_name_ru")
    op.drop_column("accounts", "former_last_name")

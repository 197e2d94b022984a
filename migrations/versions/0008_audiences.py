"""audiences of profile fields

Revision ID: 0008
Revises: 0007

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

AUDIENCES = "'me', 'same_year', 'alumni', 'members', 'public'"
FORMER_AUDIENCES = {
    "telegram": "members",
    "email": "me",
    "year": "members",
    "biography": "members",
    "work": "members",
    "events": "members",
}


def upgrade():
    op.add_column("profiles", sa.Column("class_year", sa.Integer(), nullable=True))
    op.execute("UPDATE profiles SET class_year = graduation_year")
    for field, audience in FORMER_AUDIENCES.items():
        column = f"{field}_audience"
        # Existing people stay as visible as they were; the default serves this one statement.
        op.add_column("profiles", sa.Column(column, sa.String(length=10), server_default=audience, nullable=False))
        op.alter_column("profiles", column, server_default=None)
        op.create_check_constraint(op.f(f"ck_profiles_{column}"), "profiles", f"{column} IN ({AUDIENCES})")
    op.create_index(
        "ix_audit_entries_about",
        "audit_entries",
        [sa.text("(details -> 'about')")],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("details ? 'about'"),
    )


def downgrade():
    op.drop_index("ix_audit_entries_about", table_name="audit_entries")
    for field in FORMER_AUDIENCES:
        op.drop_constraint(op.f(f"ck_profiles_{field}_audience"), "profiles")
        op.drop_column("profiles", f"{field}_audience")
    op.drop_column("profiles", "class_year")

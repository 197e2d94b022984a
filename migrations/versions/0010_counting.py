"""counting people by city

Revision ID: 0010
Revises: 0009

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(
        "ix_accounts_perhaps_unlisted",
        "accounts",
        ["id"],
        unique=False,
        postgresql_where=sa.text("verified_at IS NULL OR banned_at IS NOT NULL OR role = 'staff'"),
    )
    op.drop_index("ix_profiles_city_id", table_name="profiles")
    op.create_index(
        "ix_profiles_city_id",
        "profiles",
        ["city_id"],
        unique=False,
        postgresql_include=["account_id", "city_audience", "class_year", "graduation_year", "year_audience"],
    )


def downgrade():
    op.drop_index("ix_profiles_city_id", table_name="profiles")
    op.create_index("ix_profiles_city_id", "profiles", ["city_id", "city_audience"], unique=False)
    op.drop_index("ix_accounts_perhaps_unlisted", table_name="accounts")

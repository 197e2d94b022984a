"""links of profiles

Revision ID: 0018
Revises: 0017

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

# revision identifiers, used by Alembic.
revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("profiles", sa.Column("links", JSONB(), nullable=True))
    op.add_column(
        "profiles", sa.Column("links_audience", sa.String(length=10), server_default="alumni", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_profiles_links_audience"),
        "profiles",
        "links_audience IN ('me', 'same_year', 'alumni', 'members', 'public')",
    )


def downgrade():
    op.drop_column("profiles", "links_audience")
    op.drop_column("profiles", "links")

"""published figures of the public map

Revision ID: 0020
Revises: 0019

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "public_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cities", postgresql.JSONB(), nullable=False),
        sa.Column("countries", postgresql.JSONB(), nullable=False),
        sa.Column("elsewhere", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_public_figures")),
    )


def downgrade():
    op.drop_table("public_figures")

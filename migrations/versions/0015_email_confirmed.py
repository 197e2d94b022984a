"""when a person confirmed their email

Revision ID: 0015
Revises: 0014

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("accounts", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    # Until now only a confirmed email, or the office, let somebody in.
    op.execute("UPDATE accounts SET email_confirmed_at = verified_at WHERE verified_at IS NOT NULL")


def downgrade():
    op.drop_column("accounts", "email_confirmed_at")

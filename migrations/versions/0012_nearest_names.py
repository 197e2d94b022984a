"""mistakes between names

Revision ID: 0012
Revises: 0011

"""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch")


def downgrade():
    op.execute("DROP EXTENSION IF EXISTS fuzzystrmatch")

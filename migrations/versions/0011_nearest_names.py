"""mistakes between names

Revision ID: 0011
Revises: 0010

"""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch")


def downgrade():
    op.execute("DROP EXTENSION IF EXISTS fuzzystrmatch")

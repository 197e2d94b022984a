"""known time zones

Revision ID: 0016
Revises: 0015

"""

import sqlalchemy as sa
from alembic import op

from portal.core.time_zones import known_zones

# revision identifiers, used by Alembic.
revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ACCOUNTS = sa.table("accounts", sa.column("time_zone"))


def upgrade():
    """Forget what is a time zone on one machine only, such as ``localtime``."""
    is_unknown = ACCOUNTS.c.time_zone.not_in(sorted(known_zones()))
    op.execute(sa.update(ACCOUNTS).where(is_unknown).values(time_zone=None))


def downgrade():
    pass

"""outbox channels

Revision ID: 0002
Revises: 0001

"""

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = "'waiting', 'sent', 'given_up', 'uncertain'"


def upgrade():
    op.add_column("outbox_messages", sa.Column("good_until", sa.DateTime(timezone=True), nullable=True))
    restrict_states(f"{STATES}, 'withdrawn'")
    index_due(["channel", "due_at"])
    op.execute("UPDATE outbox_messages SET kind = 'outbox.test_message' WHERE kind = 'outbox.test_mail'")


def downgrade():
    op.execute("UPDATE outbox_messages SET kind = 'outbox.test_mail' WHERE kind = 'outbox.test_message'")
    op.execute("DELETE FROM outbox_messages WHERE state = 'withdrawn'")
    index_due(["due_at"])
    restrict_states(STATES)
    op.drop_column("outbox_messages", "good_until")


def restrict_states(states):
    op.drop_constraint(op.f("ck_outbox_messages_state"), "outbox_messages", type_="check")
    op.create_check_constraint(op.f("ck_outbox_messages_state"), "outbox_messages", f"state IN ({states})")


def index_due(columns):
    op.drop_index("ix_outbox_messages_due", table_name="outbox_messages")
    op.create_index("ix_outbox_messages_due", "outbox_messages", columns, postgresql_where=sa.text("state = 'waiting'"))

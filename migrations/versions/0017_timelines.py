"""what happened to one person, and the messages to them

Revision ID: 0017
Revises: 0016

"""

from alembic import op

# revision identifiers, used by Alembic.
revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_audit_entries_actor_id", table_name="audit_entries")
    op.create_index("ix_audit_entries_actor_id_at", "audit_entries", ["actor_id", "at"], unique=False)
    op.create_index(
        "ix_outbox_messages_recipient_created_at", "outbox_messages", ["recipient", "created_at"], unique=False
    )


def downgrade():
    op.drop_index("ix_outbox_messages_recipient_created_at", table_name="outbox_messages")
    op.drop_index("ix_audit_entries_actor_id_at", table_name="audit_entries")
    op.create_index("ix_audit_entries_actor_id", "audit_entries", ["actor_id"], unique=False)

"""accounts, sign-ins and one-time secrets

Revision ID: 0004
Revises: 0003

"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade():
    op.add_column("accounts", sa.Column("second_factor", sa.String(length=10), server_default="none", nullable=False))
    op.add_column("accounts", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_accounts_second_factor"), "accounts", "second_factor IN ('none', 'mail', 'telegram', 'totp')"
    )

    op.add_column("sessions", sa.Column("method", sa.String(length=20), server_default="password", nullable=False))
    op.alter_column("sessions", "method", server_default=None)
    op.add_column("sessions", sa.Column("proved_at", INSTANT, nullable=True))
    op.execute("UPDATE sessions SET proved_at = created_at")
    op.alter_column("sessions", "proved_at", nullable=False)
    op.add_column("sessions", sa.Column("token_hash", sa.String(length=64), nullable=True))
    op.add_column("sessions", sa.Column("token_expires_at", INSTANT, nullable=True))
    op.create_unique_constraint(op.f("uq_sessions_token_hash"), "sessions", ["token_hash"])
    op.create_check_constraint(
        op.f("ck_sessions_method"), "sessions", "method IN ('password', 'mail_code', 'telegram_code')"
    )
    op.create_index(op.f("ix_sessions_account_id_network"), "sessions", ["account_id", "network"], unique=False)

    op.alter_column("one_time_secrets", "account_id", nullable=True)
    op.add_column(
        "one_time_secrets",
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index(
        "ix_one_time_secrets_kept_address",
        "one_time_secrets",
        [sa.text("(data ->> 'email')")],
        unique=False,
        postgresql_where=sa.text("purpose = 'undo_address' AND ended_at IS NULL"),
    )

    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("exchanged_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("verified_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('telegram')", name=op.f("ck_contact_points_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_contact_points_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint("account_id", "kind", name=op.f("uq_contact_points_account_id_kind")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_contact_points_kind_value")),
    )
    op.create_table(
        "account_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_warnings_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["accounts.id"], name=op.f("fk_account_warnings_given_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_warnings")),
    )
    op.create_index(
        "ix_account_warnings_unread",
        "account_warnings",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )


def downgrade():
    op.drop_table("account_warnings")
    op.drop_table("contact_points")
    op.drop_table("recovery_codes")
    op.drop_table("refresh_tokens")
    op.drop_index("ix_one_time_secrets_kept_address", table_name="one_time_secrets")
    op.drop_column("one_time_secrets", "data")
    op.execute("DELETE FROM one_time_secrets WHERE account_id IS NULL")
    op.alter_column("one_time_secrets", "account_id", nullable=False)
    op.drop_index(op.f("ix_sessions_account_id_network"), table_name="sessions")
    op.drop_constraint(op.f("ck_sessions_method"), "sessions")
    for column in ("token_expires_at", "token_hash", "proved_at", "method"):
        op.drop_column("sessions", column)
    op.drop_constraint(op.f("ck_accounts_second_factor"), "accounts")
    for column in ("totp_step", "totp_secret", "second_factor"):
        op.drop_column("accounts", column)

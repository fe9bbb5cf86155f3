"""When a message left, how often it came back, and whose report it is that came too early.

An older release beside it goes on: what it writes has none of this and is settled by ids alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UNCERTAIN = sa.text("state = 'uncertain'")


def upgrade() -> None:
    """Add the columns, and an index of what is in doubt."""
    op.add_column(
        "messages",
        sa.Column("left_at", sa.DateTime(timezone=True), comment="when it was last handed over"),
    )
    op.add_column(
        "messages",
        sa.Column(
            "returned",
            sa.Integer(),
            nullable=False,
            server_default=sa.text("0"),
            comment="times it was queued again after a report of failure",
        ),
    )
    op.add_column(
        "messages",
        sa.Column(
            "absent",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="the provider never had it after a doubt: queued again, once",
        ),
    )
    op.add_column(
        "messages",
        sa.Column(
            "again",
            sa.String(length=64),
            nullable=False,
            server_default="",
            comment="why it left once more, or by another provider",
        ),
    )
    op.create_index(
        "ix_messages_uncertain",
        "messages",
        ["phone_key"],
        unique=False,
        sqlite_where=UNCERTAIN,
        postgresql_where=UNCERTAIN,
    )
    op.add_column(
        "receipts",
        sa.Column("provider", sa.String(length=32), nullable=False, server_default=""),
    )
    op.add_column(
        "receipts",
        sa.Column("phone_key", sa.LargeBinary(), comment="where the report names the number"),
    )
    op.add_column(
        "receipts",
        sa.Column(
            "fate",
            sa.String(length=8),
            nullable=False,
            server_default="",
            comment="what a failure asks of us: nothing | again | suppress",
        ),
    )
    op.add_column(
        "receipts", sa.Column("message_id", sa.Uuid(), comment="our own id, where it came back")
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("receipts", "message_id")
    op.drop_column("receipts", "fate")
    op.drop_column("receipts", "phone_key")
    op.drop_column("receipts", "provider")
    op.drop_index("ix_messages_uncertain", "messages")
    op.drop_column("messages", "again")
    op.drop_column("messages", "absent")
    op.drop_column("messages", "returned")
    op.drop_column("messages", "left_at")

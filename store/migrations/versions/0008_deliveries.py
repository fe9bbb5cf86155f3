"""What registries tell by themselves, and what was asked of them to be answered later.

An older release beside it goes on: it knows neither.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registry", sa.String(24), nullable=False),
        sa.Column(
            "delivery_key",
            sa.LargeBinary(),
            nullable=False,
            comment="registry, sender and message id: what makes it one",
        ),
        sa.Column(
            "content_key",
            sa.LargeBinary(),
            nullable=False,
            comment="action and message: whether it came again the same",
        ),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="sealed: header and message"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("delivery_key", name="uq_deliveries_delivery_key"),
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    op.create_table(
        "awaited",
        sa.Column("registry", sa.String(24), nullable=False),
        sa.Column("transaction_id", sa.String(99), nullable=False, comment="minted here"),
        sa.Column("action", sa.String(16), nullable=False, comment="of the answer"),
        sa.Column("correlation_id", sa.String(99), comment="the registry's; null before its ACK"),
        sa.Column("reference_ids", sa.JSON(), nullable=False, comment="of its items; minted here"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("registry", "transaction_id", name="pk_awaited"),
    )
    op.create_index("ix_awaited_asked_at", "awaited", ["asked_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("awaited")
    op.drop_table("deliveries")

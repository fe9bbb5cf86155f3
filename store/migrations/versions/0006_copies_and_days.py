"""Requests that came back from a copy, and what was found of each day.

An older release beside it goes on: it asks for neither.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column(
        "requests",
        sa.Column(
            "restored_at",
            sa.DateTime(timezone=True),
            comment="came from a copy while it was still to be carried",
        ),
    )
    op.create_table(
        "reconciliations",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False, comment="counts and ids of rows"),
        sa.PrimaryKeyConstraint("day", name="pk_reconciliations"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("reconciliations")
    op.drop_column("requests", "restored_at")

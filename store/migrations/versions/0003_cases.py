"""Requests about requests, identities sealed apart, and what an SMS to a phone may say.

An older release beside it goes on: to whom it speaks anew may be written to as before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody's wishes change."""
    op.add_column(
        "citizens",
        sa.Column(
            "sms",
            sa.String(length=8),
            nullable=False,
            server_default="open",
            comment="what an SMS may say: open | neutral | none",
        ),
    )
    op.add_column(
        "requests",
        sa.Column("about_key", sa.LargeBinary(), comment="the reference it is about"),
    )
    op.add_column(
        "requests",
        sa.Column(
            "identity",
            sa.LargeBinary(),
            comment="sealed: phone and ID, where only a few may know them",
        ),
    )
    op.create_index("ix_requests_about_key", "requests", ["about_key"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_requests_about_key", "requests")
    op.drop_column("requests", "identity")
    op.drop_column("requests", "about_key")
    op.drop_column("citizens", "sms")

"""One table: what only one process may do at a time, and who does it now.

An older release beside it knows nothing of it and goes on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it, empty."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=32), nullable=False, comment="what is held"),
        sa.Column(
            "holder",
            sa.String(length=32),
            nullable=False,
            comment="the process that holds it, drawn at random",
        ),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="free for anybody from then on",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("leases")

"""Two columns: since when somebody wants no news, and which messages are news.

What an older release queues beside it is no news, which was its rule.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; nobody's wishes change."""
    op.add_column(
        "citizens",
        sa.Column(
            "no_news_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="news only: what she asked for still comes",
        ),
    )
    op.add_column(
        "messages",
        sa.Column(
            "news",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="may be ended alone: no word about what she asked for",
        ),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("messages", "news")
    op.drop_column("citizens", "no_news_at")

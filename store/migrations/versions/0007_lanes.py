"""A lane a provider: the messages that were in one lane are in the lane of theirs.

An older release beside it goes on, and what it puts into its own lane meanwhile is moved by the new
release's relay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KNOWN = ("africastalking", "twilio", "hubtel")


def upgrade() -> None:
    """Make room for the names, then move the rows: those done as well, for a row is one a lane."""
    _widths(16, 32)
    outbox, messages = _tables()
    known = messages.c.provider.in_(KNOWN)
    lane = sa.case((known, "sms-" + messages.c.provider), else_="sms-other")
    theirs = sa.select(lane).where(messages.c.id == outbox.c.subject).scalar_subquery()
    there = sa.exists().where(messages.c.id == outbox.c.subject)
    op.execute(outbox.update().where(outbox.c.lane == "messages", there).values(lane=theirs))


def downgrade() -> None:
    """Put them together again; the older release knows no nights."""
    outbox, _ = _tables()
    op.execute(outbox.delete().where(outbox.c.lane == "housekeeping"))
    op.execute(outbox.update().where(outbox.c.lane.like("sms-%")).values(lane="messages"))
    _widths(32, 16)


def _tables() -> tuple[sa.TableClause, sa.TableClause]:
    return (
        sa.table("outbox", sa.column("lane", sa.String), sa.column("subject", sa.Uuid)),
        sa.table("messages", sa.column("id", sa.Uuid), sa.column("provider", sa.String)),
    )


def _widths(before: int, after: int) -> None:
    with op.batch_alter_table("outbox") as table:
        table.alter_column(
            "lane",
            existing_type=sa.String(before),
            type_=sa.String(after),
            existing_nullable=False,
        )
        table.alter_column(
            "subject",
            existing_type=sa.Uuid(),
            existing_nullable=False,
            existing_comment="the request or message to carry",
            comment="the request, message or night to carry",
        )

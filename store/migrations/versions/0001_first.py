"""The first shape: citizens, requests and their history, messages and receipts, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "citizens",
        sa.Column("phone_key", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False, comment="sealed"),
        sa.Column("language", sa.String(length=16), nullable=True, comment="null: never asked"),
        sa.Column(
            "notice",
            sa.Integer(),
            nullable=False,
            comment="version of the privacy notice last shown; 0 is none",
        ),
        sa.Column(
            "met_in", sa.LargeBinary(), nullable=False, comment="conversation of the first meeting"
        ),
        sa.Column(
            "met_after",
            sa.Integer(),
            nullable=False,
            comment="characters of its text heard when the language was chosen",
        ),
        sa.Column("id_key", sa.LargeBinary(), nullable=True, comment="the national ID last given"),
        sa.Column("opted_out_at", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("phone_key", name="pk_citizens"),
    )
    op.create_table(
        "outbox",
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False, comment="the request or message to carry"),
        sa.Column("state", sa.String(length=8), nullable=False, comment="ready | done | dead"),
        sa.Column(
            "due_at",
            MOMENT,
            nullable=False,
            comment="when it may be claimed next; a claim moves it to its lease's end",
        ),
        sa.Column("lease", sa.LargeBinary(), nullable=True, comment="who holds it; null: nobody"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="claims begun"),
        sa.Column(
            "error", sa.String(length=64), nullable=False, comment="code of the last failure"
        ),
        sa.PrimaryKeyConstraint("lane", "subject", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_dead",
        "outbox",
        ["lane"],
        unique=False,
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["lane", "due_at", "subject"],
        unique=False,
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_table(
        "receipts",
        sa.Column("provider_key", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("provider_key", "status", name="pk_receipts"),
    )
    op.create_index("ix_receipts_at", "receipts", ["at"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=16),
            nullable=False,
            comment="application | complaint | question",
        ),
        sa.Column("reference_key", sa.LargeBinary(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("screen", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.LargeBinary(), nullable=False),
        sa.Column("phone_key", sa.LargeBinary(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=True),
        sa.Column(
            "once",
            sa.LargeBinary(),
            nullable=True,
            comment="what may be open only once: a person and a programme",
        ),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column(
            "provider", sa.String(length=32), nullable=False, comment="by which its messages go"
        ),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="sealed: phone, reference, IDs, words"
        ),
        sa.Column(
            "state",
            sa.String(length=16),
            nullable=False,
            comment="stored | accepted | answered | refused | dead",
        ),
        sa.Column(
            "record", sa.LargeBinary(), nullable=True, comment="sealed: the registry's number"
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("draft", "screen", name="uq_requests_draft_screen"),
        sa.UniqueConstraint("reference_key", name="uq_requests_reference_key"),
    )
    op.create_index("ix_requests_conversation", "requests", ["conversation"], unique=False)
    op.create_index("ix_requests_person_key", "requests", ["person_key"], unique=False)
    op.create_index("ix_requests_phone_key", "requests", ["phone_key"], unique=False)
    op.create_index(
        "uq_requests_once_open",
        "requests",
        ["once"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "history",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column(
            "detail", sa.String(length=64), nullable=False, comment="a code, never personal data"
        ),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_history_request_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
    )
    op.create_index("ix_history_request_id", "history", ["request_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="what makes it one"),
        sa.Column("phone_key", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="sealed: phone, text"),
        sa.Column(
            "address", sa.String(length=64), nullable=False, comment="of the text in the catalogue"
        ),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column(
            "solicited",
            sa.Boolean(),
            nullable=False,
            comment="answers her own message: an opt-out does not hold it back",
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column(
            "provider_key",
            sa.LargeBinary(),
            nullable=True,
            comment="the provider and its id of this message",
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_messages_request_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("key", name="uq_messages_key"),
    )
    op.create_index("ix_messages_phone_key", "messages", ["phone_key"], unique=False)
    op.create_index("ix_messages_provider_key", "messages", ["provider_key"], unique=False)
    op.create_index("ix_messages_request_id", "messages", ["request_id"], unique=False)


def downgrade() -> None:
    """Leave nothing."""
    op.drop_table("messages")
    op.drop_table("history")
    op.drop_table("requests")
    op.drop_table("receipts")
    op.drop_table("outbox")
    op.drop_table("citizens")

"""The tables.

Phones, IDs, references and words are sealed; `*_key` columns are keyed digests of whole values.

Queries are in the module of each noun; changes of shape are in migrations/.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from store.database import Moment

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

Number = BigInteger().with_variant(Integer, "sqlite")
"""Counted by the database itself."""

citizens = Table(
    "citizens",
    metadata,
    Column("phone_key", LargeBinary, primary_key=True),
    Column("phone", LargeBinary, nullable=False, comment="sealed"),
    Column("language", String(16), comment="null: never asked"),
    Column(
        "notice",
        Integer,
        nullable=False,
        comment="version of the privacy notice last shown; 0 is none",
    ),
    Column("met_in", LargeBinary, nullable=False, comment="conversation of the first meeting"),
    Column(
        "met_after",
        Integer,
        nullable=False,
        comment="characters of its text heard when the language was chosen",
    ),
    Column("id_key", LargeBinary, comment="the national ID last given"),
    Column("opted_out_at", Moment),
    Column("updated_at", Moment, nullable=False),
    Column("no_news_at", Moment, comment="news only: what she asked for still comes"),
    Column(
        "sms",
        String(8),
        nullable=False,
        server_default="open",
        comment="what an SMS may say: open | neutral | none",
    ),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(16), nullable=False, comment="application | complaint | question"),
    Column("reference_key", LargeBinary, nullable=False, unique=True),
    Column("draft", LargeBinary, nullable=False),
    Column("screen", String(64), nullable=False),
    Column("conversation", LargeBinary, nullable=False, index=True),
    Column("phone_key", LargeBinary, nullable=False, index=True),
    Column("person_key", LargeBinary, index=True),
    Column("about_key", LargeBinary, index=True, comment="the reference it is about"),
    Column("once", LargeBinary, comment="what may be open only once: a person and a programme"),
    Column("language", String(16), nullable=False),
    Column("provider", String(32), nullable=False, comment="by which its messages go"),
    Column("body", LargeBinary, nullable=False, comment="sealed: phone, reference, IDs, words"),
    Column("identity", LargeBinary, comment="sealed: phone and ID, where only a few may know them"),
    Column(
        "state",
        String(16),
        nullable=False,
        comment="stored | accepted | answered | refused | dead",
    ),
    Column("record", LargeBinary, comment="sealed: the registry's number"),
    Column("due_on", Date, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("restored_at", Moment, comment="came from a copy while it was still to be carried"),
    UniqueConstraint("draft", "screen"),
)

OPEN = text("closed_at IS NULL")
Index(
    "uq_requests_once_open", requests.c.once, unique=True, sqlite_where=OPEN, postgresql_where=OPEN
)

history = Table(
    "history",
    metadata,
    Column("id", Number, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("event", String(32), nullable=False),
    Column("detail", String(64), nullable=False, comment="a code, never personal data"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True, comment="what makes it one"),
    Column("phone_key", LargeBinary, nullable=False, index=True),
    Column("request_id", Uuid, ForeignKey("requests.id"), index=True),
    Column("body", LargeBinary, nullable=False, comment="sealed: phone, text"),
    Column("address", String(64), nullable=False, comment="of the text in the catalogue"),
    Column("language", String(16), nullable=False),
    Column("provider", String(32), nullable=False),
    Column(
        "solicited",
        Boolean,
        nullable=False,
        comment="answers her own message: an opt-out does not hold it back",
    ),
    Column("state", String(16), nullable=False),
    Column("reason", String(64), nullable=False),
    Column(
        "provider_key", LargeBinary, index=True, comment="the provider and its id of this message"
    ),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column(
        "news",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="may be ended alone: no word about what she asked for",
    ),
    Column("left_at", Moment, comment="when it was last handed over"),
    Column(
        "returned",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="times it was queued again after a report of failure",
    ),
    Column(
        "absent",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="the provider never had it after a doubt: queued again, once",
    ),
    Column(
        "again",
        String(64),
        nullable=False,
        server_default="",
        comment="why it left once more, or by another provider",
    ),
)

UNCERTAIN = text("state = 'uncertain'")
Index(
    "ix_messages_uncertain",
    messages.c.phone_key,
    sqlite_where=UNCERTAIN,
    postgresql_where=UNCERTAIN,
)

receipts = Table(
    "receipts",
    metadata,
    Column("provider_key", LargeBinary, primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("reason", String(64), nullable=False),
    Column("at", Moment, nullable=False, index=True),
    Column("provider", String(32), nullable=False, server_default=""),
    Column("phone_key", LargeBinary, comment="where the report names the number"),
    Column(
        "fate",
        String(8),
        nullable=False,
        server_default="",
        comment="what a failure asks of us: nothing | again | suppress",
    ),
    Column("message_id", Uuid, comment="our own id, where it came back"),
)
"""Reports that came before the message they speak of was known as sent; taken away as they are
matched.
"""

outbox = Table(
    "outbox",
    metadata,
    Column("lane", String(32), primary_key=True),
    Column("subject", Uuid, primary_key=True, comment="the request, message or night to carry"),
    Column("state", String(8), nullable=False, comment="ready | done | dead"),
    Column(
        "due_at",
        Moment,
        nullable=False,
        comment="when it may be claimed next; a claim moves it to its lease's end",
    ),
    Column("lease", LargeBinary, comment="who holds it; null: nobody"),
    Column("attempts", Integer, nullable=False, comment="claims begun"),
    Column("error", String(64), nullable=False, comment="code of the last failure"),
)

READY = text("state = 'ready'")
Index(
    "ix_outbox_due",
    outbox.c.lane,
    outbox.c.due_at,
    outbox.c.subject,
    sqlite_where=READY,
    postgresql_where=READY,
)
DEAD = text("state = 'dead'")
Index("ix_outbox_dead", outbox.c.lane, sqlite_where=DEAD, postgresql_where=DEAD)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("day", Date, primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("figures", JSON, nullable=False, comment="counts and ids of rows"),
)
"""What was found of each day, looking back: store/reconcile.py."""

leases = Table(
    "leases",
    metadata,
    Column("name", String(32), primary_key=True, comment="what is held"),
    Column(
        "holder",
        String(32),
        nullable=False,
        comment="the process that holds it, drawn at random",
    ),
    Column("until", Moment, nullable=False, comment="free for anybody from then on"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("registry", String(24), nullable=False),
    Column(
        "delivery_key",
        LargeBinary,
        nullable=False,
        unique=True,
        comment="registry, sender and message id: what makes it one",
    ),
    Column(
        "content_key",
        LargeBinary,
        nullable=False,
        comment="action and message: whether it came again the same",
    ),
    Column("action", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="sealed: header and message"),
    Column("received_at", Moment, nullable=False, index=True),
)
"""What registries told by themselves, or answered later: store/deliveries.py."""

awaited = Table(
    "awaited",
    metadata,
    Column("registry", String(24), primary_key=True),
    Column("transaction_id", String(99), primary_key=True, comment="minted here"),
    Column("action", String(16), nullable=False, comment="of the answer"),
    Column("correlation_id", String(99), comment="the registry's; null before its ACK"),
    Column("reference_ids", JSON, nullable=False, comment="of its items; minted here"),
    Column("asked_at", Moment, nullable=False, index=True),
)
"""What was asked of registries to be answered later: store/awaited.py."""

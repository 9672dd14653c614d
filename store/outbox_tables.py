"""The tables of the outbox: what is said, to whom it is told, and what of it each recipient has yet to get.

Recording a message writes one row into `outbox` and nothing else. A worker addresses it later: one row in
`outbox_deliveries` for each recipient, which is taken away once the recipient has it.
"""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from caseclock.store.columns import Big, Key, key, metadata, text
from caseclock.store.types import CanonicalJson, UtcDateTime

outbox = Table(
    "outbox",
    metadata,
    Column("message_id", Big, primary_key=True),
    key("authority"),
    key("case_id"),
    text("kind"),
    Column("payload", CanonicalJson, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("handed_on_at", UtcDateTime),  # when the last of its recipients had it
    Column("addressed_at", UtcDateTime),
    sqlite_autoincrement=True,  # an id is never given twice, even after the last row is gone
)
Index(
    "outbox_unaddressed",
    outbox.c.message_id,
    sqlite_where=outbox.c.addressed_at.is_(None),
    postgresql_where=outbox.c.addressed_at.is_(None),
)

outbox_recipients = Table(
    "outbox_recipients",
    metadata,
    Column("name", Key, primary_key=True),
    Column("authority", Key),  # null: it is told of every authority
    Column("kinds", Text),  # the kinds of message it is told, with spaces between; null: all
    Column("parts", Integer, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),  # one after the other, since it last took anything
    Column("rests_until", UtcDateTime),
)

outbox_deliveries = Table(
    "outbox_deliveries",
    metadata,
    key("authority"),
    Column("message_id", Big, nullable=False),
    key("recipient"),
    key("case_id"),
    Column("part", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime),  # null: it has never been tried
    Column("last_error", Text),
    Column("dead_at", UtcDateTime),
    PrimaryKeyConstraint("authority", "message_id", "recipient"),
)
Index(
    "outbox_deliveries_waiting",
    outbox_deliveries.c.recipient,
    outbox_deliveries.c.part,
    outbox_deliveries.c.message_id,
    sqlite_where=outbox_deliveries.c.dead_at.is_(None),
    postgresql_where=outbox_deliveries.c.dead_at.is_(None),
)
# only what failed: what holds back the later messages of its case
Index(
    "outbox_deliveries_failed",
    outbox_deliveries.c.recipient,
    outbox_deliveries.c.authority,
    outbox_deliveries.c.case_id,
    outbox_deliveries.c.message_id,
    sqlite_where=outbox_deliveries.c.next_try_at.is_not(None),
    postgresql_where=outbox_deliveries.c.next_try_at.is_not(None),
)

#: whose turn it is: who hands on a part of a recipient's cases just now
outbox_turns = Table(
    "outbox_turns",
    metadata,
    key("recipient"),
    Column("part", Integer, nullable=False),
    Column("holder", Text),
    PrimaryKeyConstraint("recipient", "part"),
)

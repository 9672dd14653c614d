"""Tables the desk keeps of itself: who is signed in, who looked and who did what, who may see which case.

Nothing here is derived from the event log, and nothing in the log depends on it.
"""

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, Text

from caseclock.store.columns import Big, Key, key, metadata, text
from caseclock.store.types import CanonicalJson, UtcDateTime

#: only ever added to: the database refuses to change or delete a row
desk_audit = Table(
    "desk_audit",
    metadata,
    Column("entry_id", Big, primary_key=True),
    key("authority"),
    Column("at", UtcDateTime, nullable=False),
    key("who"),
    #: one word: looked, searched, exported, answered, signed_in ...
    key("what"),
    Column("case_id", Key),
    #: what it was done to or with: a page, a breach, a file's name
    Column("subject", Text),
    #: the reason that was given, where one was asked for
    Column("because", Text),
    sqlite_autoincrement=True,
)
Index("desk_audit_authority", desk_audit.c.authority, desk_audit.c.entry_id)
Index("desk_audit_case", desk_audit.c.authority, desk_audit.c.case_id, desk_audit.c.entry_id)
Index("desk_audit_who", desk_audit.c.authority, desk_audit.c.who, desk_audit.c.entry_id)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    key("authority"),
    #: a hash of the name the browser holds
    key("session"),
    Column("person", CanonicalJson, nullable=False),
    #: what a sign-in under way must remember
    Column("memory", CanonicalJson, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("authority", "session"),
)
Index("desk_sessions_session", desk_sessions.c.session, unique=True)
Index("desk_sessions_began_at", desk_sessions.c.began_at)

saved_views = Table(
    "saved_views",
    metadata,
    key("authority"),
    key("who"),
    key("name"),
    #: path and query of the page
    text("address"),
    Column("saved_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("authority", "who", "name"),
)

restricted_cases = Table(
    "restricted_cases",
    metadata,
    key("authority"),
    key("case_id"),
    Column("since_at", UtcDateTime, nullable=False),
    text("by_whom"),
    text("because"),
    PrimaryKeyConstraint("authority", "case_id"),
)

#: who may see a restricted case
restricted_readers = Table(
    "restricted_readers",
    metadata,
    key("authority"),
    key("case_id"),
    key("who"),
    Column("since_at", UtcDateTime, nullable=False),
    text("by_whom"),
    PrimaryKeyConstraint("authority", "case_id", "who"),
)

#: who opened a case that is restricted, in an emergency, until when
broken_glass = Table(
    "broken_glass",
    metadata,
    key("authority"),
    key("case_id"),
    key("who"),
    Column("broken_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, nullable=False),
    text("because"),
    PrimaryKeyConstraint("authority", "case_id", "who", "broken_at"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    key("authority"),
    key("token_id"),
    text("name"),
    #: of the token itself nothing else is kept
    key("hash"),
    #: separated by spaces
    text("scopes"),
    Column("made_at", UtcDateTime, nullable=False),
    text("made_by"),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", Text),
    PrimaryKeyConstraint("authority", "token_id"),
)
Index("api_tokens_hash", api_tokens.c.hash, unique=True)

#: answers to breaches that wait for a second person
breach_proposals = Table(
    "breach_proposals",
    metadata,
    key("authority"),
    key("proposal_id"),
    key("breach_id"),
    key("case_id"),
    #: the event that is recorded once the second person agrees, as an event line
    Column("event", CanonicalJson, nullable=False),
    text("proposed_by"),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    PrimaryKeyConstraint("authority", "proposal_id"),
    CheckConstraint(
        "decision IS NULL OR decision IN ('agreed', 'declined', 'withdrawn')",
        name="breach_proposals_decision",
    ),
)
Index("breach_proposals_breach", breach_proposals.c.authority, breach_proposals.c.breach_id)

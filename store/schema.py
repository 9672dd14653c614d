"""The tables. Their names, and those of their columns, are public: other tools read them.

`authority` is first in every key, so that a query without one shows at once, and so that the tables can be
partitioned by it. The event log refers to no other table: it outlives whatever is derived from it.
Change anything here together with a new file in migrations/versions; a test holds the two equal.
Rooms with many tables keep them in a module of their own, on the same `metadata`: it must be imported here.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    literal_column,
)

from caseclock.store.access_tables import (
    api_tokens,
    breach_proposals,
    broken_glass,
    desk_audit,
    desk_sessions,
    restricted_cases,
    restricted_readers,
    saved_views,
)
from caseclock.store.columns import Key, metadata
from caseclock.store.columns import key as _key
from caseclock.store.columns import text as _text
from caseclock.store.desk_tables import board_figures, breach_answers, case_facts
from caseclock.store.forecast_tables import forecasts, timer_chances
from caseclock.store.outbox_tables import outbox, outbox_deliveries, outbox_recipients, outbox_turns
from caseclock.store.protocol import BreachStanding
from caseclock.store.types import CanonicalJson, LocalDate, OneOf, UtcDateTime
from caseclock.timers.timer import BREACHED_OUTCOMES, AtEnd, Outcome

__all__ = [
    "Key",
    "adopted_packs",
    "api_tokens",
    "board_figures",
    "breach_answers",
    "breach_proposals",
    "breaches",
    "broken_glass",
    "calendar_days",
    "case_facts",
    "cases",
    "desk_audit",
    "desk_sessions",
    "episodes",
    "events",
    "forecasts",
    "imports",
    "metadata",
    "outbox",
    "outbox_deliveries",
    "outbox_recipients",
    "outbox_turns",
    "quarantine",
    "restricted_cases",
    "restricted_readers",
    "saved_views",
    "timer_chances",
    "timers",
]

cases = Table(
    "cases",
    metadata,
    _key("authority"),
    _key("case_id"),
    Column("version", Integer, nullable=False),
    _text("head"),
    PrimaryKeyConstraint("authority", "case_id"),
    CheckConstraint("version > 0", name="cases_version"),
    CheckConstraint("length(head) = 64", name="cases_head"),
)

events = Table(
    "events",
    metadata,
    _key("authority"),
    _key("case_id"),
    Column("seq", Integer, nullable=False),
    _key("event_id"),
    _text("type"),
    _text("episode_id"),
    Column("occurred_on", LocalDate, nullable=False),
    Column("occurred_at", UtcDateTime),
    Column("recorded_on", LocalDate, nullable=False),
    Column("recorded_at", UtcDateTime),
    _text("by_whom"),  # `by` is a word of SQL
    _text("because"),
    Column("data", CanonicalJson, nullable=False),
    _text("previous"),
    _text("hash"),
    PrimaryKeyConstraint("authority", "case_id", "seq"),
    CheckConstraint("seq > 0", name="events_seq"),
    CheckConstraint("length(previous) = 64", name="events_previous"),
    CheckConstraint("length(hash) = 64", name="events_hash"),
    Index("events_event_id", "authority", "event_id", unique=True),
)

episodes = Table(
    "episodes",
    metadata,
    _key("authority"),
    _key("case_id"),
    _key("episode_id"),
    _text("process"),
    _text("process_version"),
    _text("state"),
    Column("opened_on", LocalDate, nullable=False),
    Column("closed_on", LocalDate),
    Column("follows", Text),
    PrimaryKeyConstraint("authority", "case_id", "episode_id"),
)

timers = Table(
    "timers",
    metadata,
    _key("timer_id"),
    _key("authority"),
    _key("case_id"),
    _text("episode_id"),
    _text("process"),
    _text("timescale"),
    _text("version"),
    Column("key", Text),
    Column("started_on", LocalDate, nullable=False),
    Column("started_at", UtcDateTime),
    Column("due_on", LocalDate),
    Column("due_at", UtcDateTime),
    Column("first_due_on", LocalDate),
    Column("not_before", LocalDate),
    Column("warns_at", UtcDateTime, nullable=False),
    Column("falls_at", UtcDateTime, nullable=False),
    Column("at_end", OneOf(AtEnd), nullable=False),
    Column("outcome", OneOf(Outcome), nullable=False),
    Column("stopped_on", LocalDate),
    Column("stopped_at", UtcDateTime),
    Column("recorded_on", LocalDate),
    Column("over_at_stop", Integer, nullable=False),
    _text("unit"),
    _text("basis"),
    _text("source"),
    _text("trigger_event"),
    Column("stop_event", Text),
    _text("calendar"),
    _text("reason"),
    Column("wake_at", UtcDateTime),
    PrimaryKeyConstraint("authority", "timer_id"),
    CheckConstraint(
        "outcome IN ('running', 'met', 'recorded_late', 'met_late', 'too_early', 'lapsed', 'void', 'unknown')",
        name="timers_outcome",
    ),
    CheckConstraint("at_end IN ('overdue', 'stands', 'unknown', 'nothing')", name="timers_at_end"),
)
Index("timers_case", timers.c.authority, timers.c.case_id, timers.c.timer_id)
Index(
    "timers_timescale",
    timers.c.authority,
    timers.c.timescale,
    timers.c.outcome,
    timers.c.at_end,
    timers.c.falls_at,
    timers.c.timer_id,
)
# holds only what a sweep may still have to look at, in the order in which it will: a sweep never walks over the rest
Index(
    "timers_wake_at",
    timers.c.wake_at,
    sqlite_where=timers.c.wake_at.is_not(None),
    postgresql_where=timers.c.wake_at.is_not(None),
)
# what a queue is made of: duties still to be done, and those that ran out undone or were done late. Each index holds
# what a page or a count asks of a timer, so that neither reads the rows of those it passes over
LIVE = timers.c.outcome.in_(
    [literal_column(f"'{one}'") for one in (Outcome.RUNNING, *sorted(BREACHED_OUTCOMES))]
)
_TOLD_BY_INDEX = (
    "falls_at",
    "timer_id",
    "timescale",
    "warns_at",
    "first_due_on",
    "due_on",
    "due_at",
    "stopped_on",
)
Index(
    "timers_live_due",
    timers.c.authority,
    timers.c.outcome,
    timers.c.at_end,
    *(timers.c[name] for name in _TOLD_BY_INDEX),
    timers.c.case_id,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
Index(
    "timers_live_case",
    timers.c.authority,
    timers.c.case_id,
    timers.c.outcome,
    timers.c.at_end,
    *(timers.c[name] for name in _TOLD_BY_INDEX),
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)

DONE = timers.c.outcome.in_(
    [literal_column(f"'{one}'") for one in sorted({*Outcome} - BREACHED_OUTCOMES - {Outcome.RUNNING})]
)
Index(
    "timers_done_due",
    timers.c.authority,
    timers.c.outcome,
    timers.c.falls_at,
    timers.c.timer_id,
    sqlite_where=DONE,
    postgresql_where=DONE,
)

breaches = Table(
    "breaches",
    metadata,
    _key("breach_id"),
    _key("timer_id"),
    _key("authority"),
    _key("case_id"),
    _text("episode_id"),
    _text("process"),
    _text("timescale"),
    Column("key", Text),
    Column("due_on", LocalDate),
    Column("due_at", UtcDateTime),
    Column("fell_at", UtcDateTime, nullable=False),
    Column("raised_at", UtcDateTime, nullable=False),
    Column("standing", OneOf(BreachStanding), nullable=False),
    Column("closed_on", LocalDate),
    Column("cause", Text),
    Column("withdrawn_at", UtcDateTime),
    PrimaryKeyConstraint("authority", "breach_id"),
    CheckConstraint("standing IN ('open', 'closed', 'withdrawn')", name="breaches_standing"),
    CheckConstraint(
        "standing <> 'withdrawn' OR (cause IS NOT NULL AND withdrawn_at IS NOT NULL)",
        name="breaches_withdrawn",
    ),
)
Index("breaches_case", breaches.c.authority, breaches.c.case_id, breaches.c.breach_id)
Index("breaches_timer", breaches.c.authority, breaches.c.timer_id, breaches.c.standing, breaches.c.breach_id)

quarantine = Table(
    "quarantine",
    metadata,
    _key("quarantine_id"),
    _key("authority"),
    Column("case_id", Key),
    _text("file"),
    _text("row"),
    Column("column", Text),
    Column("value", Text),
    _text("reason"),
    Column("content", CanonicalJson, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    Column("released_at", UtcDateTime),
    PrimaryKeyConstraint("authority", "quarantine_id"),
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", Integer, primary_key=True),
    _key("authority"),
    _text("file"),
    _text("kind"),
    _text("sha256"),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("report", CanonicalJson, nullable=False),
    sqlite_autoincrement=True,
)
Index("imports_authority", imports.c.authority, imports.c.import_id)

calendar_days = Table(
    "calendar_days",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("authority", Key),  # null: it holds for every authority
    Column("day", LocalDate, nullable=False),
    _text("title"),
    Column("known_at", UtcDateTime, nullable=False),
    _text("by_whom"),
    _text("because"),
    Column("replaces", LocalDate),  # the bank holiday that was moved to this day
    Column("settled_at", UtcDateTime),  # when it had reached every case; null: some may still have to move
    sqlite_autoincrement=True,
)
Index("calendar_days_authority", calendar_days.c.authority, calendar_days.c.day, unique=True)
Index(
    "calendar_days_everywhere",
    calendar_days.c.day,
    unique=True,
    sqlite_where=calendar_days.c.authority.is_(None),
    postgresql_where=calendar_days.c.authority.is_(None),
)

adopted_packs = Table(
    "adopted_packs",
    metadata,
    Column("adoption_id", Integer, primary_key=True),
    Column("authority", Key),  # null: it holds for every authority
    _text("pack_id"),
    _text("text"),
    Column("known_at", UtcDateTime, nullable=False),
    _text("by_whom"),
    _text("because"),
    Column("settled_at", UtcDateTime),
    sqlite_autoincrement=True,
)

"""The first tables, and the rule that the event log is only ever added to."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
DAY = sa.Text().with_variant(postgresql.DATE(), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
BIG = sa.Integer().with_variant(postgresql.BIGINT(), "postgresql")


def needed(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def optional(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def partial_index(name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    the_log()
    derived()
    handing_on()
    bringing_in()
    log_is_append_only()


def the_log() -> None:
    op.create_table(
        "cases",
        *needed(KEY, "authority", "case_id"),
        *needed(sa.Integer(), "version"),
        *needed(sa.Text(), "head"),
        sa.PrimaryKeyConstraint("authority", "case_id"),
        sa.CheckConstraint("version > 0", name="cases_version"),
        sa.CheckConstraint("length(head) = 64", name="cases_head"),
    )
    op.create_table(
        "events",
        *needed(KEY, "authority", "case_id"),
        *needed(sa.Integer(), "seq"),
        *needed(KEY, "event_id"),
        *needed(sa.Text(), "type", "episode_id"),
        *needed(DAY, "occurred_on"),
        *optional(INSTANT, "occurred_at"),
        *needed(DAY, "recorded_on"),
        *optional(INSTANT, "recorded_at"),
        *needed(sa.Text(), "by_whom", "because", "data", "previous", "hash"),
        sa.PrimaryKeyConstraint("authority", "case_id", "seq"),
        sa.CheckConstraint("seq > 0", name="events_seq"),
        sa.CheckConstraint("length(previous) = 64", name="events_previous"),
        sa.CheckConstraint("length(hash) = 64", name="events_hash"),
    )
    op.create_index("events_event_id", "events", ["authority", "event_id"], unique=True)


def derived() -> None:
    op.create_table(
        "episodes",
        *needed(KEY, "authority", "case_id", "episode_id"),
        *needed(sa.Text(), "process", "process_version", "state"),
        *needed(DAY, "opened_on"),
        *optional(DAY, "closed_on"),
        *optional(sa.Text(), "follows"),
        sa.PrimaryKeyConstraint("authority", "case_id", "episode_id"),
    )
    op.create_table(
        "timers",
        *needed(KEY, "timer_id", "authority", "case_id"),
        *needed(sa.Text(), "episode_id", "process", "timescale", "version"),
        *optional(sa.Text(), "key"),
        *needed(DAY, "started_on"),
        *optional(INSTANT, "started_at"),
        *optional(DAY, "due_on"),
        *optional(INSTANT, "due_at"),
        *optional(DAY, "first_due_on", "not_before"),
        *needed(INSTANT, "warns_at", "falls_at"),
        *needed(sa.Text(), "at_end", "outcome"),
        *optional(DAY, "stopped_on"),
        *optional(INSTANT, "stopped_at"),
        *optional(DAY, "recorded_on"),
        *needed(sa.Integer(), "over_at_stop"),
        *needed(sa.Text(), "unit", "basis", "source", "trigger_event"),
        *optional(sa.Text(), "stop_event"),
        *needed(sa.Text(), "calendar", "reason"),
        *optional(INSTANT, "wake_at"),
        sa.PrimaryKeyConstraint("authority", "timer_id"),
        sa.CheckConstraint(
            "outcome IN ('running', 'met', 'recorded_late', 'met_late', 'too_early', 'lapsed', 'void', 'unknown')",
            name="timers_outcome",
        ),
        sa.CheckConstraint("at_end IN ('overdue', 'stands', 'unknown', 'nothing')", name="timers_at_end"),
    )
    op.create_index("timers_case", "timers", ["authority", "case_id", "timer_id"])
    partial_index("timers_wake_at", "timers", ["wake_at"], "wake_at IS NOT NULL")
    op.create_table(
        "breaches",
        *needed(KEY, "breach_id"),
        *needed(sa.Text(), "timer_id"),
        *needed(KEY, "authority", "case_id"),
        *needed(sa.Text(), "episode_id", "process", "timescale"),
        *optional(sa.Text(), "key"),
        *optional(DAY, "due_on"),
        *optional(INSTANT, "due_at"),
        *needed(INSTANT, "fell_at", "raised_at"),
        *needed(sa.Text(), "standing"),
        *optional(DAY, "closed_on"),
        *optional(sa.Text(), "cause"),
        *optional(INSTANT, "withdrawn_at"),
        sa.PrimaryKeyConstraint("authority", "breach_id"),
        sa.CheckConstraint("standing IN ('open', 'closed', 'withdrawn')", name="breaches_standing"),
        sa.CheckConstraint(
            "standing <> 'withdrawn' OR (cause IS NOT NULL AND withdrawn_at IS NOT NULL)",
            name="breaches_withdrawn",
        ),
    )
    op.create_index("breaches_case", "breaches", ["authority", "case_id", "breach_id"])


def handing_on() -> None:
    op.create_table(
        "outbox",
        sa.Column("message_id", BIG, primary_key=True),
        *needed(KEY, "authority", "case_id"),
        *needed(sa.Text(), "kind", "payload"),
        *needed(INSTANT, "made_at"),
        *optional(INSTANT, "handed_on_at"),
        sqlite_autoincrement=True,
    )
    partial_index("outbox_waiting", "outbox", ["message_id"], "handed_on_at IS NULL")
    partial_index(
        "outbox_case_waiting", "outbox", ["authority", "case_id", "message_id"], "handed_on_at IS NULL"
    )


def bringing_in() -> None:
    op.create_table(
        "quarantine",
        *needed(KEY, "quarantine_id", "authority"),
        *optional(KEY, "case_id"),
        *needed(sa.Text(), "file", "row"),
        *optional(sa.Text(), "column", "value"),
        *needed(sa.Text(), "reason", "content"),
        *needed(INSTANT, "kept_at"),
        *optional(INSTANT, "released_at"),
        sa.PrimaryKeyConstraint("authority", "quarantine_id"),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Integer(), primary_key=True),
        *needed(KEY, "authority"),
        *needed(sa.Text(), "file", "kind", "sha256"),
        *needed(INSTANT, "imported_at"),
        *needed(sa.Text(), "report"),
        sqlite_autoincrement=True,
    )
    op.create_index("imports_authority", "imports", ["authority", "import_id"])
    op.create_table(
        "calendar_days",
        sa.Column("change_id", sa.Integer(), primary_key=True),
        *optional(KEY, "authority"),
        *needed(DAY, "day"),
        *needed(sa.Text(), "title"),
        *needed(INSTANT, "known_at"),
        *needed(sa.Text(), "by_whom", "because"),
        sqlite_autoincrement=True,
    )
    op.create_index("calendar_days_authority", "calendar_days", ["authority", "day"], unique=True)
    partial_index("calendar_days_everywhere", "calendar_days", ["day"], "authority IS NULL", unique=True)
    op.create_table(
        "adopted_packs",
        sa.Column("adoption_id", sa.Integer(), primary_key=True),
        *optional(KEY, "authority"),
        *needed(sa.Text(), "pack_id", "text"),
        *needed(INSTANT, "known_at"),
        *needed(sa.Text(), "by_whom", "because"),
        sqlite_autoincrement=True,
    )


REFUSAL = "The event log is append-only. Record an EventCorrected or EventRetracted event instead."


def log_is_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION caseclock_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, rule in {
        "events_no_update": "BEFORE UPDATE ON events FOR EACH ROW",
        "events_no_delete": "BEFORE DELETE ON events FOR EACH ROW",
        "events_no_truncate": "BEFORE TRUNCATE ON events FOR EACH STATEMENT",
    }.items():
        op.execute(f"CREATE TRIGGER {name} {rule} EXECUTE FUNCTION caseclock_events_append_only()")

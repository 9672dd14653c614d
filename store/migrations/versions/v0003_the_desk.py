"""What the desk reads: to whom a case is allocated, how a breach was answered, timers in the order of a queue.

Every case gets an empty row here; what its log tells is filled in by `caseclock db upgrade`, once the tables are there.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
DAY = sa.Text().with_variant(postgresql.DATE(), "postgresql")

TOLD_BY_INDEX = [
    "falls_at",
    "timer_id",
    "timescale",
    "warns_at",
    "first_due_on",
    "due_on",
    "due_at",
    "stopped_on",
]
LIVE = "outcome IN ('running', 'lapsed', 'met_late', 'too_early')"
DONE = "outcome IN ('met', 'recorded_late', 'unknown', 'void')"


def index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    op.create_table(
        "case_facts",
        sa.Column("authority", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("team", KEY),
        sa.Column("worker", KEY),
        sa.Column("family", KEY),
        sa.Column("date_of_birth", DAY),
        sa.PrimaryKeyConstraint("authority", "case_id"),
    )
    index("case_facts_team", "case_facts", ["authority", "team", "case_id"])
    index("case_facts_worker", "case_facts", ["authority", "worker", "case_id"])
    index("case_facts_family", "case_facts", ["authority", "family", "case_id"], "family IS NOT NULL")
    op.execute("INSERT INTO case_facts (authority, case_id) SELECT authority, case_id FROM cases")
    op.create_table(
        "breach_answers",
        sa.Column("authority", KEY, nullable=False),
        sa.Column("breach_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("answered_on", DAY, nullable=False),
        sa.Column("reason_code", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("review_on", DAY),
        sa.PrimaryKeyConstraint("authority", "breach_id"),
        sa.CheckConstraint(
            "answer IN ('explained', 'exempted', 'escalated', 'reopened')", name="breach_answers_answer"
        ),
    )
    index("breach_answers_case", "breach_answers", ["authority", "case_id", "breach_id"])
    index("timers_live_due", "timers", ["authority", "outcome", "at_end", *TOLD_BY_INDEX, "case_id"], LIVE)
    index("timers_live_case", "timers", ["authority", "case_id", "outcome", "at_end", *TOLD_BY_INDEX], LIVE)
    index("timers_done_due", "timers", ["authority", "outcome", "falls_at", "timer_id"], DONE)
    index("breaches_timer", "breaches", ["authority", "timer_id", "standing", "breach_id"])

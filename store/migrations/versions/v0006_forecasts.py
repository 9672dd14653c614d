"""A forecast is kept: what it was made from, and the chance of each running timer to run out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
DAY = sa.Text().with_variant(postgresql.DATE(), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("authority", KEY, nullable=False),
        sa.Column("as_at", DAY, nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("timers_known", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("authority"),
    )
    op.create_table(
        "timer_chances",
        sa.Column("authority", KEY, nullable=False),
        sa.Column("timer_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.Column("ran_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "timer_id"),
        sa.CheckConstraint("chance >= 0 AND chance <= 1", name="timer_chances_chance"),
    )
    op.create_index("timer_chances_chance", "timer_chances", ["authority", "chance", "timer_id"])

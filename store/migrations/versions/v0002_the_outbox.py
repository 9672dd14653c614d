"""To whom messages are told, and what of them each has yet to get."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
BIG = sa.Integer().with_variant(postgresql.BIGINT(), "postgresql")


def partial_index(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    op.add_column("outbox", sa.Column("addressed_at", INSTANT))
    op.execute("UPDATE outbox SET addressed_at = handed_on_at WHERE handed_on_at IS NOT NULL")
    op.drop_index("outbox_waiting", "outbox")
    op.drop_index("outbox_case_waiting", "outbox")
    partial_index("outbox_unaddressed", "outbox", ["message_id"], "addressed_at IS NULL")
    op.create_table(
        "outbox_recipients",
        sa.Column("name", KEY, primary_key=True),
        sa.Column("authority", KEY),
        sa.Column("kinds", sa.Text()),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests_until", INSTANT),
    )
    op.create_table(
        "outbox_deliveries",
        sa.Column("authority", KEY, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT),
        sa.Column("last_error", sa.Text()),
        sa.Column("dead_at", INSTANT),
        sa.PrimaryKeyConstraint("authority", "message_id", "recipient"),
    )
    partial_index(
        "outbox_deliveries_waiting",
        "outbox_deliveries",
        ["recipient", "part", "message_id"],
        "dead_at IS NULL",
    )
    partial_index(
        "outbox_deliveries_failed",
        "outbox_deliveries",
        ["recipient", "authority", "case_id", "message_id"],
        "next_try_at IS NOT NULL",
    )
    op.create_table(
        "outbox_turns",
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.PrimaryKeyConstraint("recipient", "part"),
    )

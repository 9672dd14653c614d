"""The timers of one timescale are found by themselves, in the order in which they fall."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["authority", "timescale", "outcome", "at_end", "falls_at", "timer_id"]
    op.create_index("timers_timescale", "timers", columns)

"""A bank holiday that was moved tells from which day; a change of calendar or packs tells when it had reached all."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DAY = sa.Text().with_variant(postgresql.DATE(), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("calendar_days", sa.Column("replaces", DAY))
    for table in ("calendar_days", "adopted_packs"):
        op.add_column(table, sa.Column("settled_at", INSTANT))
        op.execute(f"UPDATE {table} SET settled_at = known_at")  # noqa: S608

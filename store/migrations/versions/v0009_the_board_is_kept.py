"""The board's figures are kept from one start of the desk to the next."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
BIG = sa.Integer().with_variant(postgresql.BIGINT(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "board_figures",
        sa.Column("authority", KEY, nullable=False),
        sa.Column("which", KEY, nullable=False),
        sa.Column("counted_at", INSTANT, nullable=False),
        sa.Column("written", BIG, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "which"),
    )

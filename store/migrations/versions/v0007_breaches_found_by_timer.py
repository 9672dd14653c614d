"""A breach is found by its timer in the order in which timers are kept: two orders, and PostgreSQL reads them all."""

from alembic import op
from sqlalchemy import text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":  # it knows one order
        return
    # the view for other tools stands on the column, where it was made: it is taken away and laid back as it was
    view = connection.scalar(text("SELECT pg_get_viewdef(to_regclass('v_breaches'))"))
    if view is not None:
        op.execute("DROP VIEW v_breaches")
    op.execute('ALTER TABLE breaches ALTER COLUMN timer_id TYPE TEXT COLLATE "C"')
    if view is not None:
        connection.exec_driver_sql(f"CREATE VIEW v_breaches AS {view}")

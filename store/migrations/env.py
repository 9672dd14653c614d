"""What Alembic runs: the connection is always given by caseclock.store.upgrade, which also commits."""

from alembic import context

from caseclock.store.revision import VERSION_TABLE
from caseclock.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite too: a migration is done wholly or not at all
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

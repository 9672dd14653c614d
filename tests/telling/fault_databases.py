"""Databases for tests that need several, each a copy of one that was made once."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

#: children in a database that is told of some
CHILDREN = 45


@dataclass
class Databases:
    """Makes databases of one kind, as many as a test needs."""

    #: an SQLite file, or a template on PostgreSQL
    empty_one: str
    told_one: str
    folder: Path
    #: None for SQLite
    server: str | None = None
    made: list[str] = field(default_factory=list)

    def empty(self) -> str:
        """URL of a new database with Caseclock's tables and no rows."""
        return self._copy(self.empty_one)

    def told(self) -> str:
        """URL of a new database with the beginnings of CHILDREN children, no breach raised."""
        return self._copy(self.told_one)

    def copy_of(self, url: str) -> str:
        """URL of a new database that is a copy of one that nobody has open."""
        return self._copy(str(make_url(url).database))

    def _copy(self, original: str) -> str:
        name = f"faults_{uuid4().hex}"
        self.made.append(name)
        if self.server is None:
            file = self.folder / f"{name}.db"
            shutil.copyfile(original, file)
            return f"sqlite:///{file}"
        execute(self.server, f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY file_copy")
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def drop(self) -> None:
        for name in self.made if self.server else ():
            execute(str(self.server), f"DROP DATABASE {name} WITH (FORCE)")


def execute(url: str, *statements: str) -> None:
    """Execute statements, each by itself, on a PostgreSQL."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))

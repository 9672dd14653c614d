"""What a table of PostgreSQL is made of, read from its catalogue, so that one in partitions can be made like it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from caseclock.store.schema import breach_answers, breaches, case_facts, cases, episodes, events, timers

#: the tables that grow with the cases, in the order in which a unit of work writes to them
OF_CASES = tuple(
    table.name for table in (cases, events, episodes, timers, breaches, case_facts, breach_answers)
)

_CONSTRAINTS = text(
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE conrelid = to_regclass(:table) AND contype IN ('p', 'u', 'x') ORDER BY conname"
)
_INDEXES = text(
    "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = to_regclass(:table) "
    "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indexrelid"
)
_TRIGGERS = text(
    "SELECT pg_get_triggerdef(oid), tgtype & 32 <> 0 FROM pg_trigger "
    "WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal ORDER BY tgname"
)
_RIGHTS = text(
    "SELECT DISTINCT privilege_type, "
    "CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END "
    "FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = to_regclass(:table) AND grantee <> relowner"
)
_OWNER = text("SELECT quote_ident(pg_get_userbyid(relowner)) FROM pg_class WHERE oid = to_regclass(:table)")
_PARTITIONS = text(
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
    "WHERE inhparent = to_regclass(:table) ORDER BY relname"
)
_KIND = text("SELECT relkind::text FROM pg_class WHERE oid = to_regclass(:table)")
#: where the definition of an index or a trigger names its table
_ON = r' ON (ONLY )?("[^"]+"|[^\s".]+)\.("[^"]+"|[^\s".]+) '
#: views that read one of the tables, whoever made them
_VIEWS = text(
    "SELECT DISTINCT view.relname FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid "
    "JOIN pg_class view ON view.oid = ev_class "
    "WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass "
    "AND refobjid IN (SELECT to_regclass(each) FROM unnest(CAST(:tables AS text[])) each) ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class In:
    """A schema of the database."""

    name: str

    def __getitem__(self, table: str) -> str:
        """Name one of its tables as SQL does."""
        return f"{self}.{quoted(table)}"

    def __str__(self) -> str:
        return quoted(self.name)


def quoted(name: str) -> str:
    """Write a name as SQL does, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def run(connection: Connection, statement: str) -> None:
    """Run a statement that has no values; a colon in it is a colon."""
    connection.exec_driver_sql(statement.replace("%", "%%"))


def is_divided(connection: Connection, schema: In) -> bool:
    """Say whether the tables of cases are in partitions."""
    return bool(connection.scalar(_KIND, {"table": schema[OF_CASES[0]]}) == "p")


def partitions_of(connection: Connection, schema: In, table: str) -> list[str]:
    """Name the partitions of a table."""
    return list(connection.scalars(_PARTITIONS, {"table": schema[table]}))


def views_on(connection: Connection, schema: In) -> list[str]:
    """Name the views that read a table of cases."""
    return list(connection.scalars(_VIEWS, {"tables": [schema[table] for table in OF_CASES]}))


def make_like(connection: Connection, table: str, there: In, here: In, parts: int) -> None:
    """Make a table in partitions, with the columns, checks, keys, indexes, owner and rights of one elsewhere."""
    for statement in _like(connection, table, there, here, parts):
        run(connection, statement)


def _like(connection: Connection, table: str, there: In, here: In, parts: int) -> Iterator[str]:
    of = {"table": there[table]}
    yield (
        f"CREATE TABLE {here[table]} (LIKE {there[table]} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE "
        "INCLUDING COMMENTS) PARTITION BY HASH (authority)"
    )
    for part in range(parts):
        yield (
            f"CREATE TABLE {here[f'{table}_p{part:03}']} PARTITION OF {here[table]} "
            f"FOR VALUES WITH (MODULUS {parts}, REMAINDER {part})"
        )
    for name, definition in connection.execute(_CONSTRAINTS, of):
        yield f"ALTER TABLE {here[table]} ADD CONSTRAINT {quoted(name)} {definition}"
    for definition in connection.scalars(_INDEXES, of):
        yield re.sub(_ON, lambda _: f" ON {here[table]} ", definition, count=1)
    owner = connection.scalar(_OWNER, of)
    for one in (table, *(f"{table}_p{part:03}" for part in range(parts))):
        yield f"ALTER TABLE {here[one]} OWNER TO {owner}"
    yield from rights(connection, there[table], here[table])


def rights(connection: Connection, of: str, on: str) -> list[str]:
    """Give what grants others the rights on one table that they have on another."""
    return [f"GRANT {right} ON {on} TO {who}" for right, who in connection.execute(_RIGHTS, {"table": of})]


def triggers(connection: Connection, table: str, there: In, here: In) -> list[str]:
    """Give what makes a table's triggers elsewhere; one against emptying it on each partition too.

    A partition emptied by itself would not ask the table that it is of.
    """
    parts = partitions_of(connection, here, table)
    return [
        re.sub(_ON, lambda _, one=one: f" ON {here[one]} ", definition, count=1)  # type: ignore[misc]
        for definition, on_truncate in connection.execute(_TRIGGERS, {"table": there[table]})
        for one in (table, *(parts if on_truncate else ()))
    ]

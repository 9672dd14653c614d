"""Many cases that grow in one unit of work: their own rows go in few statements, each under its optimistic lock."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Table,
    Text,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from caseclock.store.appending import several_changed
from caseclock.store.columns import Key
from caseclock.store.json_rows import given_as, rows_told
from caseclock.store.prepared import prepared, prepared_from
from caseclock.store.schema import cases
from caseclock.store.sql_statements import ByDialect

Growth = Mapping[str, Any]

_TOLD: Mapping[str, TypeEngine[Any]] = {
    "authority": Key,
    "case_id": Key,
    "read_version": Integer(),
    "read_head": Text(),
    "to_version": Integer(),
    "to_head": Text(),
}


class Growing(ByDialect):
    """Makes cases grow, each told as `growth` tells it; raises CaseChanged where one is not as it was read.

    `new` and `old` are the statements for one case, without marks and with them.
    """

    __slots__ = ("_marked", "_one")

    def __init__(
        self,
        new: tuple[Executable, Executable],
        old: tuple[Executable, Executable],
        marked: Sequence[ColumnElement[bool]],
    ) -> None:
        super().__init__(new[0], new[0])
        self._one = {True: new, False: old}
        self._marked = marked

    def write(self, connection: Connection, table: Table, rows: Sequence[Growth]) -> int:
        growths = _once_each(rows)
        for (is_new, is_marked), some in groupby(sorted(growths, key=_kind), _kind):
            mine = list(some)
            if self._grown(connection, mine, is_new, is_marked) != len(mine):
                raise several_changed(mine[0]["authority"], len(mine))
        return len(rows)

    def _grown(self, connection: Connection, growths: list[Growth], is_new: bool, is_marked: bool) -> int:
        if connection.dialect.name == "sqlite":
            statement = self._one[is_new][is_marked]
            return prepared(statement, "sqlite").write(connection, growths)
        marks = {name: growths[0][name] for name in ("days", "packs") if is_marked}
        told = json.dumps([{name: one[name] for name in _TOLD} for one in growths], ensure_ascii=False)
        statement_of_many = prepared_from(self._of_many, is_new, is_marked)
        return statement_of_many.write(connection, [{given_as(cases): told, **marks}])

    def _of_many(self, is_new: bool, is_marked: bool) -> Executable:
        """Make the statement that takes many cases as one JSON text, on PostgreSQL."""
        conditions = self._marked if is_marked else ()
        new = rows_told(given_as(cases), _TOLD)
        if is_new:
            names = ["authority", "case_id", "version", "head"]
            told = select(*(new.c[name] for name in ("authority", "case_id", "to_version", "to_head")))
            made = postgresql.insert(cases).from_select(names, told.where(*conditions))
            return made.on_conflict_do_nothing()
        return (
            update(cases)
            .where(
                cases.c.authority == new.c.authority,
                cases.c.case_id == new.c.case_id,
                cases.c.version == new.c.read_version,
                cases.c.head == new.c.read_head,
                *conditions,
            )
            .values(version=new.c.to_version, head=new.c.to_head)
        )


def _kind(one: Growth) -> tuple[bool, bool]:
    return not one["read_version"], "days" in one


def _once_each(rows: Sequence[Growth]) -> list[Growth]:
    """Join what one case grew by in several steps; raises CaseChanged where one did not begin where the last ended."""
    joined: dict[tuple[str, str], Growth] = {}
    for row in rows:
        before = joined.setdefault((row["authority"], row["case_id"]), row)
        if before is not row:
            if (before["to_version"], before["to_head"]) != (row["read_version"], row["read_head"]):
                raise several_changed(row["authority"], 1)
            as_read = {"read_version": before["read_version"], "read_head": before["read_head"]}
            joined[row["authority"], row["case_id"]] = {**row, **as_read}
    return list(joined.values())

"""A join that is gone through in the order in which it is written."""

from typing import Any, cast

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import Join


class InThisOrder(Join):
    """An inner join of which SQLite goes through the left side first; PostgreSQL chooses by its statistics.

    SQLite does not know how many rows a condition leaves until it is told to look, and often begins at the wrong end.
    """

    inherit_cache = True


@compiles(InThisOrder)
def _chosen(join: InThisOrder, compiler: SQLCompiler, **more: Any) -> Any:
    return compiler.visit_join(join, **more)  # type: ignore[no-untyped-call]


@compiles(InThisOrder, "sqlite")
def _in_this_order(join: InThisOrder, compiler: SQLCompiler, **more: Any) -> str:
    more |= {"asfrom": True, "from_linter": None}
    left, right = (compiler.process(side, **more) for side in (join.left, join.right))
    more.pop("asfrom")
    return (
        f"{left} CROSS JOIN {right} ON {compiler.process(cast(ColumnElement[bool], join.onclause), **more)}"
    )

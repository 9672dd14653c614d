"""The different values of a column, found by stepping from one to the next in an index."""

from sqlalchemy import ColumnElement, Connection, func, select


def stepped(
    connection: Connection, column: ColumnElement[str], *conditions: ColumnElement[bool]
) -> list[str]:
    """Give the values of a column in order, but for null, of the rows for which conditions hold.

    One look into the index for each value: PostgreSQL would read every row, and sort them. Needs an index that begins
    with what the conditions name and goes on with the column.
    """
    table = column.table
    first = select(func.min(column).label("value")).select_from(table).where(*conditions)
    found = first.cte("found", recursive=True)
    after = select(func.min(column)).select_from(table).where(*conditions, column > found.c.value)
    found = found.union_all(select(after.scalar_subquery()).where(found.c.value.is_not(None)))
    return list(connection.scalars(select(found.c.value).where(found.c.value.is_not(None))))

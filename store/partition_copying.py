# ruff: noqa: S608 - the names in its statements come from the catalogue, and are quoted
"""Copying the rows of cases into tables in partitions: all of them once, and again what was written to meanwhile."""

from typing import Any

from sqlalchemy import Connection, text

from caseclock.store.partition_tables import OF_CASES, In, run

#: what was written to meanwhile and is copied again in one transaction
NOTED = 2000


def copy_next(connection: Connection, here: In, building: In, most: int) -> int | None:
    """Copy the rows of the next cases, and note how far it has come; None where nothing is left.

    The last copies what is of no case, too.
    """
    place = connection.execute(
        text(f"SELECT authority, case_id, ended FROM {building['begun']} FOR UPDATE")
    ).one()
    if place.ended:
        return None
    after = "(authority, case_id) > (:a, :c)" if place.authority is not None else "true"
    values = {"a": place.authority, "c": place.case_id}
    known: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
    found = connection.execute(
        text(
            f"SELECT authority, case_id FROM {here['cases']} WHERE {after} ORDER BY authority, case_id LIMIT {most:d}"
        ),
        known,
    ).all()
    is_last = len(found) < most
    until = "true" if is_last else "(authority, case_id) <= (:to_a, :to_c)"
    if not is_last:
        known |= {"to_a": found[-1].authority, "to_c": found[-1].case_id}
    for table in OF_CASES:
        connection.execute(
            text(f"INSERT INTO {building[table]} SELECT * FROM {here[table]} WHERE {after} AND {until}"),
            known,
        )
    if is_last:
        run(connection, f"UPDATE {building['begun']} SET ended = true")
    else:
        connection.execute(
            text(f"UPDATE {building['begun']} SET authority = :to_a, case_id = :to_c"),
            {name: known[name] for name in ("to_a", "to_c")},
        )
    return len(found)


def copy_noted(connection: Connection, here: In, building: In) -> int:
    """Copy again some of the cases that were written to meanwhile; gives how often those were."""
    noted = connection.execute(
        text(
            f"SELECT id, authority, case_id FROM {building['noted']} ORDER BY id LIMIT {NOTED + 1:d} FOR UPDATE"
        )
    ).all()
    cases = sorted({(row.authority, row.case_id) for row in noted})
    values = {"a": [authority for authority, _ in cases], "c": [case_id for _, case_id in cases]}
    these = "unnest(CAST(:a AS text[]), CAST(:c AS text[])) AS these (a, c)"
    of_these = 'authority = a COLLATE "C" AND case_id = c COLLATE "C"'
    for table in OF_CASES if cases else ():
        connection.execute(text(f"DELETE FROM {building[table]} USING {these} WHERE {of_these}"), values)
        connection.execute(
            text(
                f"INSERT INTO {building[table]} SELECT old.* FROM {these} JOIN {here[table]} old ON {of_these}"
            ),
            values,
        )
    connection.execute(
        text(f"DELETE FROM {building['noted']} WHERE id = ANY(:ids)"), {"ids": [row.id for row in noted]}
    )
    return len(noted)

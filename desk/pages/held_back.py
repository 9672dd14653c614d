"""Rows of files that were held back, as far as somebody may see them."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from caseclock.desk.engines import desk_of
from caseclock.desk.routes import person_of
from caseclock.desk.seeing import seen_by
from caseclock.store.schema import quarantine


def waiting(request: Request, *, released: bool = False) -> list[ColumnElement[bool]]:
    """Give the conditions of the rows held back that may be shown: of no case, or of one that may be seen."""
    desk, person = desk_of(request), person_of(request)
    found: list[ColumnElement[bool]] = [quarantine.c.authority == person.authority]
    if not released:
        found.append(quarantine.c.released_at.is_(None))
    case_id: Any = quarantine.c.case_id
    _, *seen = seen_by(person, desk.now(), quarantine.c.authority, case_id)
    return [*found, *(or_(quarantine.c.case_id.is_(None), condition) for condition in seen)]


def held_back_rows(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], limit: int, offset: int = 0
) -> Sequence[Row[Any]]:
    """Give rows held back, newest first, those of a file in its order."""
    return connection.execute(
        select(quarantine)
        .where(*conditions)
        .order_by(
            quarantine.c.kept_at.desc(),
            quarantine.c.file,
            func.length(quarantine.c.row),
            quarantine.c.row,
            quarantine.c.quarantine_id,
        )
        .limit(limit)
        .offset(offset)
    ).all()


def told_of(row: Row[Any]) -> Sequence[tuple[str, str]]:
    """Give what a row held as (name, value): the fields of a return's row, or those of each event it would become."""
    content = row.content
    if isinstance(content.get("events"), list):
        return [
            (f"Event {number}: {name}", text_of(value))
            for number, event in enumerate(content["events"], 1)
            for name, value in event.items()
            if value not in (None, "", {})
        ]
    return [(name, text_of(value)) for name, value in content.items() if value not in (None, "", {})]


def text_of(value: object) -> str:
    """Write a value that was read of a file."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {text_of(one)}" for name, one in value.items())
    return ", ".join(map(text_of, value)) if isinstance(value, list) else str(value)

"""Where an answer is read from: the stored tables for the present, and for a past day a copy made from the log."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request
from sqlalchemy import ColumnElement, Connection, func, literal, select

from caseclock.desk.asking import is_now, question_of
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.reading.past import BeingWorkedOut, pasts_of
from caseclock.desk.reading.queue_rows import Asking, Sees
from caseclock.desk.roles import Person
from caseclock.desk.routes import person_of
from caseclock.desk.seeing import open_to, seen_by
from caseclock.store.access_tables import restricted_cases
from caseclock.store.desk_tables import case_facts
from caseclock.timers.when import london_date
from caseclock.workflow.positions import Question

#: restricted cases that are named one by one in a statement; where there are more, the database looks them up
_MOST_NAMED = 500

__all__ = ["BeingWorkedOut", "Source", "source_of"]


@dataclass(frozen=True, slots=True)
class Source:
    """A connection to ask, and how to ask it."""

    connection: Connection
    asking: Asking
    question: Question
    #: whether it is the present that is asked about
    is_now: bool


@contextmanager
def source_of(request: Request) -> Iterator[Source]:
    """Give what a request is answered from, for the person who is signed in.

    Raises BeingWorkedOut where the answer for a past day is not there yet; Unfit for a day that can't be asked for.
    """
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    now = desk.now()
    with desk.store.snapshot() as unit:
        setting = desk.engine.setting(unit, person.authority)
        known = setting.rulebook.as_known(london_date(question.known_at))
        calendar = setting.holidays.as_known(london_date(question.known_at))
        present = is_now(question, now)
        sees = _seen(unit.connection, desk, person, present=present)
        asking = Asking(
            person.authority,
            setting.rulebook if present else known,
            calendar,
            now if present else question.moment,
            sees,
            person.teams() if present else None,
        )
        if present:
            yield Source(unit.connection, asking, question, is_now=True)
            return
    with pasts_of(desk).connection(person.authority, question, now) as connection:
        yield Source(connection, asking, question, is_now=False)


def _seen(connection: Connection, desk: Desk, person: Person, *, present: bool) -> Sees:
    """Give the conditions under which a row may be shown: of the cases that are restricted today, only those open.

    Of the present, the teams whose cases may be seen are asked for by the queue itself. A copy of a past day does not
    know to which team a case belongs today, so it is given the cases.
    """
    hidden = connection.scalars(
        select(restricted_cases.c.case_id)
        .where(restricted_cases.c.authority == person.authority, ~open_to(person, desk.now()))
        .limit(_MOST_NAMED + 1)
    ).all()
    if len(hidden) > _MOST_NAMED:
        if present:
            return partial(seen_by, person, desk.now())
        hidden = connection.scalars(
            select(restricted_cases.c.case_id).where(
                restricted_cases.c.authority == person.authority, ~open_to(person, desk.now())
            )
        ).all()
    teams = person.teams()
    if present or teams is None:
        shut = _ids(hidden)
        return lambda _authority, case_id: [case_id.not_in(hidden if present else shut)] if hidden else []
    ours = _ids(
        connection.scalars(
            select(case_facts.c.case_id).where(
                case_facts.c.authority == person.authority, case_facts.c.team.in_(sorted(teams))
            )
        ).all()
    )
    shut = _ids(hidden)
    return lambda _authority, case_id: [case_id.in_(ours), case_id.not_in(shut)]


def _ids(ids: Sequence[str]) -> Any:
    """Put ids into one parameter, however many there are; for SQLite, in which the copies are."""
    listed: ColumnElement[Any] = literal(json.dumps(list(ids)))
    return select(func.json_each(listed).table_valued("value").c.value)

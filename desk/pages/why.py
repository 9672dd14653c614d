"""Why this date? One timer from what started it to where it stands: each day counted or not, and by which rule."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

from caseclock.desk.asking import question_of
from caseclock.desk.audit import looked
from caseclock.desk.engines import desk_of
from caseclock.desk.pages.told import due_words, past_query
from caseclock.desk.refusals import NotFound
from caseclock.desk.rendering import show
from caseclock.desk.report import weeks_of
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.seeing import may_see
from caseclock.desk.words import BASES, VERIFICATIONS
from caseclock.processes.catalogue import OPENERS
from caseclock.store.schema import timers
from caseclock.timers.durations import LedgerDay
from caseclock.timers.explain import NoSuchTimer, explain
from caseclock.timers.history import History
from caseclock.timers.timescale import Basis
from caseclock.workflow.settling import breach_id

router = APIRouter()

#: weeks of a calendar that are shown; the middle of a longer one is left out, and said to be
WEEKS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """What a day in the calendar is, in words; the style only repeats it."""

    kind: str
    words: str


@page(router, "GET", "/timers/{timer_id}", may=Permission.READ)
def why(request: Request, timer_id: str) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    with desk.store.snapshot() as unit:
        case_id = case_of(unit.connection, person.authority, timer_id) or request.query_params.get("case", "")
        if not case_id or not may_see(unit.connection, person, case_id, desk.now()):
            raise NotFound
        setting = desk.engine.setting(unit, person.authority)
        history = History(
            unit.events(person.authority, case_id), OPENERS, as_at=question.as_at, known_at=question.known_at
        )
        try:
            told = explain(history, setting, timer_id, question.moment)
        except NoSuchTimer:
            raise NotFound(
                "This timer did not run yet as at that day, by what was known then. Ask as at a later day."
            ) from None
        raised = any(one.timer_id == timer_id for one in unit.breaches(person.authority, case_id))
    looked(desk, person, case_id, "why this date")
    version = setting.rulebook.version(told.timer.timescale, told.timer.version)
    weeks = weeks_of(told.ledger)
    return show(
        request,
        "pages/why.html",
        question=question,
        told=told,
        timer=told.timer,
        due=due_words(told.timer),
        version=version,
        basis=BASES[Basis(version.basis)],
        checked=VERIFICATIONS[told.verification],
        first_sentence=told.sentences[0],
        sentences=told.sentences[1:],
        weeks=weeks[: WEEKS_SHOWN // 2] + weeks[-WEEKS_SHOWN // 2 :] if len(weeks) > WEEKS_SHOWN else weeks,
        left_out=max(0, len(weeks) - WEEKS_SHOWN),
        gap_after=WEEKS_SHOWN // 2 if len(weeks) > WEEKS_SHOWN else None,
        skipped=[row for row in told.ledger if row.count is None and row.why and row.why not in _WEEKEND],
        mark=mark,
        breach=breach_id(told.timer) if raised else "",
        past_query=past_query(request),
        weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        last=told.ledger[-1].day if told.ledger else None,
    )


_WEEKEND = frozenset({"Saturday", "Sunday"})


def case_of(connection: Connection, authority: str, timer_id: str) -> str | None:
    """Name the case of a timer that is stored; None where there is none."""
    found: str | None = connection.scalar(
        select(timers.c.case_id).where(timers.c.authority == authority, timers.c.timer_id == timer_id)
    )
    return found


def mark(row: LedgerDay, last: date | None) -> Mark:
    """Say what a day is in the count."""
    if row.count is None:
        return Mark("off", "not counted" if row.why in _WEEKEND else row.why or "not counted")
    if row.count == 0:
        return Mark("start", "start: day 0")
    return (
        Mark("last", f"day {row.count}, last in time") if row.day == last else Mark("on", f"day {row.count}")
    )

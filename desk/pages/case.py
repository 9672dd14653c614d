"""One case: who the child is to the service, what runs and what ran out, what happened, and what may happen next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select

from caseclock.desk.asking import question_of
from caseclock.desk.audit import looked
from caseclock.desk.breaches import AskedBreach
from caseclock.desk.case_page import CasePage, Entry, EpisodeShown, case_page
from caseclock.desk.engines import Desk, desk_of
from caseclock.desk.keeping.access import last_opening
from caseclock.desk.pages.told import age_on, distance_words, due_words, duty_words, past_query
from caseclock.desk.reading.queue_rows import Asking, QueueRow
from caseclock.desk.refusals import NotFound
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.seeing import is_restricted, may_see, seen_by
from caseclock.desk.words import day, moment
from caseclock.processes.catalogue import OPENERS, PROCESSES
from caseclock.processes.drawing import svg
from caseclock.processes.versions import version_named
from caseclock.store.desk_tables import case_facts
from caseclock.store.protocol import CaseFacts
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.timer import BREACHED_STANDINGS, AtEnd, Outcome, Standing
from caseclock.timers.when import When, london_date
from caseclock.workflow.allocation import facts_of
from caseclock.workflow.positions import Position, Question

router = APIRouter()

#: events of the timeline on one page, and siblings that are named
TIMELINE, SIBLINGS = 50, 20
#: an opening in an emergency is shown on the case's page for so long
GLASS_SHOWN_FOR = timedelta(days=30)
#: process of an open episode -> badge, in the order of precedence; a lower one is hidden where a higher one shows
BADGES = (
    ("looked_after", "CLA", "Child looked after"),
    ("child_protection_plan", "CP", "Child protection plan"),
    ("child_in_need_plan", "CIN", "Child in need plan"),
)
_HIDES = {"CIN": ("CLA", "CP")}


@dataclass(frozen=True, slots=True)
class Badge:
    """What a child is to the service, in a word and in full."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class TimerLine:
    """A timer of the case in words."""

    position: Position
    duty: str
    due: str
    distance: str
    breach: AskedBreach | None = None
    answer: str = ""


@page(router, "GET", "/cases/{case_id:path}", may=Permission.READ)
def one_case(request: Request, case_id: str) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    before = request.query_params.get("before", "")
    with desk.store.snapshot() as unit:
        connection = unit.connection
        if not may_see(connection, person, case_id, desk.now()):
            raise NotFound
        found = case_page(desk.engine, unit, question, person.authority, case_id)
        events = unit.events(person.authority, case_id)
        history = History(events, OPENERS, as_at=question.as_at, known_at=question.known_at)
        facts = facts_of(person.authority, case_id, history)
        siblings = siblings_of(connection, desk, person, facts)
        restricted = is_restricted(connection, person.authority, case_id)
        glass = (
            last_opening(connection, person.authority, case_id, GLASS_SHOWN_FOR, desk.now())
            if restricted
            else None
        )
        setting = desk.engine.setting(unit, person.authority)
    asking = Asking(
        person.authority,
        setting.rulebook,
        setting.holidays.as_known(london_date(question.known_at)),
        question.moment,
        lambda _authority, _case: (),
    )
    looked(desk, person, case_id, "case")
    told = list(reversed(found.history))
    start = next((n + 1 for n, one in enumerate(told) if one.event.event_id == before), 0) if before else 0
    shown = told[start : start + TIMELINE]
    lines = timer_lines(found, asking, facts)
    return show(
        request,
        "pages/case.html",
        question=question,
        case=found,
        facts=facts,
        age=age_on(facts.date_of_birth, question.as_at),
        badges=badges_of(found.episodes, restricted=restricted),
        glass=glass,
        siblings=siblings,
        breached=[
            one for one in lines if one.position.standing in BREACHED_STANDINGS and not _recording(one)
        ],
        written_late=[
            one for one in lines if one.position.standing in BREACHED_STANDINGS and _recording(one)
        ],
        ahead=sorted(
            (one for one in lines if _is_ahead(one.position, question)),
            key=lambda one: one.position.timer.falls_at,
        ),
        finished=[
            one
            for one in lines
            if not _is_ahead(one.position, question) and one.position.standing not in BREACHED_STANDINGS
        ],
        withdrawn=[one for one in found.breaches if one.cause is not None],
        timeline=[entry_words(one, found, request) for one in shown],
        older=shown[-1].event.event_id if start + TIMELINE < len(told) and shown else "",
        newer=bool(start),
        entries=len(told),
        spelt_out=spelt_out,
        past_query=past_query(request),
        versions={one.episode_id: one for one in found.episodes},
        processes=PROCESSES,
    )


@page(router, "GET", "/processes/{name}/{state}.svg", may=Permission.SIGNED_IN)
def drawing(request: Request, name: str, state: str) -> Response:
    """Give a process drawn, with a state marked as the one somebody's episode is in."""
    version = request.query_params.get("version", "")
    process = PROCESSES.get(name)
    if process is None:
        raise NotFound
    try:
        process = version_named(name, version) if version else process
        process.state(state)
    except (KeyError, StopIteration, ValueError):
        raise NotFound from None
    return Response(
        svg(process, state), media_type="image/svg+xml", headers={"cache-control": "private, max-age=3600"}
    )


def siblings_of(connection: Connection, desk: Desk, person: Person, facts: CaseFacts) -> Sequence[str]:
    """Name the other cases of a sibling group, of those a person may see."""
    if facts.family is None:
        return []
    asked = (
        select(case_facts.c.case_id)
        .where(
            case_facts.c.family == facts.family,
            case_facts.c.case_id != facts.case_id,
            *seen_by(person, desk.now(), case_facts.c.authority, case_facts.c.case_id),
        )
        .order_by(case_facts.c.case_id)
        .limit(SIBLINGS)
    )
    return list(connection.scalars(asked))


def badges_of(episodes: Sequence[EpisodeShown], *, restricted: bool) -> list[Badge]:
    """Give the badges of a case: CIN is hidden where CLA or CP shows."""
    processes = {one.process for one in episodes if one.closed_on is None}
    found = [Badge(code, words) for process, code, words in BADGES if process in processes]
    codes = {badge.code for badge in found}
    shown = [badge for badge in found if not codes & set(_HIDES.get(badge.code, ()))]
    return [*shown, Badge("RC", "Restricted case")] if restricted else shown


def timer_lines(found: CasePage, asking: Asking, facts: CaseFacts) -> list[TimerLine]:
    """Put the timers of a case into words, each with its breach where it has one that stands."""
    breaches = {one.timer_id: one for one in found.breaches if one.cause is None}
    lines = []
    for position in found.positions:
        timer = position.timer
        breach = breaches.get(timer.timer_id)
        row = QueueRow(timer, position.standing, position.over, facts)
        lines.append(
            TimerLine(
                position,
                duty_words(asking.rules, timer.timescale),
                due_words(timer),
                distance_words(row, asking),
                breach,
                found.answers.get(breach.breach_id, "") if breach else "",
            )
        )
    return lines


def entry_words(entry: Entry, found: CasePage, request: Request) -> dict[str, Any]:
    """Put an event into words for the timeline: what, when, who, and what it is about."""
    event = entry.event
    return {
        "title": entry.sentence,
        "at": when_words(event.occurred),
        "datetime": str(event.occurred),
        "by": event.by,
        "because": event.because if event.by != "caseclock" else "",
        "mended": entry.mended,
        "written": ""
        if event.recorded.on == event.occurred.on
        else f"written up {when_words(event.recorded)}",
        "link": _link(event, found, request),
        "event_id": event.event_id,
    }


def _link(event: Event, found: CasePage, request: Request) -> str:
    """Lead from what is said of a timer to why it is due when it is."""
    timer_id = str(event.data.get("timer_id", ""))
    known = any(one.timer.timer_id == timer_id for one in found.positions)
    return f"/timers/{timer_id}{past_query(request)}" if known else ""


def when_words(when: When) -> str:
    """Say a moment as far as it is known."""
    return day(when.on) if when.at is None else moment(when.at)


def spelt_out(event_type: str) -> str:
    """Spell the name of an event: AssessmentAuthorised is said as Assessment authorised."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", event_type)
    return words[:1] + words[1:].lower()


def _is_ahead(position: Position, question: Question) -> bool:
    """Say whether a duty is still to be done, with time left."""
    timer = position.timer
    return (
        timer.outcome is Outcome.RUNNING
        and position.standing not in BREACHED_STANDINGS
        and (timer.at_end is AtEnd.NOTHING or timer.falls_at > question.moment)
        and position.standing is not Standing.UNKNOWN
    )


def _recording(line: TimerLine) -> bool:
    return line.position.timer.is_of_recording

"""The queue: what is still to be done and by when, and what was not done in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response

from caseclock.desk.audit import Deed, did
from caseclock.desk.engines import desk_of
from caseclock.desk.pages.told import chance_words, distance_words, due_words, duty_words, past_query
from caseclock.desk.pages.views import views_of
from caseclock.desk.reading.filters import (
    HELD,
    Due,
    Filters,
    Group,
    Reason,
    Show,
    Whose,
    read_filters,
)
from caseclock.desk.reading.queue import Asking, Heading, QueuePage, QueueRow, queue
from caseclock.desk.reading.source import Source, source_of
from caseclock.desk.reading.stepping import stepped
from caseclock.desk.refusals import Unfit
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission, Person
from caseclock.desk.routes import page, person_of
from caseclock.desk.words import STANDINGS, counted, day
from caseclock.processes.catalogue import PROCESSES
from caseclock.processes.reasons import reasons
from caseclock.store.desk_tables import case_facts
from caseclock.store.forecasts import kept_forecast
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timescale import Kind

router = APIRouter()

SHOWS: Mapping[Show, str] = {
    Show.OPEN: "To be done",
    Show.BREACHES: "Breaches",
    Show.WRITTEN_LATE: "Written up late",
    Show.ALL: "Everything",
}
DUES: Mapping[Due, str] = {
    Due.TODAY: "Due today",
    Due.WEEK: "Due this week",
    Due.NEXT_10: "Next 10 working days",
}
GROUPS: Mapping[Group, str] = {
    Group.NONE: "Nothing",
    Group.TEAM: "Team",
    Group.WORKER: "Worker",
    Group.TIMESCALE: "Timescale",
    Group.FAMILY: "Sibling group",
    Group.DUE: "Last day",
}
#: times in a hundred, or more
CHANCES: Mapping[int, str] = {
    50: "At risk: 50 in 100 or likelier",
    20: "20 in 100 or likelier",
    5: "5 in 100 or likelier",
}
REASONS: Mapping[Reason, str] = {Reason.RECORDED: "Recorded", Reason.NONE: "None recorded"}
WHOSE: Mapping[Whose, str] = {Whose.MINE: "My work", Whose.TEAM: "My team", Whose.SERVICE: "Whole service"}
ANSWERS: Mapping[str, str] = {
    "explained": "Explained",
    "exempted": "Exempted",
    "escalated": "Escalated",
    "reopened": "Reopened",
}
_NONE = {
    "team": "No team",
    "worker": "No worker",
    "family": "No siblings known",
    "timescale": "",
    "due": "No last day",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table, in words."""

    row: QueueRow
    due: str
    distance: str
    duty: str
    answer: str
    #: how likely it is to run out; empty where that is not told
    chance: str
    #: the heading it begins, where it is the first of its group on the page
    heading: str
    heading_told: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A filter in use, and the address without it."""

    words: str
    without: str


@page(router, "GET", "/queue", may=Permission.READ)
def queue_page(request: Request) -> Response:
    return _shown(request, Show.OPEN)


@page(router, "GET", "/breaches", may=Permission.READ)
def breaches_page(request: Request) -> Response:
    return _shown(request, Show.BREACHES)


def filters_of(request: Request, first: Show, person: Person) -> Filters:
    """Read what is asked for; `first` is what the page shows unless asked."""
    params = request.query_params.multi_items()
    asked = read_filters(params)
    if not request.query_params.get("show"):
        asked = replace(asked, show=first)
    if any(one not in HELD[asked.show] for one in asked.standing):
        asked = replace(asked, standing=tuple(one for one in asked.standing if one in HELD[asked.show]))
    if asked.whose is Whose.MINE:
        return replace(asked, worker=person.name)
    if asked.whose is Whose.TEAM and (teams := person.teams()):
        return replace(asked, team=tuple(sorted(teams)))
    return asked


def _shown(request: Request, first: Show) -> Response:
    person, desk = person_of(request), desk_of(request)
    error: Unfit | None = None
    try:
        filters = filters_of(request, first, person)
    except Unfit as unfit:
        error, filters = unfit, Filters(show=first)
    with source_of(request) as source:
        found = queue(source.connection, source.asking, filters)
        teams = teams_in(source)
        forecast = kept_forecast(source.connection, person.authority) if first is Show.OPEN else None
    with desk.store.snapshot() as unit:
        views = views_of(unit.connection, person)
        next_wake = unit.next_wake()
    did(desk, person, Deed.LISTED, subject=request.url.path)
    breaches = filters.show in (Show.BREACHES, Show.WRITTEN_LATE)
    return show(
        request,
        "pages/queue.html",
        status=200 if error is None else error.status,
        question=source.question,
        heading=heading_words(found, filters),
        title="Breaches" if first is Show.BREACHES else "Queue",
        filters=filters,
        found=found,
        lines=lines_of(found, source.asking, filters),
        tags=tags_of(filters, source.asking.rules, request),
        pages=found.pages(filters.size),
        shows=[
            one for one in SHOWS if (one in (Show.BREACHES, Show.WRITTEN_LATE)) is (first is Show.BREACHES)
        ],
        words_for={
            "show": SHOWS,
            "due": DUES,
            "group": GROUPS,
            "reason": REASONS,
            "whose": WHOSE,
            "chance": CHANCES,
        },
        forecast=forecast,
        is_told=forecast is not None and filters.show is Show.OPEN,
        standings=[(one, STANDINGS[one]) for one in HELD[filters.show]],
        processes=[(name, one.title) for name, one in PROCESSES.items()],
        timescales=timescales_of(source.asking.rules, filters.show),
        teams=teams,
        my_teams=person.teams(),
        is_breaches=breaches,
        two_person=desk.settings.two_person,
        sort=f"-{filters.sort}" if filters.down else str(filters.sort),
        views=views,
        next_wake=next_wake,
        is_now=source.is_now,
        past_query=past_query(request),
        error=error,
        address=f"{request.url.path}?{request.url.query}",
        totals=[(STANDINGS[one], found.counts[one]) for one in STANDINGS if found.counts.get(one)],
    )


def heading_words(found: QueuePage, filters: Filters) -> str:
    """Say how much there is: 23 timers, 4 breached; more than so much where no more was counted."""
    # counting ends with the first that is too many
    at_least, total = ("more than ", found.total - 1) if found.more else ("", found.total)
    if filters.show is Show.BREACHES:
        return at_least + counted(total, "breach", "breaches")
    if filters.show is Show.WRITTEN_LATE:
        return f"{at_least}{counted(total, 'event')} written up late"
    return at_least + counted(total, "timer") + ("" if found.more else f", {found.breached:,} breached")


def teams_in(source: Source) -> Sequence[str]:
    """Name the teams that have cases, of those whose cases may be seen."""
    of_authority = case_facts.c.authority == source.asking.authority
    found = sorted(stepped(source.connection, case_facts.c.team, of_authority))
    ours = source.asking.teams
    return [team for team in found if ours is None or team in ours]


def timescales_of(rules: Rulebook, shown: Show) -> list[tuple[str, list[tuple[str, str]]]]:
    """List the timescales with a clock by process, each as (id, duty), for a list to choose from."""
    by_process: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(rules.rules):
        newest = rules.rules[name][-1]
        recording = newest.kind is Kind.RECORDING
        if not newest.has_clock() or (shown is Show.WRITTEN_LATE) is not recording:
            continue
        by_process.setdefault(newest.process, []).append((name, newest.duty))
    return [
        (PROCESSES[process].title if process in PROCESSES else "Any process", found)
        for process, found in by_process.items()
    ]


def lines_of(found: QueuePage, asking: Asking, filters: Filters) -> list[Line]:
    """Put rows into words, and say where a group begins."""
    told = {one.name: one for one in found.headings}
    lines, before = [], object()
    for row in found.rows:
        name = _group_of(row, filters.group)
        heading = ""
        if filters.group is not Group.NONE and name != before:
            heading = _NONE[str(filters.group)] if name is None else name
            before = name
        lines.append(
            Line(
                row,
                due_words(row.timer),
                distance_words(row, asking),
                duty_words(asking.rules, row.timer.timescale),
                _answer_words(row),
                chance_words(row.chance.chance) if row.chance else "",
                duty_words(asking.rules, heading)
                if filters.group is Group.TIMESCALE and heading
                else heading,
                _told(told.get(_key_of(row, filters.group))) if heading else "",
            )
        )
    return lines


def _group_of(row: QueueRow, group: Group) -> str | None:
    if group is Group.TEAM:
        return row.facts.team
    if group is Group.WORKER:
        return row.facts.worker
    if group is Group.FAMILY:
        return f"Sibling group {row.facts.family}" if row.facts.family else None
    if group is Group.TIMESCALE:
        return row.timer.timescale
    return due_words(row.timer) if group is Group.DUE else ""


def _key_of(row: QueueRow, group: Group) -> str | None:
    return {
        Group.TEAM: row.facts.team,
        Group.WORKER: row.facts.worker,
        Group.TIMESCALE: row.timer.timescale,
    }.get(group, "")


def _told(heading: Heading | None) -> str:
    if heading is None:
        return ""
    if heading.more:
        return f"more than {counted(heading.total - 1, 'timer')}"
    return f"{counted(heading.total, 'timer')}, {heading.breached:,} breached"


def _answer_words(row: QueueRow) -> str:
    if row.answer is None:
        return ""
    known = reasons().get(row.answer.reason_code or "")
    said = ANSWERS[row.answer.answer]
    if row.answer.owner:
        return f"{said} to {row.answer.owner}"
    return f"{said}: {known.words}" if known else said


def tags_of(filters: Filters, rules: Rulebook, request: Request) -> list[Tag]:
    """Give each filter in use with the address without it; as at and sorting stay."""
    found: list[Tag] = []

    def add(name: str, value: str, said: str) -> None:
        kept = [
            (key, one)
            for key, one in request.query_params.multi_items()
            if key != "page" and not (key == name and one.strip() == value) and not key.startswith(f"{name}-")
        ]
        found.append(Tag(said, f"{request.url.path}?{_encoded(kept)}"))

    for name in filters.process:
        add("process", name, PROCESSES[name].title if name in PROCESSES else name)
    for name in filters.timescale:
        add("timescale", name, duty_words(rules, name))
    for one in filters.standing:
        add("standing", one.value, STANDINGS[one])
    if filters.whose is not Whose.TEAM:
        for name in filters.team:
            add("team", name, name)
    if filters.worker and filters.whose is not Whose.MINE:
        add("worker", filters.worker, f"Worker {filters.worker}")
    for name, said in (("family", "Sibling group"), ("case", "Case"), ("version", "Version")):
        if getattr(filters, name):
            add(name, getattr(filters, name), f"{said} {getattr(filters, name)}")
    if filters.due is not None:
        add("due", filters.due.value, DUES[filters.due])
    if filters.due_from is not None:
        add("due_from", request.query_params.get("due_from", ""), f"Due from {day(filters.due_from)}")
    if filters.due_to is not None:
        add("due_to", request.query_params.get("due_to", ""), f"Due to {day(filters.due_to)}")
    if filters.days_over is not None:
        add("days_over", str(filters.days_over), f"{counted(filters.days_over, 'day')} over or more")
    if filters.chance is not None:
        add("chance", str(filters.chance), f"Could run out: {filters.chance} in 100 or likelier")
    if filters.reason is not None:
        add("reason", filters.reason.value, f"Reason: {REASONS[filters.reason].lower()}")
    return found


def _encoded(kept: Iterable[tuple[str, str]]) -> str:
    from urllib.parse import urlencode

    return urlencode(list(kept))

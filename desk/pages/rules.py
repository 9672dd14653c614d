"""The rules: every timescale with its source and its versions, what changed when, and the packs adopted since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Request, Response

from caseclock.desk.asking import question_of
from caseclock.desk.engines import desk_of
from caseclock.desk.refusals import NotFound
from caseclock.desk.rendering import show
from caseclock.desk.roles import Permission
from caseclock.desk.routes import page, person_of
from caseclock.desk.rules import limit_words
from caseclock.desk.words import BASES, VERIFICATIONS, day
from caseclock.processes.catalogue import PROCESSES
from caseclock.timers.timescale import Basis, Clause, Kind, Timescale, Verification

router = APIRouter()

KIND_WORDS = {
    Kind.WITHIN: "Done by the end of the limit",
    Kind.AT_LEAST: "Not done before the limit has passed",
    Kind.WINDOW: "Not before one day, not after another",
    Kind.BEFORE: "Done before another event",
    Kind.BACKWARDS: "Counted back from an appointed date",
    Kind.ROLLING_CAP: "No more than so much in a moving period",
    Kind.RECORDING: "Written up by the end of the limit",
    Kind.NO_CLOCK: "A duty without a number",
    Kind.DEFINITION: "How something is counted",
}
#: what changes between versions that is told, by field
_COMPARED = {
    "duty": "the duty",
    "source": "the source",
    "basis": "what gives it force",
    "counting": "how days are counted",
    "target_percent": "the share wanted in time",
    "commenced": "whether it has begun",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A timescale in the list."""

    id: str
    duty: str
    limit: str
    basis: str
    in_force: bool
    versions: int
    local: bool


@page(router, "GET", "/rules", may=Permission.SIGNED_IN)
def rules(request: Request) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    with desk.store.snapshot() as unit:
        book = desk.engine.setting(unit, person.authority).rulebook.as_known(question.as_at)
        adopted = [one for one in unit.adopted_packs() if one.authority in (None, person.authority)]
        days = [one for one in unit.calendar_changes() if one.authority in (None, person.authority)]
    wanted = request.query_params.get("q", "").strip().lower()[:100]
    process = request.query_params.get("process", "")
    found = [
        (versions[-1].process, rule_line(versions, question.as_at))
        for versions in book.rules.values()
        if (not process or versions[-1].process == process) and _is_meant(versions, wanted)
    ]
    order = {name: place for place, name in enumerate(PROCESSES)}
    found.sort(key=lambda one: (order.get(one[0], len(order)), one[1].id))
    return show(
        request,
        "pages/rules.html",
        question=question,
        total=len(found),
        groups=[
            (PROCESSES[name].title if name in PROCESSES else "Any process", [line for _, line in lines])
            for name, lines in groupby(found, key=lambda one: one[0])
        ],
        processes=[(name, one.title) for name, one in PROCESSES.items()],
        process=process,
        wanted=request.query_params.get("q", ""),
        adopted=adopted,
        days=days,
    )


@page(router, "GET", "/rules/{timescale}", may=Permission.SIGNED_IN)
def rule(request: Request, timescale: str) -> Response:
    desk, person, question = desk_of(request), person_of(request), question_of(request)
    with desk.store.snapshot() as unit:
        book = desk.engine.setting(unit, person.authority).rulebook.as_known(question.as_at)
    versions = book.rules.get(timescale)
    if versions is None:
        raise NotFound
    return show(
        request,
        "pages/rule.html",
        question=question,
        newest=versions[-1],
        versions=[
            {
                "rule": one,
                "limit": limit_words(one),
                "basis": BASES[Basis(one.basis)],
                "checked": VERIFICATIONS[Verification(one.verification)],
                "kind": KIND_WORDS[one.kind],
                "starts": [clause_words(start.clause) for start in one.starts],
                "stops": [clause_words(clause) for clause in one.stops],
                "voids": [clause_words(clause) for clause in one.voids],
                "in_force": one.in_force(question.as_at),
                "changed": changes(before, one) if before else (),
            }
            for before, one in zip((None, *versions), versions, strict=False)
        ][::-1],
        process=PROCESSES[versions[-1].process].title if versions[-1].process in PROCESSES else "Any process",
    )


def rule_line(versions: Sequence[Timescale], on: date) -> RuleLine:
    """Put a timescale into a line: the version in force on a day, or the newest."""
    shown = next((one for one in reversed(versions) if one.in_force(on)), versions[-1])
    return RuleLine(
        shown.id,
        shown.duty,
        limit_words(shown),
        BASES[Basis(shown.basis)],
        shown.in_force(on),
        len(versions),
        shown.authority is not None,
    )


def _is_meant(versions: Sequence[Timescale], wanted: str) -> bool:
    return not wanted or any(
        wanted in text.lower() for one in versions for text in (one.id, one.duty, one.source, one.notes)
    )


def clause_words(clause: Clause) -> str:
    """Say which event counts: its name, and the values its data must have."""
    told = [
        f"{name} is {' or '.join(value or 'not told' for value in values)}"
        for name, values in clause.where.items()
    ]
    told += [f"{name} is not {' or '.join(values)}" for name, values in clause.where_not.items()]
    return f"{clause.event}, where {' and '.join(told)}" if told else clause.event


def changes(before: Timescale, after: Timescale) -> Sequence[str]:
    """Say what a version changed of the one before it."""
    return tuple(_changes(before, after)) or ("Nothing that is told here; see its notes.",)


def _changes(before: Timescale, after: Timescale) -> Iterator[str]:
    was, now = limit_words(before), limit_words(after)
    if was != now:
        yield f"The limit: {now}; it was {was}."
    for name, said in _COMPARED.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new and name not in ("duty", "source"):
            yield f"It changed {said}."
        elif old != new:
            yield f"It changed {said}. It was: {old}."
    if before.effective_to is not None and (after.effective_from - before.effective_to).days > 1:
        yield f"Nothing held between {day(before.effective_to)} and {day(after.effective_from)}."

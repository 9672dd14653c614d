"""Verification: rebuild everything from the log, compare it with what is stored, check the chain.

Nothing is mended here: what is found is told.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from caseclock.processes.catalogue import OPENERS
from caseclock.store.chain import first_break
from caseclock.store.protocol import (
    BreachAnswer,
    BreachStanding,
    CaseFacts,
    StoredTimer,
    Transaction,
    Unreadable,
)
from caseclock.timers.evaluation import Setting, evaluate
from caseclock.timers.history import History
from caseclock.timers.timer import Timer
from caseclock.workflow.allocation import answers_of, facts_of
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.engine import Engine
from caseclock.workflow.replay import LogMisfit, episodes_of
from caseclock.workflow.settling import breach_id, breach_of, ran_out_at


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the log says it must be."""

    authority: str
    case_id: str
    #: chain, unreadable, episodes, timers, breaches, facts, answers, missed, or a table with rows of no case
    kind: str
    #: a sentence
    words: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was looked at."""

    cases: int
    events: int
    timers: int
    breaches: int
    findings: tuple[Finding, ...]


def verify(engine: Engine, at: datetime, *, authority: str | None = None) -> Verified:
    """Check every case of an authority (None: all of them) as at an aware instant.

    A timer that ran out by then and has no breach is a finding: it should have fired and did not.
    """
    seen: Counter[str] = Counter()
    findings: list[Finding] = []
    with engine.store.snapshot() as unit:
        for of_authority, case_id in unit.case_ids(authority):
            findings += _verify_case(engine, unit, of_authority, case_id, at, seen)
        findings += _strays(unit, authority)
    return Verified(seen["cases"], seen["events"], seen["timers"], seen["breaches"], tuple(findings))


def _verify_case(
    engine: Engine, unit: Transaction, authority: str, case_id: str, at: datetime, seen: Counter[str]
) -> Iterator[Finding]:
    rows = unit.log_rows(authority, case_id)
    seen.update(cases=1, events=len(rows))
    case = unit.case(authority, case_id)
    broken = first_break(rows, case)
    if broken is not None or case is None:
        yield Finding(authority, case_id, "chain", broken.why if broken else "The case is gone meanwhile.")
        return
    try:
        file = CaseFile.load(unit, case)
        facts, answers = unit.facts(authority, case_id), unit.breach_answers(authority, case_id)
    except Unreadable as unreadable:
        yield Finding(authority, case_id, "unreadable", str(unreadable))
        return
    seen.update(timers=len(file.timers), breaches=len(file.breaches))
    try:
        yield from list(_compared(file, engine.setting(unit, authority), facts, answers, at))
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        # only a log that was forged, hashes and all, holds what no event can be
        yield Finding(authority, case_id, "episodes", f"Nothing can be rebuilt from its log: {error}.")


def _compared(
    file: CaseFile, setting: Setting, facts: CaseFacts | None, answers: list[BreachAnswer], at: datetime
) -> Iterator[Finding]:
    """Rebuild what is derived from a case's log, and hold it against what is stored."""
    authority, case_id = file.case.authority, file.case.case_id
    try:
        rebuilt = {episode.episode_id: episode for episode in episodes_of(file.events)}
    except LogMisfit as misfit:
        yield Finding(authority, case_id, "episodes", str(misfit))
        return
    for name in sorted({*rebuilt, *file.episodes}):
        if rebuilt.get(name) != file.episodes.get(name):
            yield Finding(
                authority, case_id, "episodes", f"Episode {name} is stored otherwise than its events make it."
            )
    history = History(file.events, OPENERS)
    if (facts or CaseFacts(authority, case_id)) != facts_of(authority, case_id, history):
        yield Finding(
            authority,
            case_id,
            "facts",
            "Team, worker, siblings or birth are stored otherwise than its events tell.",
        )
    if answers != answers_of(file.events):
        yield Finding(
            authority,
            case_id,
            "answers",
            "Answers to its breaches are stored otherwise than its events tell.",
        )
    timers = {timer.timer_id: timer for timer in evaluate(history, setting)}
    yield from _compare_timers(file, timers)
    yield from _compare_breaches(file, timers, at)


def _strays(unit: Transaction, authority: str | None) -> Iterator[Finding]:
    """Tell of rows that are of no case: put in by hand, or left when a case was taken away."""
    for table, of_authority, case_id in unit.strays(authority):
        if table == "events":
            first = unit.log_rows(of_authority, case_id)[0]
            words = (
                f"Event {first.seq} ({first.event_id}) is of a case that does not exist: the row was inserted, or the "
                "case's own row was deleted."
            )
            yield Finding(of_authority, case_id, "chain", words)
        else:
            words = (
                f"The table {table} has rows of a case that does not exist: its log was deleted, or they were "
                "inserted."
            )
            yield Finding(of_authority, case_id, table, words)


def _compare_timers(file: CaseFile, timers: dict[str, Timer]) -> Iterator[Finding]:
    authority, case_id = file.case.authority, file.case.case_id
    for timer_id in sorted({*timers, *file.timers}):
        rebuilt, kept = timers.get(timer_id), file.timers.get(timer_id)
        if kept is None and rebuilt is not None:
            yield Finding(
                authority,
                case_id,
                "timers",
                f"{rebuilt.timescale}: the log starts a timer that is not stored.",
            )
        elif rebuilt is None and kept is not None:
            yield Finding(
                authority,
                case_id,
                "timers",
                f"{kept.timer.timescale}: a timer is stored that the log does not start.",
            )
        elif kept is not None and kept.timer != rebuilt:
            yield Finding(
                authority,
                case_id,
                "timers",
                f"{kept.timer.timescale}: stored otherwise than the log makes it ({_difference(kept, rebuilt)}).",
            )


def _difference(kept: StoredTimer, rebuilt: Timer | None) -> str:
    fields = (name for name in Timer.__slots__ if getattr(kept.timer, name) != getattr(rebuilt, name))
    return "; ".join(f"{name} {getattr(kept.timer, name)} for {getattr(rebuilt, name)}" for name in fields)


def _compare_breaches(file: CaseFile, timers: dict[str, Timer], at: datetime) -> Iterator[Finding]:
    authority, case_id = file.case.authority, file.case.case_id
    standing = {
        named for named, breach in file.breaches.items() if breach.standing is not BreachStanding.WITHDRAWN
    }
    expected = {}
    for timer in timers.values():
        fell_at = ran_out_at(timer)
        if fell_at is not None and fell_at <= at:
            expected[breach_id(timer)] = timer
            kept = file.breaches.get(breach_id(timer))
            if kept is None or kept.breach_id not in standing:
                continue
            if kept != breach_of(timer, fell_at, kept.raised_at):
                yield Finding(
                    authority,
                    case_id,
                    "breaches",
                    f"{timer.timescale}: a breach is stored otherwise than its timer makes it.",
                )
    for named in sorted(expected.keys() - standing):
        timer = expected[named]
        yield Finding(
            authority,
            case_id,
            "missed",
            f"{timer.timescale} ran out (due {timer.due_on or timer.due_at}) and no breach was raised. Run a sweep.",
        )
    for named in sorted(standing - expected.keys()):
        breach = file.breaches[named]
        yield Finding(
            authority, case_id, "breaches", f"{breach.timescale}: a breach stands that the log does not give."
        )
    raised = Counter(
        str(event.data.get("breach_id")) for event in file.events if event.type == "BreachRaised"
    )
    withdrawn = Counter(
        str(event.data.get("breach_id")) for event in file.events if event.type == "BreachWithdrawn"
    )
    for named in sorted({*raised, *file.breaches}):
        stands = raised[named] - withdrawn[named]
        if stands != (named in standing):
            yield Finding(
                authority,
                case_id,
                "breaches",
                f"Breach {named} stands {stands} times by its events, once or not at all is right.",
            )

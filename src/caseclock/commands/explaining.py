"""`caseclock explain`: why a timer is due when it is, each day counted or passed over."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.judging import AsJudgedBy, judging
from caseclock.commands.listing import watched
from caseclock.commands.options import (
    AsAt,
    AsTable,
    Authority,
    Case,
    Db,
    KnownAt,
    Months,
    Now,
    TableOrJson,
    opened,
    question,
)
from caseclock.commands.output import show, table, write_json
from caseclock.desk.words import short_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from caseclock.store.protocol import Transaction
    from caseclock.timers.durations import LedgerDay, MonthPolicy
    from caseclock.timers.explain import Explanation
    from caseclock.timers.rulebook import Rulebook
    from caseclock.timers.timer import Timer
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.positions import Question

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: longer counts are told in sentences only, unless they are asked for in JSON
_LONGEST_GRID = 400
#: of several timers that an id could mean, so many are named
_NAMED = 5


def explain(
    timer: Annotated[
        str,
        typer.Argument(
            metavar="TIMER", help="A timer's id, or its breach's, or as much of either as is unique."
        ),
    ],
    db: Db = None,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    authority: Authority = None,
    case: Case = None,
    months: Months = None,
    as_judged_by: AsJudgedBy = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Explain a timer: what started it, its limit and source, each day counted or not and why, and where it stands."""
    from caseclock.workflow.engine import Engine

    asked, judged = question(now, as_at, known_at), judging(as_judged_by)
    with opened(db) as store, store.snapshot() as unit:
        engine = Engine(store)
        # under other packs there may be timers that are not stored
        found = watched(engine, unit, asked, authority, case, months, judged) if judged else ()
        known = (position.timer for position in found) if judged else None
        of_authority, of_case, timer_id = find_timer(unit, timer, authority, case, known)
        told = explained(
            engine, unit, asked, of_authority, of_case, timer_id, months, judged.of(unit, of_authority)
        )
    if answer is TableOrJson.JSON:
        when: dict[str, object] = {"as_at": asked.as_at.isoformat(), "known_at": asked.known_at.isoformat()}
        write_json(told.as_json() | when | ({"judged_by": judged.names} if judged else {}))
        return
    if judged:
        typer.echo(f"What if: told{judged.words()}. What is recorded and stored does not change.")
    for line in told.lines():
        typer.echo(line)
    if 0 < len(told.ledger) <= _LONGEST_GRID:
        show_days(told.ledger)


def explained(
    engine: "Engine",
    unit: "Transaction",
    asked: "Question",
    authority: str,
    case_id: str,
    timer_id: str,
    months: "MonthPolicy | None" = None,
    judged_by: "Rulebook | None" = None,
) -> "Explanation":
    """Explain one timer of a case as a question asks; raises NoSuchTimer where it did not run by what was known."""
    from dataclasses import replace

    from caseclock.processes.catalogue import OPENERS
    from caseclock.timers.explain import explain as why
    from caseclock.timers.history import History

    setting = engine.setting(unit, authority)
    if months is not None:
        setting = replace(setting, months=months)
    if judged_by is not None:
        setting = replace(setting, rulebook=judged_by)
    history = History(unit.events(authority, case_id), OPENERS, as_at=asked.as_at, known_at=asked.known_at)
    return why(history, setting, timer_id, asked.moment)


def find_timer(
    unit: "Transaction",
    named: str,
    authority: str | None = None,
    case: str | None = None,
    among: "Iterable[Timer] | None" = None,
) -> tuple[str, str, str]:
    """Find a timer by its id or its breach's, or the beginning of either, as (authority, case, timer id).

    It is looked for among the timers stored unless others are given. WrongCall where none or several are meant.
    """
    named = named.strip().lower()
    if not named:
        raise WrongCall("Which timer? Give its id, or the beginning of it, as `caseclock timers` shows it.")
    found: dict[str, tuple[str, str, str]] = {}
    for timer_id, breach, where in _named(unit, authority, among):
        if not any(one.startswith(named) for one in (timer_id, breach)) or case not in (None, where[1]):
            continue
        found[timer_id] = where
        if named in (timer_id, breach):
            return where
        if len(found) > _NAMED:
            break
    if not found:
        raise WrongCall(
            f"There is no timer whose id begins with {named}, and no breach. `caseclock timers` lists them."
        )
    if len(found) > 1:
        raise WrongCall(
            f"{named} could be {', '.join(sorted(found)[:_NAMED])}{' or others' if len(found) > _NAMED else ''}. "
            "Give more of the id."
        )
    return next(iter(found.values()))


def _named(
    unit: "Transaction", authority: str | None, among: "Iterable[Timer] | None"
) -> "Iterator[tuple[str, str, tuple[str, str, str]]]":
    """Give every timer as (its id, its breach's id, where it is); then those whose breach was of an earlier date."""
    from caseclock.workflow.settling import breach_id

    stored = (kept.timer for kept in unit.all_timers(authority))
    for timer in stored if among is None else among:
        yield timer.timer_id, breach_id(timer), (timer.authority, timer.case_id, timer.timer_id)
    for breach in unit.all_breaches(authority):
        yield breach.timer_id, breach.breach_id, (breach.authority, breach.case_id, breach.timer_id)


def show_days(ledger: "Sequence[LedgerDay]") -> None:
    """Print a count as a calendar: a row a week, each day with its number, or a mark where it does not count."""
    made = table("Each day", ("week of", *_WEEKDAYS, ""), right=_WEEKDAYS)
    for monday, days in _weeks(ledger):
        cells = [_cell(days.get(monday + timedelta(days=place))) for place in range(7)]
        reasons = [
            f"{row.day:%a} {row.day.day}: {row.why}"
            for row in days.values()
            if row.count is None and row.why and row.why not in ("Saturday", "Sunday")
        ]
        made.add_row(short_day(monday), *cells, "; ".join(reasons))
    show(made)
    typer.echo("A number is the day of the count; - is a day that does not count.")


def _weeks(ledger: "Iterable[LedgerDay]") -> "list[tuple[date, dict[date, LedgerDay]]]":
    weeks: dict[date, dict[date, LedgerDay]] = {}
    for row in sorted(ledger, key=lambda row: row.day):
        weeks.setdefault(row.day - timedelta(days=row.day.weekday()), {})[row.day] = row
    return list(weeks.items())


def _cell(row: "LedgerDay | None") -> str:
    if row is None:
        return ""
    return "-" if row.count is None else str(row.count)

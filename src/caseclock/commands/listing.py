"""`caseclock timers` and `caseclock breaches`: what runs, what ran out, as at a day and as known at a moment."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.judging import AsJudgedBy, Judging, authorities, judging
from caseclock.commands.options import (
    AsAt,
    AsRows,
    Authority,
    Case,
    Db,
    KnownAt,
    Months,
    Now,
    Rows,
    opened,
    question,
)
from caseclock.commands.output import progress, show, table, text, write_csv, write_json_rows
from caseclock.commands.styles import BREACH_STYLES, RECORDING_STYLE, standing_text
from caseclock.desk.words import counted, day, length, moment, short_day, short_moment
from caseclock.timers.timer import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caseclock.desk.answers import InLog
    from caseclock.desk.breaches import AskedBreach
    from caseclock.store.protocol import Transaction
    from caseclock.timers.durations import MonthPolicy
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.positions import Position, Question

#: of a timer's id, so much is shown in tables; `explain` takes as much as tells it from the others
SHOWN = 10


def timers(
    db: Db = None,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    authority: Authority = None,
    case: Case = None,
    standing: Annotated[
        list[Standing] | None, typer.Option("--standing", help="Only timers that stand so; may be repeated.")
    ] = None,
    timescale: Annotated[
        str | None, typer.Option("--timescale", metavar="ID", help="Only timers of this timescale.")
    ] = None,
    recording: Annotated[
        bool,
        typer.Option(
            "--recording",
            help="Also show, in the table, the timers of how soon events are to be written up.",
        ),
    ] = False,
    months: Months = None,
    as_judged_by: AsJudgedBy = None,
    answer: AsRows = Rows.TABLE,
    now: Now = None,
) -> None:
    """List timers and where they stand.

    The table leaves out those of recording standards, one for each event, unless asked for; JSON and CSV have all.
    """
    from caseclock.desk.rows import TIMER_COLUMNS, timer_row
    from caseclock.workflow.engine import Engine

    asked, judged = question(now, as_at, known_at), judging(as_judged_by)
    with opened(db) as store, store.snapshot() as unit:
        found = (
            position
            for position in watched(Engine(store), unit, asked, authority, case, months, judged)
            if (not standing or position.standing in standing)
            and (timescale is None or position.timer.timescale == timescale)
        )
        if answer is Rows.TABLE:
            folded = not recording and timescale is None
            show_timers(found, as_at_words(asked) + judged.words(), folded=folded)
        else:
            _write(answer, TIMER_COLUMNS, (timer_row(position) for position in found), judged)


def breaches(
    db: Db = None,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    authority: Authority = None,
    case: Case = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Also those raised and withdrawn since, with the cause.")
    ] = False,
    months: Months = None,
    as_judged_by: AsJudgedBy = None,
    answer: AsRows = Rows.TABLE,
    now: Now = None,
) -> None:
    """List breaches: timers that ran out undischarged, the furthest past its limit first, and how each was answered."""
    from caseclock.desk.answers import InLog, in_log
    from caseclock.desk.breaches import standing_breaches, withdrawn_breaches
    from caseclock.desk.rows import BREACH_COLUMNS, answer_row, breach_row
    from caseclock.workflow.engine import Engine

    asked, judged = question(now, as_at, known_at), judging(as_judged_by)
    with opened(db) as store, store.snapshot() as unit:
        positions = list(watched(Engine(store), unit, asked, authority, case, months, judged))
        stored = [breach for breach in unit.all_breaches(authority) if case is None or breach.case_id == case]
        found = standing_breaches(positions, stored, asked)
        # what was raised and taken back was judged by the packs in force; other packs raise and withdraw nothing
        taken_back = [] if judged else list(withdrawn_breaches(positions, stored, asked))
        if withdrawn:
            found += taken_back
        told = in_log(unit, found, asked)
    if answer is Rows.TABLE:
        answers = {breach.breach_id: told.get(breach.breach_id, InLog()) for breach in found}
        show_breaches(found, as_at_words(asked) + judged.words(), answers=answers, judged=bool(judged))
        typer.echo(f"{counted(len(found), 'breach', 'breaches')}.")
        if taken_back and not withdrawn:
            typer.echo(
                f"{counted(len(taken_back), 'more was', 'more were')} raised and withdrawn: --withdrawn shows them."
            )
    else:
        rows = (breach_row(breach) | answer_row(told.get(breach.breach_id, InLog())) for breach in found)
        _write(answer, BREACH_COLUMNS, rows, judged)


def _write(
    answer: Rows, columns: "Sequence[str]", rows: Iterable[Mapping[str, Any]], judged: Judging
) -> None:
    """Write rows as JSON or CSV; those judged by other packs name them."""
    if answer is Rows.JSON:
        write_json_rows(judged.marked(row) for row in rows)
    else:
        write_csv(*judged.named_in(columns, rows))


def watched(
    engine: "Engine",
    unit: "Transaction",
    asked: "Question",
    authority: str | None,
    case: str | None,
    months: "MonthPolicy | None",
    judged: Judging | None = None,
) -> "Iterator[Position]":
    """Give timers as a question asks, with a sign of progress to someone who is watching."""
    from caseclock.workflow.positions import positions

    with progress("Working out timers") as shown:
        # each authority is judged by a rulebook of its own; where none is laid down, all are asked at once
        for of in authorities(unit, authority) if judged else [authority]:
            book = judged.of(unit, of) if judged and of is not None else None
            found = positions(engine, unit, asked, authority=of, case_id=case, months=months, judged_by=book)
            for position in found:
                shown.advance()
                yield position


def as_at_words(asked: "Question") -> str:
    """Say as at which day, and as known when, an answer is given."""
    return f"as at {day(asked.as_at)}, as known on {moment(asked.known_at)}"


def show_timers(positions: "Iterable[Position]", when: str, *, folded: bool = False) -> None:
    """Print timers as a table, and how many stand how; `folded`, those of recording standards as a number only."""
    made = table(
        f"Timers {when}",
        ("timer", "case", "timescale", "started", "due", "standing", "over", "ended"),
        right=("over",),
        whole=("timer", "due", "over", "standing", "breach"),
    )
    stands: Counter[Standing] = Counter()
    left_out = late = 0
    for position in positions:
        timer = position.timer
        if folded and timer.is_of_recording:
            left_out += 1
            late += position.standing is Standing.MET_LATE
            continue
        stands[position.standing] += 1
        made.add_row(
            text(timer.timer_id[:SHOWN]),
            text(timer.case_id),
            text(timer.timescale + (f" ({timer.key})" if timer.key else "")),
            short_day(timer.started_on),
            due_words(position),
            standing_text(position.standing),
            length(position.over, timer.unit),
            short_day(timer.stopped_on),
        )
    show(made)
    told = ", ".join(f"{stands[one]} {one.replace('_', ' ')}" for one in Standing if stands[one])
    typer.echo(f"{counted(stands.total(), 'timer')}{f': {told}' if told else ''}.")
    if left_out == 1:
        how = "late" if late else "in time"
        typer.echo(f"1 more is of how soon an event was written up, {how}: --recording shows it.")
    elif left_out:
        typer.echo(
            f"{left_out:,} more are of how soon events were written up, {late:,} of them late: --recording shows them."
        )


def show_breaches(
    found: "Iterable[AskedBreach]",
    when: str,
    *,
    title: str = "Breaches",
    answers: "Mapping[str, InLog] | None" = None,
    judged: bool = False,
) -> None:
    """Print breaches as a table, each by its timer; with `answers` by its own id, with how it was answered."""
    from caseclock.desk.answers import answer_words

    made = table(
        f"{title} {when}",
        (
            "timer" if answers is None else "breach",
            "case",
            "timescale",
            "due",
            "over",
            "standing",
            "ended",
            "recorded",
            *(() if answers is None else ("answer",)),
        ),
        right=("over",),
        whole=("breach", "timer", "due", "over", "standing"),
    )
    for breach in found:
        position = breach.position
        timer = position.timer if position else None
        made.add_row(
            text((breach.timer_id if answers is None else breach.breach_id)[:SHOWN]),
            text(breach.case_id),
            text(breach.timescale + (f" ({timer.key})" if timer and timer.key else "")),
            due_words(position) if position else "",
            length(position.over, timer.unit) if position and timer else "",
            breach_text(breach, judged=judged),
            short_day(timer.stopped_on) if timer else "",
            short_day(timer.recorded_on) if timer else "",
            *(() if answers is None else (text(answer_words(answers[breach.breach_id].answer)),)),
        )
    show(made)


def due_words(position: "Position") -> str:
    """Say when a timer is due, in little room."""
    timer = position.timer
    if timer.due_at is not None:
        return short_moment(timer.due_at)
    if timer.due_on is None:
        return f"not before {short_day(timer.not_before)}" if timer.not_before else ""
    return short_day(timer.due_on)


def breach_text(breach: "AskedBreach", *, judged: bool = False) -> str:
    """Say what became of a breach; one that other packs would give is raised by nobody."""
    if breach.cause is not None:
        return f"[{BREACH_STYLES['withdrawn']}]withdrawn ({breach.cause.replace('_', ' ')})[/]"
    if breach.position is None:
        return ""
    if breach.position.timer.is_of_recording and breach.position.standing is Standing.MET_LATE:
        shown = f"[{RECORDING_STYLE}]written up late[/]"
    else:
        shown = standing_text(breach.position.standing)
    return shown if breach.raised_at or judged else f"{shown} (not yet raised)"

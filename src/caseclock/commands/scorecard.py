"""`caseclock scorecard`: indicators over a period, each with its numerator, denominator, definition and comparators."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.judging import AsJudgedBy, authorities, judging
from caseclock.commands.options import (
    AsAt,
    AsRows,
    Authority,
    Db,
    KnownAt,
    Now,
    Rows,
    opened,
    question,
)
from caseclock.commands.output import show, table, text, write_csv, write_json
from caseclock.desk.words import day
from caseclock.timers.durations import MonthPolicy

if TYPE_CHECKING:
    from caseclock.indicators.scorecard import Line
    from caseclock.store.protocol import Transaction

PERIOD_MONTHS = 12


def scorecard(
    db: Db = None,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    authority: Authority = None,
    months: Annotated[
        list[str] | None,
        typer.Option(
            "--months",
            metavar="N|POLICY",
            help="How many months the period has, 12 unless given; or calendar_months or days_91_183, how limits in "
            "months are worked out. May be given twice, once for each.",
        ),
    ] = None,
    population: Annotated[
        int | None, typer.Option("--population", min=1, help="Children in the area, for rates per 10,000.")
    ] = None,
    as_judged_by: AsJudgedBy = None,
    answer: AsRows = Rows.TABLE,
    now: Now = None,
) -> None:
    """Count indicators over the months that end on a day, with what each is counted of, and published figures."""
    from caseclock.desk.scores import SCORE_COLUMNS, score_row
    from caseclock.indicators.scorecard import scorecard as count
    from caseclock.workflow.engine import Engine

    length, policy = _read_months(months or [])
    asked, judged = question(now, as_at, known_at), judging(as_judged_by)
    with opened(db) as store, store.snapshot() as unit:
        of = only_authority(unit, authority)
        lines = count(
            Engine(store),
            unit,
            asked,
            authority=of,
            months=length,
            policy=policy,
            population=population,
            judged_by=judged.of(unit, of),
        )
    if answer is Rows.JSON:
        write_json(
            {
                "authority": of,
                "as_at": asked.as_at.isoformat(),
                "known_at": asked.known_at.isoformat(),
                "months": length,
                **({"judged_by": judged.names} if judged else {}),
                "indicators": [score_row(line) | {"comparators": dict(line.comparators)} for line in lines],
            }
        )
    elif answer is Rows.CSV:
        write_csv(*judged.named_in(SCORE_COLUMNS, (score_row(line) for line in lines)))
    else:
        show_scorecard(lines, f"{length} months to {day(asked.as_at)}{judged.words()}")


def _read_months(given: Sequence[str]) -> tuple[int, MonthPolicy | None]:
    """Tell the length of the period and the policy apart, which share an option."""
    length, policy = PERIOD_MONTHS, None
    for one in given:
        if one in list(MonthPolicy):
            policy = MonthPolicy(one)
        elif one.isdecimal() and 1 <= int(one) <= 600:
            length = int(one)
        else:
            raise WrongCall(
                f"--months '{one}' is neither a number of months from 1 to 600 nor {' or '.join(MonthPolicy)}."
            )
    return length, policy


def only_authority(unit: "Transaction", authority: str | None, what: str = "scorecard") -> str:
    """Name the authority whose scorecard or forecast it is: the one given, or the only one there is."""
    if authority is not None:
        return authority
    found = authorities(unit, None)
    if len(found) != 1:
        there = f"There are {', '.join(found)}" if found else "This database holds no case"
        raise WrongCall(f"Whose {what}? {there}. Give --authority.")
    return found[0]


def show_scorecard(lines: "Sequence[Line]", period: str) -> None:
    """Print a scorecard; every figure stands beside what it was counted from."""
    from caseclock.desk.scores import counted_of, recording_words, value_words

    made = table(
        f"Scorecard, {period}",
        ("indicator", "figure", "counted", "written up in time too", "England 2016-17"),
        right=("figure", "written up in time too", "England 2016-17"),
        whole=("figure", "indicator"),
    )
    for line in lines:
        published = line.comparators.get("England 2016-17")
        made.add_row(
            text(line.indicator.name),
            value_words(line),
            text(counted_of(line)),
            recording_words(line),
            "" if published is None else f"{published:g}",
        )
    show(made)
    typer.echo(
        "Written up in time too: of those of which it is told when they were written up, both done and written up in "
        "time. A return does not tell."
    )
    typer.echo(
        "* counted from fewer than five: of single children more than of a service, and not for publication."
    )

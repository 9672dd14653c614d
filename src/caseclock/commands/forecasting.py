"""`caseclock forecast` and `caseclock backtest`: which running timers will run out, and how good such forecasts are."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.keeping_forecasts import counts_of, keep_forecasts
from caseclock.commands.options import (
    AsAt,
    AsRows,
    Authority,
    Db,
    KnownAt,
    Now,
    Rows,
    opened,
    present,
    question,
)
from caseclock.commands.output import show, table, text, write_csv, write_json
from caseclock.commands.scorecard import only_authority
from caseclock.commands.simulating import Seed, needs_simulation, scenario_named
from caseclock.desk.words import day

if TYPE_CHECKING:
    from caseclock.simulation.forecast.expecting import AtRisk, Expected, Forecast
    from caseclock.simulation.forecast.hidden_futures import Tested

Days = Annotated[
    int, typer.Option("--days", min=1, max=366, help="How far ahead: timers whose last day is that near.")
]
AT_RISK_COLUMNS = (
    "case_id",
    "timer_id",
    "timescale",
    "team",
    "worker",
    "last_day",
    "probability",
    "alike",
    "ran_out",
)


def forecast(
    db: Db = None,
    days: Days = 30,
    as_at: AsAt = None,
    known_at: KnownAt = None,
    authority: Authority = None,
    top: Annotated[
        int, typer.Option("--top", min=1, help="How many of the timers at risk the table lists.")
    ] = 20,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="Keep today's chances in the database, where the desk and the API show them; of every authority "
            "unless one is given.",
        ),
    ] = False,
    answer: AsRows = Rows.TABLE,
    now: Now = None,
) -> None:
    """Tell the breaches to expect: each running timer's chance to run out, and counts by week, team and timescale."""
    needs_simulation()
    from caseclock.simulation.forecast.looking_ahead import forecast as look_ahead
    from caseclock.simulation.forecast.looking_ahead import forecast_now
    from caseclock.workflow.engine import Engine

    asked = question(now, as_at, known_at)
    is_of_now = as_at is None and known_at is None
    if keep:
        if not is_of_now or answer is not Rows.TABLE:
            raise WrongCall(
                "What is kept is the forecast of today, and nothing else is answered. Leave --as-at, --known-at and "
                "--format out, or leave --keep out."
            )
        with opened(db) as store:
            for line in keep_forecasts(store, present(now), days, authority):
                typer.echo(line)
        return
    with opened(db) as store, store.snapshot() as unit:
        whose = only_authority(unit, authority, "forecast")
        if is_of_now:
            told = forecast_now(unit, whose, present(now), days)
        else:
            told = look_ahead(Engine(store), unit, asked, whose, days)
    if answer is Rows.JSON:
        write_json(document(told) | {"known_at": asked.known_at.isoformat()})
    elif answer is Rows.CSV:
        write_csv(AT_RISK_COLUMNS, (_row(one) for one in told.at_risk))
    else:
        _show(told, top)


def document(told: "Forecast") -> dict[str, Any]:
    """Give a forecast as one JSON document."""
    from caseclock.simulation.forecast.counts import LEVEL

    return {
        "authority": told.authority,
        "as_at": told.as_at.isoformat(),
        "days": told.days,
        "interval": LEVEL,
        "timers_known": len(told.known),
        **counts_of(told),
        "at_risk": [_row(one) for one in told.at_risk],
    }


def _row(one: "AtRisk") -> dict[str, Any]:
    return {
        "case_id": one.case_id,
        "timer_id": one.timer_id,
        "timescale": one.timescale,
        "team": one.team,
        "worker": one.worker,
        "last_day": one.last_day.isoformat(),
        "probability": round(one.chance.probability, 4),
        "alike": one.chance.alike,
        "ran_out": one.chance.ran_out,
    }


def _show(told: "Forecast", top: int) -> None:
    until = told.as_at + timedelta(days=told.days)
    if not told.at_risk:
        typer.echo(f"No timer that runs as at {day(told.as_at)} has its last day by {day(until)}.")
        return
    listed = table(
        f"At risk as at {day(told.as_at)}: running, with their last day by {day(until)}",
        ("case", "timescale", "team", "last day", "chance to run out", "of those alike", "timer"),
        right=("chance to run out", "of those alike"),
        whole=("case", "last day"),
    )
    for one in told.at_risk[:top]:
        listed.add_row(
            text(one.case_id),
            text(one.timescale),
            text(one.team),
            day(one.last_day),
            f"{one.chance.probability:.0%}",
            f"{one.chance.ran_out} of {one.chance.alike}",
            one.timer_id,
        )
    show(listed)
    if len(told.at_risk) > top:
        typer.echo(f"{len(told.at_risk) - top} more: --top {len(told.at_risk)} lists them all.")
    for title, groups in (
        ("week that begins on", told.by_week),
        ("team", told.by_team),
        ("timescale", told.by_timescale),
    ):
        _show_expected(title, groups)
    whole = told.whole
    typer.echo(
        f"In all: {whole.expected:.1f} of {whole.timers} timers are expected to run out; between {whole.low} and "
        f"{whole.high} in {whole.holds:.0%} of such forecasts. Only timers that run already are counted."
    )
    typer.echo(
        "Of those alike: timers of the same timescale that were as near to their last day and not known to be done, "
        "and how many of them ran out; the chance counts recent ones for more, and is drawn towards the team's."
    )


def _show_expected(title: str, groups: "Sequence[Expected]") -> None:
    made = table(
        f"Expected to run out, by {title.split(' ', maxsplit=1)[0]}",
        (title, "timers", "expected", "interval", "holds"),
        right=("timers", "expected", "interval", "holds"),
    )
    for one in groups:
        made.add_row(
            text(one.name or "none"),
            str(one.timers),
            f"{one.expected:.1f}",
            f"{one.low} to {one.high}",
            f"{one.holds:.0%}",
        )
    show(made)


def backtest(
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="NAME-OR-FILE", help="The service whose futures are hidden.")
    ] = "small",
    seed: Seed = 1,
    days: Days = 30,
    cuts: Annotated[int, typer.Option("--cuts", min=1, max=100, help="How many days are forecast from.")] = 6,
    apart: Annotated[int, typer.Option("--apart", min=1, help="Days from one of them to the next.")] = 14,
) -> None:
    """Test forecasts on a simulated service: cut its history off, forecast, and hold that against what came."""
    from caseclock.simulation.forecast.hidden_futures import hide_futures
    from caseclock.simulation.world import simulate

    asked = scenario_named(scenario)
    last = asked.last_day - timedelta(days=days + 1)
    first = last - timedelta(days=apart * (cuts - 1))
    if first <= asked.first_day:
        raise WrongCall(
            f"{asked.name} lasts from {asked.first_day} to {asked.last_day}: too short for {cuts} forecasts of {days} "
            f"days, {apart} days apart. Ask for fewer, or give the scenario more months."
        )
    simulated = simulate(asked, seed, 0)
    tested = hide_futures(simulated, [first + timedelta(days=apart * number) for number in range(cuts)], days)
    _show_tested(tested, f"{asked.name}, seed {seed}, {cuts} forecasts of {days} days from {day(first)} on")


def _show_tested(tested: "Tested", of: str) -> None:
    made = table(
        f"Chances told and what came: {of}",
        ("chance told", "ran out", "timers"),
        right=("chance told", "ran out", "timers"),
    )
    for told, came, number in tested.calibration():
        made.add_row(f"{told:.0%}", f"{came:.0%}", str(number))
    show(made)
    typer.echo(
        f"Brier score {tested.brier():.4f}, of the base rate {tested.brier_of_base_rate():.4f} (less is better), "
        f"over {len(tested.timers)} timers."
    )
    held = table(
        "Intervals and what came",
        ("intervals", "number", "told to hold", "held", "held, of just 80%"),
        right=("number", "told to hold", "held", "held, of just 80%"),
    )
    for grouped_by, words in (
        ("whole", "of the whole"),
        ("week", "by week"),
        ("team", "by team"),
        ("timescale", "by timescale"),
    ):
        if counts := tested.of(grouped_by):
            told_to, did = tested.told_and_held(grouped_by)
            held.add_row(
                words, str(len(counts)), f"{told_to:.0%}", f"{did:.0%}", f"{tested.coverage(grouped_by):.0%}"
            )
    show(held)
    typer.echo(
        "An interval of whole numbers can seldom be told to hold in just 80%; it is the one that comes nearest. In the "
        "last column a count in which the interval would have to end counts in part, so that 80% is what to expect "
        "however small the counts."
    )

"""Keeping forecasts where the desk and the API find them, so that neither has to make one while somebody waits."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from caseclock.commands.judging import authorities
from caseclock.desk.words import counted, day

if TYPE_CHECKING:
    from caseclock.simulation.forecast.expecting import Expected, Forecast
    from caseclock.store.sql import SqlStore


def keep_forecasts(store: "SqlStore", now: datetime, days: int, authority: str | None) -> Iterator[str]:
    """Make the forecast of today of one authority or of each and keep it, saying of each what was kept."""
    from caseclock.simulation.forecast.looking_ahead import forecast_now
    from caseclock.store.forecasts import FEWEST_ALIKE, KeptForecast, TimerChance, keep_forecast

    with store.snapshot() as unit:
        whose = authorities(unit, authority)
    for name in whose:
        with store.snapshot() as unit:
            told = forecast_now(unit, name, now, days)
        chances = [
            TimerChance(
                name,
                one.timer_id,
                one.case_id,
                one.chance.probability,
                one.chance.alike,
                one.chance.ran_out,
            )
            for one in told.at_risk
            if one.chance.alike >= FEWEST_ALIKE
        ]
        counts = counts_of(told) | {"told": len(chances)}
        of = KeptForecast(name, told.as_at, now, days, len(told.known), counts)
        with store.transaction() as writing:
            keep_forecast(writing.connection, of, chances)
        untold = len(told.at_risk) - len(chances)
        few = f" Of {counted(untold, 'more timer')} too few alike are known." if untold else ""
        yield (
            f"Kept {counted(len(chances), 'chance')} of {name}, as at {day(told.as_at)}, drawn from "
            f"{counted(len(told.known), 'timer')} whose end is known.{few}"
        )


def counts_of(told: "Forecast") -> dict[str, Any]:
    """Give the counts that a forecast expects as JSON."""
    return {
        "expected": _row(told.whole),
        "by_week": [_row(one) for one in told.by_week],
        "by_team": [_row(one) for one in told.by_team],
        "by_timescale": [_row(one) for one in told.by_timescale],
    }


def _row(one: "Expected") -> dict[str, Any]:
    return {
        "name": one.name,
        "timers": one.timers,
        "expected": round(one.expected, 3),
        "low": one.low,
        "high": one.high,
        "holds": round(one.holds, 4),
    }

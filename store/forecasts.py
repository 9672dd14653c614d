"""Keeping a forecast, and reading it back: one for each authority, the latest."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from caseclock.store.forecast_tables import forecasts, timer_chances

#: timers alike that must be known for a chance to be kept: what is drawn from fewer is hardly of its timescale
FEWEST_ALIKE = 5
#: chances written together
TOGETHER = 1000


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """What a forecast was made from, and the counts it expects."""

    authority: str
    #: the day whose running timers it is of
    as_at: date
    #: UTC; what was written down by then was known
    known_at: datetime
    #: how far ahead it looks
    days: int
    #: timers whose fate was known
    timers_known: int
    #: as the command's JSON has them: expected, by_week, by_team, by_timescale; and told, how many chances are kept
    expected: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimerChance:
    """The chance that a running timer is not done in time, and what it was drawn from."""

    authority: str
    timer_id: str
    case_id: str
    chance: float
    #: timers of its timescale that were as near to their last day and not done, and how many of those ran out
    alike: int
    ran_out: int


FORECAST_VALUES = [forecasts.c[one.name] for one in fields(KeptForecast)]
CHANCE_VALUES = [timer_chances.c[one.name] for one in fields(TimerChance)]


def keep_forecast(connection: Connection, forecast: KeptForecast, chances: Iterable[TimerChance]) -> None:
    """Put a forecast in the place of the one before, in a unit that writes."""
    for table in (timer_chances, forecasts):
        connection.execute(delete(table).where(table.c.authority == forecast.authority))
    connection.execute(insert(forecasts), [asdict(forecast)])
    rows = [asdict(one) for one in chances]
    for start in range(0, len(rows), TOGETHER):
        connection.execute(insert(timer_chances), rows[start : start + TOGETHER])


def kept_forecast(connection: Connection, authority: str) -> KeptForecast | None:
    """Give the forecast that is kept of an authority; None where none was made."""
    row = connection.execute(select(*FORECAST_VALUES).where(forecasts.c.authority == authority)).first()
    return None if row is None else KeptForecast(*row)


def chances_of(connection: Connection, authority: str, timer_ids: Sequence[str]) -> dict[str, TimerChance]:
    """Give the chances that are kept of some timers, by their ids."""
    if not timer_ids:
        return {}
    wanted = select(*CHANCE_VALUES).where(
        timer_chances.c.authority == authority, timer_chances.c.timer_id.in_(timer_ids)
    )
    return {row.timer_id: TimerChance(*row) for row in connection.execute(wanted)}

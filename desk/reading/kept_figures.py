"""Figures as they are kept: in the database from one start of the desk to the next, and between two processes."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from caseclock.desk.reading.figures import Figures, Share, indicators_of
from caseclock.indicators.counting import Tally
from caseclock.indicators.published import comparators
from caseclock.indicators.scorecard import Line
from caseclock.store.desk_tables import board_figures
from caseclock.timers.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Kept:
    """Figures as the database has them."""

    #: events there were of the authority when they were counted
    written: int
    content: dict[str, Any]


def keep(
    connection: Connection,
    authority: str,
    teams: frozenset[str] | None,
    months: int,
    written: int,
    content: Mapping[str, Any],
) -> None:
    """Put figures in the place of those before."""
    key = {"authority": authority, "which": _which(teams, months)}
    connection.execute(delete(board_figures).where(*(board_figures.c[name] == key[name] for name in key)))
    counted_at = datetime.fromisoformat(content["made_at"])
    row = {**key, "counted_at": counted_at, "written": written, "content": dict(content)}
    connection.execute(insert(board_figures).values(row))


def kept(connection: Connection, authority: str, teams: frozenset[str] | None, months: int) -> Kept | None:
    """Give the figures that are kept; None where there are none."""
    row = connection.execute(
        select(board_figures.c.written, board_figures.c.content).where(
            board_figures.c.authority == authority, board_figures.c.which == _which(teams, months)
        )
    ).one_or_none()
    return None if row is None else Kept(*row)


def _which(teams: frozenset[str] | None, months: int) -> str:
    return json.dumps({"months": months, "teams": None if teams is None else sorted(teams)}, sort_keys=True)


def told_of(figures: Figures) -> dict[str, Any]:
    """Write figures as what JSON has."""
    return {
        "as_at": figures.as_at.isoformat(),
        "made_at": figures.made_at.isoformat(),
        "cases": figures.cases,
        "seconds": figures.seconds,
        "months": figures.lines[0].months if figures.lines else 0,
        "tallies": {line.indicator.id: asdict(line.tally) for line in figures.lines},
        "practice": _by_month(figures.practice),
        "recording": _by_month(figures.recording),
        "fell": {month.isoformat(): number for month, number in figures.fell.items()},
        "by_team": _shares(figures.by_team),
        "team_breaches": dict(figures.team_breaches),
        "by_timescale": _shares(figures.by_timescale),
        "timescale_breaches": dict(figures.timescale_breaches),
    }


def figures_from(told: Mapping[str, Any], rules: Rulebook) -> Figures | None:
    """Read figures back; None where what is counted is not what was counted then."""
    as_at = date.fromisoformat(told["as_at"])
    indicators = indicators_of(rules, as_at)
    if {one.id for one in indicators} != set(told["tallies"]):
        return None
    return Figures(
        as_at,
        datetime.fromisoformat(told["made_at"]),
        told["cases"],
        told["seconds"],
        lines=[
            Line(one, Tally(**told["tallies"][one.id]), None, comparators(one), told["months"])
            for one in indicators
        ],
        practice=_months_from(told["practice"]),
        recording=_months_from(told["recording"]),
        fell=Counter({date.fromisoformat(month): number for month, number in told["fell"].items()}),
        by_team=_shares_from(told["by_team"]),
        team_breaches=Counter(told["team_breaches"]),
        by_timescale=_shares_from(told["by_timescale"]),
        timescale_breaches=Counter(told["timescale_breaches"]),
    )


def _shares(shares: Mapping[str, Share]) -> dict[str, list[int]]:
    return {name: list(astuple(share)) for name, share in shares.items()}


def _by_month(shares: Mapping[date, Share]) -> dict[str, list[int]]:
    return _shares({month.isoformat(): share for month, share in shares.items()})


def _shares_from(told: Mapping[str, list[int]]) -> dict[str, Share]:
    return {name: Share(*pair) for name, pair in told.items()}


def _months_from(told: Mapping[str, list[int]]) -> dict[date, Share]:
    return {date.fromisoformat(month): Share(*pair) for month, pair in told.items()}

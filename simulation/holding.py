"""A scenario of a service that was written about: the published lines it is held against, replication by replication.

Lines ship as data/held_<scenario>.csv. Each is an indicator of the production scorecard, one of our own measures, or
the share of a timescale's timers that were met in time; each as at a day, over so many months.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from caseclock.indicators.catalogue import INDICATORS, Indicator
from caseclock.indicators.counting import Period, Tally, in_time, months_to
from caseclock.indicators.scorecard import Line, view_of
from caseclock.simulation.intervals import Interval
from caseclock.simulation.ledger import Ledger
from caseclock.simulation.results import Figure, Figures, figures
from caseclock.timers.evaluation import Setting
from caseclock.timers.event import Event
from caseclock.timers.when import end_of_day
from caseclock.workflow.positions import asked

#: timescales that the indicators ask about; no other clock is run for them
_ASKED = ("assessment.stat.duration", "cp.icpc.stat", "cp.review.stat", "cla.review.first.20wd",
          "cla.review.second.3m", "cla.review.next.6m", "adoption.review.unplaced.3m", "adoption.review.placed.4w",
          "adoption.review.placed.3m", "adoption.review.placed.6m")  # fmt: skip
_PREFIX = "held:"


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One published line."""

    number: int
    words: str
    #: indicator, measure or timescale; and which
    kind: str
    of: str
    as_at: date
    months: int
    published: float
    source: str

    @property
    def name(self) -> str:
        """What its figure is called among those of a replication."""
        return f"{_PREFIX}{self.number:03d}"


@cache
def held_lines(scenario: str) -> tuple[HeldLine, ...]:
    """Give the lines a scenario that ships is held against; none for any other."""
    path = files("caseclock.simulation") / "data" / f"held_{scenario}.csv"
    if not path.is_file():
        return ()
    return tuple(
        HeldLine(
            number,
            row["line"],
            row["kind"],
            row["of"],
            date.fromisoformat(row["as_at"]),
            int(row["months"]),
            float(row["published"]),
            row["source"],
        )
        for number, row in enumerate(csv.DictReader(path.read_text("utf-8").splitlines()), start=1)
    )


def held_figures(
    lines: Sequence[HeldLine],
    cases: Mapping[str, Sequence[Event]],
    ledger: Ledger,
    setting: Setting,
    children: int,
) -> Figures:
    """Count every line over a replication's cases."""
    found: dict[str, Figure] = {}
    for as_at, months in dict.fromkeys((line.as_at, line.months) for line in lines):
        of_day = [line for line in lines if (line.as_at, line.months) == (as_at, months)]
        period = months_to(as_at, months)
        measured = [line for line in of_day if line.kind == "measure"]
        if measured:
            counted = figures(ledger, period, setting)
            found |= {line.name: counted[line.of] for line in measured if line.of in counted}
        judged = [line for line in of_day if line.kind != "measure"]
        if judged:
            found |= _judged(judged, cases.values(), period, setting, children)
    return found


def _judged(
    lines: Sequence[HeldLine],
    cases: Iterable[Sequence[Event]],
    period: Period,
    setting: Setting,
    children: int,
) -> Figures:
    """Look at every case as the scorecard does, and add up what the lines ask of it."""
    question = asked(now=end_of_day(period.until), as_at=period.until)
    calendar = setting.holidays.as_known(None)
    clocks = [line.of for line in lines if line.kind == "timescale"]
    indicators = {line.of: _indicator(line.of) for line in lines if line.kind == "indicator"}
    only = (*(_ASKED if any(one.timely for one in indicators.values()) else ()), *clocks)
    counts = {name: one.count for name, one in indicators.items()} | {name: in_time(name) for name in clocks}
    tallies = {line.of: Tally() for line in lines}
    for events in cases:
        view = view_of(events, setting, question, period, calendar, only=only)
        for name, count in counts.items():
            tallies[name] += count(view)
    found = {}
    for line in lines:
        tally = tallies[line.of]
        if line.kind == "timescale":
            found[line.name] = Figure(tally.numerator * 100, tally.denominator)
        else:
            told = Line(indicators[line.of], tally, children, {}, line.months)
            found[line.name] = Figure(0.0, 0.0) if told.value is None else Figure(told.value)
    return found


def _indicator(name: str) -> Indicator:
    return next(one for one in INDICATORS if one.id == name)


@dataclass(frozen=True, slots=True)
class Held:
    """One published line beside what was simulated."""

    line: HeldLine
    #: None where nothing was counted
    simulated: Interval | None

    @property
    def is_inside(self) -> bool:
        return self.simulated is not None and self.simulated.holds(self.line.published)


def held_against(scenario: str, found: Mapping[str, Interval]) -> list[Held]:
    """Give each line of a scenario beside the interval of the replications."""
    return [Held(line, found.get(line.name)) for line in held_lines(scenario)]

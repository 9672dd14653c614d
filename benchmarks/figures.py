"""What was measured, how it is printed, and what it took in memory."""

import gc
import re
import resource
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured."""

    part: str
    name: str
    value: float
    #: events/s, cases/s, ms, MB: higher is better where it ends in /s
    unit: str
    #: the same work done in the least that the database allows, in the same unit and the same run; None for no floor
    floor: float | None = None
    #: what is wanted of it, in words; empty where nothing is
    wanted: str = ""
    #: whether it is as wanted; None where nothing is wanted
    kept: bool | None = None
    #: how much was done: events, cases, timers
    done: str = ""
    #: value over floor in each round, where it was measured in rounds against one
    rounds: tuple[float, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Value over floor: the median of the rounds, which one slow round does not move."""
        if self.rounds:
            return median(self.rounds)
        return self.value / self.floor if self.floor else None

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def at_least(ratio: float, rounds: Iterable[float]) -> tuple[str, bool]:
    """Say what ratio to the floor is wanted, and whether it is kept in the median of the rounds."""
    return f"at least {ratio:g} of the floor", median(rounds) >= ratio


def below(most: float, value: float, unit: str) -> tuple[str, bool]:
    """Say what is wanted at most, and whether it is kept."""
    return f"below {most:g} {unit}", value < most


def seconds(work: Callable[[], None]) -> float:
    """Time some work, with nothing left to be collected from before."""
    gc.collect()
    begun = perf_counter()
    work()
    return perf_counter() - begun


HEADINGS = ("what", "figure", "unit", "floor", "ratio", "wanted", "kept", "over")


def row(figure: Figure) -> tuple[str, ...]:
    """Put a figure into the cells of the table."""
    return (
        figure.name,
        number(figure.value),
        figure.unit,
        "" if figure.floor is None else number(figure.floor),
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        figure.wanted,
        {None: "", True: "yes", False: "NO"}[figure.kept],
        figure.done,
    )


def number(value: float) -> str:
    """Write a figure with as many digits as it deserves."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """Lay figures out in columns, a heading for each part."""
    figures = list(figures)
    rows = [HEADINGS, *(row(figure) for figure in figures)]
    widths = [max(len(cells[place]) for cells in rows) for place in range(len(HEADINGS))]
    numbers = {"figure", "floor", "ratio"}

    def line(cells: tuple[str, ...]) -> str:
        laid = (
            cell.rjust(width) if heading in numbers else cell.ljust(width)
            for cell, width, heading in zip(cells, widths, HEADINGS, strict=True)
        )
        return "  ".join(laid).rstrip()

    lines = [line(HEADINGS)]
    part = None
    for figure, cells in zip(figures, rows[1:], strict=True):
        if figure.part != part:
            lines += ["", figure.part]
            part = figure.part
        lines.append(line(cells))
    return "\n".join(lines)


def peak_mb() -> float:
    """Give the most memory this process has held, in MB (10^6 bytes), as the system counts it."""
    status = Path("/proc/self/status")
    if status.exists():  # not told by getrusage alone: there a child begins with what its parent held
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024 / 1e6  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6

"""Red, amber, green: how an indicator compares, and why it is rated so. No rating without something to compare with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from caseclock.indicators.charts import number
from caseclock.indicators.scorecard import Line


class Rag(StrEnum):
    """A rating, in the word that is shown."""

    RED = "Red"
    AMBER = "Amber"
    GREEN = "Green"
    NONE = "Not rated"


#: percentage points, or the same share of any other figure, within which a shortfall is amber
NEAR_PERCENT = 5.0
#: indicators of which less is better; those about time, and these others, are better the more there is
LESS_IS_BETTER = frozenset(
    {
        "referrals.again",
        "plans.again",
        "looked_after.missing",
        "looked_after.three_placements",
        "adoption.days",
    }
)
MORE_IS_BETTER = frozenset(
    {"looked_after.same_placement", "looked_after.adopted", "looked_after.in_own_area"}
)
#: what is compared with, the first that there is
_ORDER = ("Target share", "England", "Statistical neighbours", "Eastern region")


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating, and a sentence that says why."""

    rag: Rag
    why: str


def rating(line: Line) -> Rating:
    """Rate an indicator against a target share or the published figure nearest to one."""
    indicator = line.indicator
    less = indicator.id in LESS_IS_BETTER
    if not (
        less or indicator.timely or indicator.wanted_percent is not None or indicator.id in MORE_IS_BETTER
    ):
        return Rating(Rag.NONE, "More of it is neither better nor worse by itself.")
    if line.value is None:
        return Rating(Rag.NONE, "Nothing was counted.")
    if line.small:
        return Rating(Rag.NONE, "The numbers are too small to say.")
    held = _held_against(line.comparators)
    if held is None:
        return Rating(Rag.NONE, "There is no figure to compare with.")
    name, wanted = held
    unit = "%" if indicator.unit == "percent" else ""
    short = (line.value - wanted) if less else (wanted - line.value)
    told = f"{number(round(line.value, 1), unit)} against {number(wanted, unit)} ({name})"
    near = NEAR_PERCENT if indicator.unit == "percent" else wanted * NEAR_PERCENT / 100
    if short <= 0:
        return Rating(Rag.GREEN, f"As good or better: {told}.")
    if short <= near:
        return Rating(Rag.AMBER, f"Worse by no more than {number(near, ' points' if unit else '')}: {told}.")
    return Rating(Rag.RED, f"Worse by more than {number(near, ' points' if unit else '')}: {told}.")


def _held_against(comparators: Mapping[str, float]) -> tuple[str, float] | None:
    for wanted in _ORDER:
        for name, value in comparators.items():
            if name.startswith(wanted):
                return name, value
    return None

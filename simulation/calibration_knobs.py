"""What is fitted, and to what: the settings that no table gives, and the published figures that each mainly moves.

Settings are fitted on a scale without bounds (logarithm, log odds), and so are the figures they are fitted to.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log
from typing import Any

from caseclock.simulation.results import BANDS, Figures
from caseclock.simulation.targets import Target, children, shares

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting that is fitted."""

    name: str
    words: str
    #: the published figure it mainly answers to
    answers_to: str
    low: float
    high: float
    start: float
    #: log, logit or plain
    scale: str
    turn: Callable[[Told, float], None]

    def inward(self, value: float) -> float:
        """Give a value on the scale without bounds."""
        return log(value) if self.scale == "log" else _logit(value) if self.scale == "logit" else value

    def outward(self, value: float) -> float:
        """Give back what `inward` was given."""
        return (
            exp(value) if self.scale == "log" else 1 / (1 + exp(-value)) if self.scale == "logit" else value
        )


def _logit(share: float) -> float:
    return log(share / (1 - share))


def _at(*path: str) -> Callable[[Told, float], None]:
    def turn(told: Told, value: float) -> None:
        place = told
        for name in path[:-1]:
            place = place.setdefault(name, {})
        place[path[-1]] = value

    return turn


def _no_need(told: Told, share: float) -> None:
    """Set the share of assessments that find no need; the others keep their proportions."""
    outcomes = told["outcomes"].setdefault("assessment", dict(_ASSESSMENT))
    rest = sum(value for name, value in outcomes.items() if name != "no_further_action")
    for name in outcomes:
        if name != "no_further_action":
            outcomes[name] *= (1 - share) / rest
    outcomes["no_further_action"] = share


def _entering(told: Told, share: float) -> None:
    """Set the share of assessments after which a child comes into care, out of those that find a need."""
    outcomes = told["outcomes"].setdefault("assessment", dict(_ASSESSMENT))
    outcomes["child_in_need"] = max(0.01, outcomes["child_in_need"] + outcomes["looked_after"] - share)
    outcomes["looked_after"] = share


def _ending(told: Told, shift: float) -> None:
    """Move the log odds of a plan's ending at each of its reviews."""
    ends = [1 / (1 + exp(-(_logit(one) + shift))) for one in _ENDS_AT_REVIEW]
    told.setdefault("plans", {})["ends_at_review"] = ends


def _slots(told: Told, per_10000: float) -> None:
    """Set the conferences that can be held in a week, for each 10,000 children."""
    told["diaries"]["conferences_a_week"] = told["children"] / 10_000 * per_10000


def _waits_until(told: Told, days: float) -> None:
    """Set the days before the last at which a worker waits no more, and half-way from there a supervisor looks."""
    work = told.setdefault("work", {})
    work["waits_until"], work["pushed"] = round(days), max(1, round(days * 0.45))


_ASSESSMENT = {"no_further_action": 0.45, "early_help": 0.24, "child_in_need": 0.24, "looked_after": 0.07}
_ENDS_AT_REVIEW = (0.24, 0.55, 0.50, 0.50)

KNOBS: tuple[Knob, ...] = (
    Knob("returning", "share of families that come again", "referrals.again",
         0.05, 0.75, 0.34, "logit", _at("demand", "return_share")),
    Knob("reassessing", "assessments of open cases a year for each child in need plan", "assessments",
         0.05, 6.0, 0.8, "log", _at("outcomes", "reassessments")),
    Knob("strategy", "share of assessments with a strategy discussion", "enquiries",
         0.05, 0.70, 0.27, "logit", _at("outcomes", "strategy_in_assessment")),
    Knob("conferring", "share of enquiries that lead to a conference", "conferences",
         0.10, 0.70, 0.36, "logit", _at("outcomes", "conference")),
    Knob("no_need", "share of assessments that find no need", "referrals.not_in_need",
         0.05, 0.75, 0.35, "logit", _no_need),
    Knob("entering", "share of assessments after which a child comes into care", "care.started",
         0.005, 0.20, 0.05, "log", _entering),
    Knob("staying", "mean years in care of those who stay", "care.open",
         1.0, 8.0, 3.0, "log", _at("care", "long_years")),
    Knob("ending", "log odds of a plan's ending at a review, moved by", "plans.open",
         -1.5, 1.5, 0.0, "plain", _ending),
    Knob("hours", "hours of an assessment of one child", "assessments within 30 and 45 days",
         3.0, 28.0, 7.5, "log", _at("work", "assessment")),
    Knob("hours_spread", "spread of those hours", "assessments within 60 days",
         0.2, 1.2, 0.65, "log", _at("work", "assessment_spread")),
    Knob("replies", "working days until others have replied", "assessments within 20 and 30 days",
         3.0, 28.0, 10.0, "log", _at("work", "replies")),
    Knob("replies_spread", "spread of those days", "assessments within 10 days",
         0.4, 1.5, 0.95, "log", _at("work", "replies_spread")),
    Knob("brief", "share of assessments that a first look settles", "assessments within 10 days",
         0.03, 0.70, 0.25, "logit", _at("work", "brief")),
    Knob("waits_until", "working days before the last at which a worker writes with what there is",
         "assessments within 30 and 40 days", 3.0, 20.0, 9.0, "log", _waits_until),
    Knob("pushes", "share of late assessments that a supervisor pushes", "assessments within 45 days",
         0.15, 0.98, 0.75, "logit", _at("work", "pushes")),
    Knob("slots", "conferences a week for each 10,000 children", "conferences within 15 days",
         1.5, 12.0, 4.5, "log", _slots),
    Knob("put_off", "share of meetings put off", "conferences within 20 days",
         0.01, 0.50, 0.12, "logit", _at("diaries", "put_off")),
    Knob("urgent", "share of initial conferences that can't wait", "conferences within 10 days",
         0.01, 0.60, 0.12, "logit", _at("diaries", "urgent")),
)  # fmt: skip
BY_NAME: Mapping[str, Knob] = {knob.name: knob for knob in KNOBS}

#: moments: counts a child a year or for each other count (logarithm), shares (log odds); how close is close enough
_RATES = {
    "referrals": ("referrals", None, 0.03),
    "assessments": ("assessments", "referrals", 0.03),
    "enquiries": ("enquiries", "referrals", 0.04),
    "conferences": ("conferences", "enquiries", 0.05),
    "plans.open": ("plans.open", None, 0.05),
    "care.started": ("care.started", None, 0.06),
    "care.open": ("care.open", None, 0.03),
}
_SHARES = {"referrals.again": 0.06, "referrals.not_in_need": 0.06}
_BANDED = {"assessments": 0.10, "conferences": 0.12, "plans.ended": 0.20}
#: a share is taken for no nearer to none or all than this
_EDGE = 0.004


def tolerances() -> dict[str, float]:
    """Name every moment with how far a fit may be off before it weighs, on its own scale."""
    found = {name: close for name, (_, _, close) in _RATES.items()} | dict(_SHARES)
    for family, close in _BANDED.items():
        for band in BANDS[family][:-1]:
            found[f"{family} to {band}"] = close
    return found


def _odds(percent: float) -> float:
    return _logit(min(1 - _EDGE, max(_EDGE, percent / 100)))


def moments(found: Figures, size: int) -> dict[str, float]:
    """Give the moments of one replication of a service with so many children."""
    told = {name: figure.value for name, figure in found.items() if figure.value is not None}
    made: dict[str, float] = {}
    for name, (above, below, _) in _RATES.items():
        part, whole = told[above], told[below] if below else size / 10_000
        made[name] = log(max(part, 0.5) / max(whole, 0.5))
    for name in _SHARES:
        made[name] = _odds(told[name])
    for family in _BANDED:
        so_far = 0.0
        for band in BANDS[family][:-1]:
            so_far += told.get(f"{family}.{band}", 0.0)
            made[f"{family} to {band}"] = _odds(so_far)
    return made


def published_moments(area: str, year: int, targets: Mapping[str, Target]) -> dict[str, float]:
    """Give the same moments of a year as they were published; those that were not are left out."""
    made: dict[str, float] = {}
    for name, (above, below, _) in _RATES.items():
        if above in targets and (below is None or below in targets):
            whole = targets[below].value if below else children(area, year) / 10_000
            made[name] = log(targets[above].value / whole)
    for name in _SHARES:
        if name in targets:
            made[name] = _odds(targets[name].value)
    for family in _BANDED:
        bands = shares(area, year, family)
        so_far = 0.0
        for band in BANDS[family][:-1] if bands else ():
            so_far += bands[band] if bands else 0.0
            made[f"{family} to {band}"] = _odds(so_far)
    return made


def turned(told: Told, values: Mapping[str, float]) -> Told:
    """Give settings with every knob turned to its value; what was given is left as it was."""
    from copy import deepcopy

    made = deepcopy(told)
    for knob in KNOBS:
        if knob.name in values:
            knob.turn(made, values[knob.name])
    return made

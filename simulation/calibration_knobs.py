"""What is fitted, and to what: the settings that no table gives, and the published figures that each moves.

Most settings are the mechanism's own word for one published ratio (enquiries for each referral, conferences for each
enquiry), and nothing else moves that ratio much. Those of time (hours, replies, diaries) share the bands of duration.
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
    #: the figures it moves, that which it answers to first; what else moves with it is taken for chance
    moves: tuple[str, ...]
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


def _more(told: Told, times: float) -> None:
    """Let so many times the referrals come that the level of demand was told as."""
    told["demand"]["referrals_per_10000"] *= times


def _waits_until(told: Told, days: float) -> None:
    """Set the days before the last at which a worker waits no more; half-way from there a supervisor looks."""
    work = told.setdefault("work", {})
    work["waits_until"], work["pushed"] = days, max(1.0, days * 0.45)


_ASSESSMENT = {"no_further_action": 0.45, "early_help": 0.24, "child_in_need": 0.24, "looked_after": 0.07}


_ASSESSED = tuple(f"assessments to {band}" for band in BANDS["assessments"][:-1])
_CONFERRED = tuple(f"conferences to {band}" for band in BANDS["conferences"][:-1])
_ENDED = tuple(f"plans.ended to {band}" for band in BANDS["plans.ended"][:-1])

#: the first of what a knob moves is the figure it answers to
KNOBS: tuple[Knob, ...] = (
    Knob("demand", "referrals for each one that was told", ("referrals",), 0.7, 1.4, 1.0, "log", _more),
    Knob("returning", "share of families that come again", ("referrals.again", "referrals"),
         0.05, 0.75, 0.42, "logit", _at("demand", "return_share")),
    Knob("reassessing", "assessments of open cases a year for each family on a plan", ("assessments",),
         0.02, 9.0, 0.8, "log", _at("outcomes", "reassessments")),
    Knob("strategy", "share of assessments with a strategy discussion",
         ("enquiries", "referrals.not_in_need", "care.started"),
         0.02, 0.80, 0.3, "logit", _at("outcomes", "strategy_in_assessment")),
    Knob("conferring", "share of enquiries that lead to a conference", ("conferences", "care.started"),
         0.08, 0.75, 0.36, "logit", _at("outcomes", "conference")),
    Knob("planning", "share of conferences that make a plan", ("plans.started",),
         0.50, 0.99, 0.87, "logit", _at("outcomes", "plan")),
    Knob("no_need", "share of assessments that find no need", ("referrals.not_in_need", "assessments"),
         0.05, 0.85, 0.44, "logit", _no_need),
    Knob("entering", "share of assessments after which a child comes into care", ("care.started", "care.open"),
         0.002, 0.20, 0.04, "log", _entering),
    Knob("staying", "mean years in care of those who stay", ("care.open", "care.started"),
         1.0, 9.0, 5.0, "log", _at("care", "long_years")),
    Knob("had_before", "share of families on a plan whose children had one before those told of", ("plans.again",),
         0.01, 0.60, 0.23, "logit", _at("plans", "had_before")),
    Knob("reviews_put_off", "share of reviews put off", ("plans.reviews_in_time",),
         0.004, 0.60, 0.15, "logit", _at("diaries", "reviews_put_off")),
    Knob("urgent", "share of initial conferences that can't wait", (_CONFERRED[0], _CONFERRED[1]),
         0.01, 0.85, 0.2, "logit", _at("diaries", "urgent")),
    Knob("put_off", "share of initial conferences put off", (_CONFERRED[1], *_CONFERRED),
         0.005, 0.60, 0.09, "logit", _at("diaries", "put_off")),
    Knob("put_off_days", "working days until one put off can be held",
         (_CONFERRED[2], _CONFERRED[1], "plans.reviews_in_time"),
         1.5, 30.0, 8.0, "log", _at("diaries", "put_off_days")),
    Knob("replies", "working days until others have replied", _ASSESSED[2:3] + _ASSESSED,
         3.0, 45.0, 14.0, "log", _at("work", "replies")),
    Knob("replies_spread", "spread of those days", _ASSESSED[1:2] + _ASSESSED,
         0.3, 2.0, 0.95, "log", _at("work", "replies_spread")),
    Knob("brief", "share of assessments that a first look settles, if they find little", _ASSESSED,
         0.01, 0.90, 0.20, "logit", _at("work", "brief")),
    Knob("waits_until", "working days before the last at which a worker writes with what there is",
         _ASSESSED[3:4] + _ASSESSED, 1.0, 26.0, 9.0, "log", _waits_until),
    Knob("pushes", "share of late assessments that a supervisor pushes", _ASSESSED[4:5] + _ASSESSED,
         0.10, 0.98, 0.75, "logit", _at("work", "pushes")),
    Knob("waits_on", "share of assessments that can't be written without what others know",
         _ASSESSED[6:7] + _ASSESSED, 0.003, 0.60, 0.10, "logit", _at("work", "waits_on")),
)  # fmt: skip
BY_NAME: Mapping[str, Knob] = {knob.name: knob for knob in KNOBS}

#: counts for each 10,000 children, or for each of another count (logarithms); how close is close enough
_RATES = {
    "referrals": ("referrals", None, 0.015),
    "assessments": ("assessments", "referrals", 0.015),
    "enquiries": ("enquiries", "referrals", 0.02),
    "conferences": ("conferences", "enquiries", 0.02),
    "plans.open": ("plans.open", "plans.started", 0.03),
    "care.started": ("care.started", None, 0.03),
    "care.open": ("care.open", None, 0.02),
}
#: shares (log odds); how many points are close enough
_SHARES = {
    "referrals.again": 1.0,
    "referrals.not_in_need": 1.0,
    "plans.again": 1.0,
    "plans.reviews_in_time": 1.5,
}
_BANDED = {"assessments": 1.0, "conferences": 1.5, "plans.ended": 2.0}
#: what is in time is asked for more closely, since it is what the law limits
_CLOSER = {"assessments to 41-45": 0.5, "conferences to 11-15": 0.7}
#: plans of conferences: a share made of two counts
_PLANNED, _PLANNED_CLOSE = "plans.started", 1.0
#: a share is taken for no nearer to none or all than this
_EDGE = 0.004


def closeness(wanted: Mapping[str, float]) -> dict[str, float]:
    """Say how far off each figure may be before it weighs, on its own scale: points of a share are made log odds."""
    found = {}
    for name, value in wanted.items():
        if name in _RATES:
            found[name] = _RATES[name][2]
            continue
        points = _SHARES.get(name) or _CLOSER.get(name) or _BANDED.get(name.split(" to ")[0], _PLANNED_CLOSE)
        share = 1 / (1 + exp(-value))
        found[name] = points / 100 / (share * (1 - share))
    return found


def _odds(percent: float) -> float:
    return _logit(min(1 - _EDGE, max(_EDGE, percent / 100)))


def in_figures(name: str, value: float) -> str:
    """Write a figure as it is published: counts for each of another, or percentages.

    >>> in_figures("enquiries", -1.0), in_figures("plans.again", 0.0)
    ('0.368', '50.0%')
    """
    if name not in _RATES:
        return f"{100 / (1 + exp(-value)):.1f}%"
    return f"{exp(value):.3f}" if _RATES[name][1] else f"{exp(value):.1f}"


def moments(found: Figures, size: int) -> dict[str, float]:
    """Give the figures of a service with so many children, on scales without bounds."""
    told = {name: figure.value for name, figure in found.items() if figure.value is not None}
    made: dict[str, float] = {}
    for name, (above, below, _) in _RATES.items():
        part, whole = told[above], told[below] if below else size / 10_000
        made[name] = log(max(part, 0.5) / max(whole, 0.5))
    made[_PLANNED] = _odds(told["plans.started"] * 100 / max(1.0, told["conferences"]))
    for name in _SHARES:
        made[name] = _odds(told.get(name, 0.0))
    for family in _BANDED:
        so_far = 0.0
        for band in BANDS[family][:-1]:
            so_far += told.get(f"{family}.{band}", 0.0)
            made[f"{family} to {band}"] = _odds(so_far)
    return made


def published_moments(area: str, year: int, targets: Mapping[str, Target]) -> dict[str, float]:
    """Give the same figures of a year as they were published; those that were not are left out."""
    made: dict[str, float] = {}
    for name, (above, below, _) in _RATES.items():
        if above in targets and (below is None or below in targets):
            whole = targets[below].value if below else children(area, year) / 10_000
            made[name] = log(targets[above].value / whole)
    if {"plans.started", "conferences"} <= targets.keys():
        made[_PLANNED] = _odds(targets["plans.started"].value * 100 / targets["conferences"].value)
    for name in _SHARES:
        if name in targets:
            made[name] = _odds(targets[name].value)
    for family, last in (("assessments", "41-45"), ("conferences", "11-15"), ("plans.ended", "")):
        bands = shares(area, year, family)
        if bands is None:  # a small band was suppressed; the share in time was not
            if f"{family}.in_time" in targets:
                made[f"{family} to {last}"] = _odds(targets[f"{family}.in_time"].value)
            continue
        so_far = 0.0
        for band in BANDS[family][:-1]:
            so_far += bands[band]
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

"""A forecast to look at: assessments under way in Thurrock, and a chance kept of each timer that runs."""

from datetime import date

from desk_told import MORNING
from story import Told

from caseclock.store.forecasts import KeptForecast, TimerChance, keep_forecast
from caseclock.store.sql import SqlStore
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.workflow.engine import Engine

TODAY = date(2026, 5, 20)
#: day of the referral, team
UNDER_WAY = (("2026-05-11", "North"), ("2026-05-13", "South"), ("2026-05-15", "North"))


def start_assessments(engine: Engine) -> None:
    """Have three assessments under way, none of them late."""
    for number, (on, team) in enumerate(UNDER_WAY):
        told = Told(engine, "thurrock", f"T-2{number}")
        told.happened("ReferralReceived", on, "R-1", source="school", team=team, worker="sw.001")
        told.happened("ReferralDecided", on, "R-1", outcome="assessment")
        told.assessment(on)


def running(store: SqlStore) -> list[Timer]:
    """Give Thurrock's timers that run and would be breached, soonest first."""
    with store.snapshot() as unit:
        found = [one.timer for one in unit.all_timers("thurrock")]
    return sorted(
        (
            one
            for one in found
            if one.outcome is Outcome.RUNNING and one.at_end is AtEnd.OVERDUE and one.falls_at > MORNING
        ),
        key=lambda one: (one.falls_at, one.timer_id),
    )


def keep(store: SqlStore, as_at: date = TODAY, known: int = 4000) -> dict[str, float]:
    """Keep a forecast of Thurrock: the sooner a timer falls the likelier it is to; gives each one's chance."""
    timers = running(store)
    chances = {one.timer_id: round(0.9 / (place + 1), 3) for place, one in enumerate(timers)}
    expected = {
        "expected": _group("all", 2.0) | {"timers": len(timers)},
        "by_week": [_group("2026-05-18"), _group("2026-05-25", 0.4)],
        "by_team": [_group("North"), _group("South"), _group("")],
        "by_timescale": [_group("assessment.single.45wd", 0.2), _group("cp.review.stat", 1.4)],
        "told": len(chances),
    }
    with store.transaction() as work:
        keep_forecast(
            work.connection,
            KeptForecast("thurrock", as_at, MORNING, 30, known, expected),
            [
                TimerChance("thurrock", one.timer_id, one.case_id, chances[one.timer_id], 40, 15)
                for one in timers
            ],
        )
    return chances


def _group(name: str, expected: float = 1.0) -> dict[str, object]:
    return {"name": name, "timers": 3, "expected": expected, "low": 0, "high": 2, "holds": 0.87}

"""Forecasts: what a chance is drawn from, on which day a timer counts as running, and futures that were hidden."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from caseclock.commands import app
from caseclock.simulation.forecast.expecting import week_of
from caseclock.simulation.forecast.experience import WEIGHT, Experience, Fate, fate_of
from caseclock.simulation.forecast.hidden_futures import hide_futures
from caseclock.simulation.forecast.looking_ahead import forecast, forecast_cases, forecast_now
from caseclock.simulation.scenario import scenario_from
from caseclock.simulation.scenario_files import told_by
from caseclock.simulation.world import Simulated, simulate
from caseclock.store.forecast_tables import timer_chances
from caseclock.store.forecasts import kept_forecast
from caseclock.store.sql import open_store
from caseclock.timers.timer import AtEnd, Outcome, Timer
from caseclock.timers.when import end_of_day
from caseclock.workflow import positions
from caseclock.workflow.engine import Engine

MONDAY = date(2026, 3, 2)


def fate(*, closed_on: date | None, ran_out: bool = False, last: date = MONDAY, team: str = "one") -> Fate:
    """Tell of an assessment that began on 1 December 2025, the end of which was known on a day."""
    return Fate("assessment.single.45wd", "assessment", team, date(2025, 12, 1), last, closed_on, ran_out)


def chance(known: list[Fate], days_left: int, team: str | None = None) -> float:
    experience = Experience.of(known, MONDAY + timedelta(days=1))
    return experience.chance("assessment.single.45wd", "assessment", team, days_left).probability


def test_a_chance_is_drawn_from_timers_not_known_to_be_done_with_as_many_days_left() -> None:
    ten_before = MONDAY - timedelta(days=10)
    known = [*[fate(closed_on=ten_before)] * 600, *[fate(closed_on=None, ran_out=True)] * 200]

    with_eleven = Experience.of(known, MONDAY + timedelta(days=1)).chance(
        "assessment.single.45wd", "assessment", None, 11
    )
    with_ten = Experience.of(known, MONDAY + timedelta(days=1)).chance(
        "assessment.single.45wd", "assessment", None, 10
    )

    # on the tenth day before, those done were known to be done
    assert (800, 200) == (with_eleven.alike, with_eleven.ran_out)
    assert (200, 200) == (with_ten.alike, with_ten.ran_out)
    assert 0.25 == pytest.approx(with_eleven.probability, abs=0.01)
    assert 1.0 == pytest.approx(with_ten.probability, abs=0.01)


def test_a_timer_runs_on_its_last_day_and_no_longer() -> None:
    undone = fate(closed_on=None, ran_out=True)

    assert undone.is_running_on(MONDAY)
    assert not undone.is_running_on(MONDAY + timedelta(days=1))
    assert not fate(closed_on=MONDAY).is_running_on(MONDAY)
    assert undone.is_running_on(date(2025, 12, 1))
    assert not undone.is_running_on(date(2025, 11, 30))


def test_one_that_is_not_decided_by_the_day_tells_nothing() -> None:
    today = fate(closed_on=None, ran_out=True, last=MONDAY)

    assert [] == Experience.of([today], MONDAY).fates
    assert [today] == Experience.of([today], MONDAY + timedelta(days=1)).fates


def test_few_are_drawn_towards_the_wider_group_and_many_are_not() -> None:
    many = [fate(closed_on=None, ran_out=True, team="one") for _ in range(500)]
    few = [fate(closed_on=MONDAY, team="two") for _ in range(2)]

    assert 0.9 < chance([*many, *few], 5, "one")
    # two of its own, done in time, and WEIGHT more that fared as the timescale did
    assert WEIGHT / (WEIGHT + 2) == pytest.approx(chance([*many, *few], 5, "two"), abs=0.02)


def test_with_nothing_known_a_chance_is_even() -> None:
    assert 0.5 == chance([], 5)


def test_recent_fates_count_for_more() -> None:
    old = [fate(closed_on=None, ran_out=True, last=MONDAY - timedelta(days=540)) for _ in range(300)]
    recent = [fate(closed_on=MONDAY) for _ in range(300)]

    told = chance([*(Fate(*_started_before(one)) for one in old), *recent], 5)

    assert 0.2 == pytest.approx(told, abs=0.02)  # two half-lives older: a quarter as much, 1 in 5


def _started_before(one: Fate) -> tuple[str, str, str | None, date, date, date | None, bool]:
    started = one.last_day - timedelta(days=60)
    return one.timescale, one.process, one.team, started, one.last_day, one.closed_on, one.ran_out


def test_a_timer_runs_out_in_the_week_of_the_day_after_its_last() -> None:
    assert date(2026, 3, 2) == week_of(date(2026, 3, 7))  # a Saturday: it runs out on the Sunday
    assert date(2026, 3, 9) == week_of(date(2026, 3, 8))  # a Sunday: it runs out on the Monday


@pytest.fixture(scope="module")
def service() -> Simulated:
    """Give a year of a small service."""
    told = told_by("small")
    told["months"] = 12
    return simulate(scenario_from(told, "small, a year"), 3, 0)


def test_what_is_written_up_later_does_not_change_a_forecast(service: Simulated) -> None:
    cut = date(2026, 12, 1)
    known = {
        case_id: [one for one in events if one.recorded.latest() <= end_of_day(cut)]
        for case_id, events in service.cases.items()
    }

    hidden, cut_off = (
        forecast_cases(
            service.authority,
            cases.items(),
            service.setting,
            as_at=cut,
            known_at=end_of_day(cut),
            days=30,
        )
        for cases in (service.cases, {case_id: events for case_id, events in known.items() if events})
    )

    assert hidden.at_risk
    assert hidden.at_risk == cut_off.at_risk
    assert hidden.by_week == cut_off.by_week


@pytest.mark.slow
def test_forecasts_of_hidden_futures_beat_the_base_rate_and_their_intervals_hold(service: Simulated) -> None:
    cuts = [date(2026, 11, 2) + timedelta(days=28 * number) for number in range(4)]

    tested = hide_futures(service, cuts, 30)

    assert len(tested.timers) > 200
    assert tested.brier() < tested.brier_of_base_rate()
    assert 0.7 <= tested.coverage("week") <= 0.95
    told, held = tested.told_and_held("timescale")
    assert told - 0.1 <= held <= told + 0.15
    low, high = tested.calibration()[0], tested.calibration()[-1]
    assert low[1] < high[1]  # those told a small chance ran out less often than those told a great one


def test_a_history_that_ends_too_soon_can_test_nothing(service: Simulated) -> None:
    with pytest.raises(ValueError, match="ends too soon"):
        hide_futures(service, [service.last_day - timedelta(days=10)], 30)


@pytest.fixture(scope="module")
def kept(service: Simulated, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a database in which a part of the service is known up to its end."""
    url = f"sqlite:///{tmp_path_factory.mktemp('kept') / 'service.db'}"
    with open_store(url) as store:
        engine = Engine(store)
        for case_id, events in list(service.cases.items())[:120]:
            engine.take_in(service.authority, case_id, [(one,) for one in events], service.known_at)
    return url


def asked(*words: str) -> str:
    ran = CliRunner().invoke(app, ["forecast", *words])
    assert 0 == ran.exit_code, ran.output
    return ran.stdout


def test_a_forecast_is_one_json_document_and_lists_what_is_likeliest_first(kept: str) -> None:
    told = json.loads(asked("--db", kept, "--days", "45", "--as-at", "2026-12-01", "--format", "json"))

    chances = [one["probability"] for one in told["at_risk"]]
    assert sorted(chances, reverse=True) == chances
    assert told["expected"]["timers"] == len(chances) == sum(one["timers"] for one in told["by_week"])
    assert all(one["low"] <= one["high"] and 0 < one["holds"] <= 1 for one in told["by_timescale"])


def test_stored_timers_give_the_forecast_that_the_log_gives(kept: str, service: Simulated) -> None:
    now = service.known_at

    with open_store(kept, create=False) as store, store.snapshot() as unit:
        question = positions.asked(now=now)
        from_log = forecast(Engine(store), unit, question, service.authority, 45)
        stored = forecast_now(unit, service.authority, now, 45)

    assert stored.at_risk
    assert from_log.at_risk == stored.at_risk
    assert (from_log.whole, from_log.by_timescale) == (stored.whole, stored.by_timescale)


def test_what_is_kept_takes_the_place_of_what_was_and_leaves_out_what_too_few_tell_of(kept: str) -> None:
    today = ("--days", "366", "--now", "2027-03-31T22:00:00Z")
    first = asked("--db", kept, "--days", "30", "--keep", "--now", "2027-03-10T09:00:00Z")
    again = asked("--db", kept, "--keep", *today)
    told = json.loads(asked("--db", kept, "--format", "json", *today))

    with open_store(kept, create=False) as store, store.snapshot() as unit:
        found = kept_forecast(unit.connection, "anywhere")
        chances = {
            row.timer_id: (round(row.chance, 4), row.alike, row.ran_out)
            for row in unit.connection.execute(select(timer_chances))
        }

    assert first.startswith("Kept ")
    assert "as at 10 March 2027" in first
    assert "as at 31 March 2027" in again
    assert found is not None
    assert (date(2027, 3, 31), 366, told["timers_known"]) == (found.as_at, found.days, found.timers_known)
    assert found.expected["by_timescale"] == told["by_timescale"]
    assert chances == {
        one["timer_id"]: (one["probability"], one["alike"], one["ran_out"])
        for one in told["at_risk"]
        if one["alike"] >= 5
    }
    assert len(chances) < len(told["at_risk"])


def test_the_forecast_of_a_past_day_is_not_kept(kept: str) -> None:
    ran = CliRunner().invoke(app, ["forecast", "--db", kept, "--keep", "--as-at", "2026-12-01"])

    assert 2 == ran.exit_code
    assert "What is kept is the forecast of today" in " ".join(ran.stderr.split())


def test_a_timer_in_hours_that_runs_out_later_today_still_runs() -> None:
    due = Timer(
        "t", "anywhere", "C", "E", "p", "hours", "2013-04-15", None, MONDAY, None, None,
        datetime(2026, 3, 2, 15, 0, tzinfo=UTC), None, None, end_of_day(MONDAY),
        datetime(2026, 3, 2, 15, 0, tzinfo=UTC), AtEnd.OVERDUE, Outcome.RUNNING, None, None, None, 0,
        "hours", "act", "", "A", None, "c",
    )  # fmt: skip

    assert fate_of(due, None, datetime(2026, 3, 2, 14, 0, tzinfo=UTC)) is None
    assert (ended := fate_of(due, None, datetime(2026, 3, 2, 16, 0, tzinfo=UTC))) is not None
    assert ended.ran_out

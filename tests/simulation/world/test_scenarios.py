"""Scenarios: what can't be is refused before anything runs, with the key and what to do."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from caseclock.simulation.scenario import Scenario, ScenarioRefused, load_scenario, shipped_scenarios
from caseclock.simulation.world import Simulated, simulate
from caseclock.timers.durations import Limit, Unit

ServiceOf = Callable[..., Scenario]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"teams.care.workers": 0}, ["teams.care.workers", "greater than 0", "Mend the value"]),
        ({"demand.referrals_per_10000": -3}, ["demand.referrals_per_10000", "greater than 0", "-3"]),
        ({"staffing.absence": 1.2}, ["staffing.absence", "less than 1"]),
        ({"staffing.absense": 0.1}, ["staffing.absense", "did you mean 'staffing.absence'"]),
        ({"teams": {}}, ["no workers for assessment", "add a team such as [teams.assessment-1]"]),
        (
            {"first_day": "1999-04-01"},
            ["first_day", "choose a day from 2013-04-01", "to 2115-12-31"],
        ),
        ({"months": 1200}, ["months", "fewer months or begin earlier"]),
        ({"rules.standards_of": "narnia"}, ["rules.standards_of", "'narnia'", "known are", "thurrock"]),
        (
            {"rules.limits": {"assessment.sngle.45wd": {"working_days": 40}}},
            ["rules.limits.assessment.sngle.45wd", "did you mean 'assessment.single.45wd'"],
        ),
        ({"rules.limits": {"assessment.single.45wd": {"fortnights": 3}}}, ["rules.limits", "working_days"]),
        ({"rules.packs": ["no-such-pack.toml"]}, ["rules.packs", "no-such-pack.toml", "leave it out"]),
        ({"outcomes.referral": {"abduction": 1.0}}, ["outcomes", "'abduction'", "strategy_discussion"]),
        ({"demand.by_month": [0.0] * 12}, ["by_month", "positive weight"]),
        ({"demand.by_weekday": [1, 1, 1]}, ["demand.by_weekday", "7 items"]),
        ({"recording.same_day": 0.9}, ["recording", "more than 1 together"]),
    ],
)
def test_what_can_not_be_is_refused_with_its_key_and_a_remedy(
    service_of: ServiceOf, changes: dict[str, object], says: list[str]
) -> None:
    with pytest.raises(ScenarioRefused) as refused:
        service_of().changed(changes)

    assert [] == [words for words in says if words not in str(refused.value)]


def test_a_scenario_there_is_none_of_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScenarioRefused, match=r"There is no scenario 'thurock'.*Did you mean 'thurrock'"):
        load_scenario("thurock")


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("name = \n", "utf-8")

    with pytest.raises(ScenarioRefused, match=r"not valid TOML.*line 1"):
        load_scenario(path)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_scenario_that_ships_loads_under_rules_that_hold(name: str) -> None:
    assert load_scenario(name).rulebook().in_force(date(2026, 4, 1))


def test_a_file_may_say_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "fewer.toml"
    path.write_text('based_on = "small"\nname = "fewer"\n\n[teams.care]\nworkers = 2\n', "utf-8")
    small, fewer = load_scenario("small"), load_scenario(path)

    assert 2 == fewer.teams["care"].workers
    assert small.teams["assessment"] == fewer.teams["assessment"]
    assert "care" == fewer.teams["care"].does


def test_another_limit_holds_in_every_version_of_a_timescale(service_of: ServiceOf) -> None:
    changed = service_of().changed({"rules.limits": {"assessment.single.45wd": {"working_days": 40}}})
    versions = changed.rulebook().rules["assessment.single.45wd"]

    assert {Limit(40, Unit.WORKING_DAYS)} == {version.limits[-1].limit for version in versions}


def test_a_service_of_another_size_has_workers_and_diaries_to_match(service_of: ServiceOf) -> None:
    twice = service_of().sized("elsewhere", 6000)

    assert ("elsewhere", 6000, 6.0, 4.0) == (
        twice.authority,
        twice.children,
        twice.teams["assessment"].workers,
        twice.diaries.conferences_a_week,
    )
    assert 24 == twice.caseload.protection_plans


def test_the_last_day_reported_ends_the_months_asked_for(service_of: ServiceOf) -> None:
    """Four months from 2 February 2026 end on 1 June; two months of warm-up begin on 2 December."""
    scenario = service_of()

    assert (date(2025, 12, 2), date(2026, 6, 1)) == (scenario.begins, scenario.last_day)


def test_what_was_otherwise_before_holds_until_the_first_day_reported(service_of: ServiceOf) -> None:
    """Twice the families until 1 February 2026, and from the 2nd on those of a service in which nothing differed."""
    plain = simulate(service_of(), seed=5)
    otherwise = simulate(service_of(before={"demand": {"referrals_per_10000": 1080.0}}), seed=5)

    def new_families(run: Simulated, until: date, since: date) -> int:
        return sum(
            (event.type, event.episode_id, event.case_id[0]) == ("ContactReceived", "R-1", "F")
            and since <= event.occurred.on <= until
            for event in run
        )

    warm_up, reported = (date(2025, 12, 2), date(2026, 2, 1)), (date(2026, 2, 2), date(2026, 6, 1))
    assert new_families(otherwise, warm_up[1], warm_up[0]) > 1.5 * new_families(plain, warm_up[1], warm_up[0])
    assert new_families(otherwise, reported[1], reported[0]) == new_families(plain, reported[1], reported[0])


@pytest.mark.parametrize(
    ("before", "named"),
    [
        ({"outcomes": {"conferense": 0.4}}, "outcomes.conferense"),
        ({"outcomes": {"conference": 1.4}}, "outcomes.conference"),
        ({"staffing": {"absence": 0.1}}, "before"),
    ],
)
def test_what_was_before_is_checked_like_everything_else(
    service_of: ServiceOf, before: dict[str, object], named: str
) -> None:
    with pytest.raises(ScenarioRefused, match=named):
        service_of(before=before)

"""Fitting: the surrogate finds what it should, nothing later than allowed is looked at, settings step as seen."""

from math import log

import numpy as np
import pytest

from caseclock.simulation import calibration_inputs
from caseclock.simulation.calibration import Fitted, drawn, inputs_of, settings_at, steps, with_inputs
from caseclock.simulation.calibration_files import fitted, settings_toml, written
from caseclock.simulation.calibration_inputs import told, year_scenario
from caseclock.simulation.calibration_knobs import (
    BY_NAME,
    KNOBS,
    moments,
    published_moments,
    tolerances,
    turned,
)
from caseclock.simulation.calibration_surrogate import Solved, design, learn, solve
from caseclock.simulation.results import BANDS, Figure
from caseclock.simulation.scenario import scenario_from
from caseclock.simulation.targets import figure, targets
from caseclock.simulation.validation import AHEAD, GIVEN, predicted_settings, total_variation


def a_fit(**moved: float) -> Fitted:
    """Give a fit in which every setting stays, but those that move on by as much each year."""
    years = {}
    for place, year in enumerate(range(2015, 2022)):
        values = {
            knob.name: knob.outward(knob.inward(knob.start) + place * moved.get(knob.name, 0.0))
            for knob in KNOBS
        }
        years[year] = Solved(values, dict.fromkeys(values, 0.1), {})
    return Fitted("Thurrock", 1, years, 100, {"assessments": 0.1})


def test_a_prediction_looks_at_nothing_published_after_the_last_year_fitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: set[int] = set()

    def noting(table: str, area: str, year: int, field: str) -> float | None:
        looked.add(year)
        return figure(table, area, year, field)

    monkeypatch.setattr(calibration_inputs, "figure", noting)

    told("Thurrock", 2023, 2021)

    assert 2021 == max(looked)


def test_a_prediction_given_demand_and_staff_differs_in_those_alone() -> None:
    none = [0.0] * 6
    fit = a_fit()
    ahead, given = (predicted_settings(fit, 2023, kind, none) for kind in (AHEAD, GIVEN))

    differ = {key for key in ahead if ahead[key] != given[key]}
    assert {"demand", "teams"} == differ


def test_staff_of_a_year_are_those_of_the_september_within_it() -> None:
    """Case holders of Thurrock on 30 September 2019: 92.3, half-way through the year ending March 2020."""
    settings = told("Thurrock", 2020, 2021)

    assert 92.3 == pytest.approx(sum(team["workers"] for team in settings["teams"].values()))


def test_a_figure_not_published_yet_is_the_nearest_that_was() -> None:
    """Case holders were first published for September 2017."""
    early = told("England", 2015, 2021, size=20_000)

    assert 17840.6 * 20_000 / 11535489 == pytest.approx(
        sum(team["workers"] for team in early["teams"].values()), rel=0.02
    )


@pytest.mark.parametrize("knob", KNOBS, ids=lambda knob: knob.name)
def test_every_knob_turns_a_setting_that_a_scenario_has(knob: object) -> None:
    base = told("Thurrock", 2019, 2021)
    for one in KNOBS:
        if one is knob:
            low, high = (year_scenario(turned(base, {one.name: end})) for end in (one.low, one.high))
            assert low != high


def test_inputs_are_given_back_as_they_were_put_in() -> None:
    base = told("England", 2018, 2021, size=20_000)
    other = inputs_of(told("England", 2021, 2021, size=20_000))

    assert other == pytest.approx(inputs_of(with_inputs(base, other)), abs=0.03)


def test_the_surrogate_gives_back_settings_that_it_was_taught() -> None:
    """Two moments, each a known function of a setting; what no moment speaks of stays where it started."""
    varied = {
        name: (BY_NAME[name].inward(BY_NAME[name].start), 0.5) for name in ("hours", "replies", "returning")
    }
    varied["in:demand"] = (log(500), 0.2)
    points = design(varied, 60, seed=3)

    def answer(at: dict[str, float]) -> dict[str, float]:
        return {
            "assessments": 2 * at["hours"] + at["in:demand"],
            "enquiries": at["replies"] - 0.5 * at["hours"] ** 2,
        }

    surrogate = learn(varied, points, [answer(point) for point in points])
    hidden = {"hours": log(9.0), "replies": log(8.0), "in:demand": log(520)}
    found = solve(
        surrogate, answer(hidden), {"in:demand": log(520)}, {"assessments": 0.02, "enquiries": 0.02}, {}
    )

    assert 9.0 == pytest.approx(found.values["hours"], rel=0.05)
    assert 8.0 == pytest.approx(found.values["replies"], rel=0.05)
    assert BY_NAME["returning"].start == pytest.approx(found.values["returning"], rel=0.01)


def test_moments_of_a_replication_and_of_a_published_year_have_the_same_names() -> None:
    found = {name: Figure(100) for name in ("referrals", "assessments", "enquiries", "conferences", "plans.open",
                                            "care.started", "care.open")}  # fmt: skip
    found |= {name: Figure(20) for name in ("referrals.again", "referrals.not_in_need")}
    found |= {f"{family}.{band}": Figure(10) for family in BANDS for band in BANDS[family]}

    told_by_us = set(moments(found, 20_000))

    assert set(tolerances()) == told_by_us
    assert set(published_moments("England", 2019, targets("England", 2019))) <= told_by_us


def test_settings_walk_on_as_they_stepped() -> None:
    """A setting that rose by 0.2 each year has steps of 0.2; two years on it has moved by its share of each number."""
    fit = a_fit(hours=0.2)
    seen = steps(fit)

    assert [pytest.approx(0.2)] * 6 == [step["hours"] for step in seen]
    moved = [drawn(fit, 2, [float(one) for one in row])["hours"]
             for row in np.random.default_rng(5).standard_normal((4000, 6))]  # fmt: skip
    assert 0.2 * 2**0.5 == pytest.approx(float(np.std(moved)), rel=0.05)


def test_what_was_fitted_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fit") / "fitted.toml"
    fit = a_fit(hours=0.1)
    path.write_text(written(fit), encoding="utf-8")

    again = fitted("Thurrock", path)

    assert fit.years[2018].values == pytest.approx(again.years[2018].values, rel=1e-4)
    assert 0.1 == pytest.approx(again.years[2018].unsure["hours"], rel=0.02)


def test_a_fitted_year_written_as_a_scenario_is_one() -> None:
    import tomllib

    settings = settings_at(told("Thurrock", 2021, 2021), {}, "thurrock-2021")

    scenario = scenario_from(tomllib.loads(settings_toml(settings, "made")), "thurrock-2021")

    assert ("thurrock-2021", 44175) == (scenario.name, scenario.children)


def test_total_variation_is_the_share_that_would_have_to_change_band() -> None:
    assert 0 == total_variation({"0-10": 30.0, "11+": 70.0}, {"0-10": 30.0, "11+": 70.0})
    assert 100 == total_variation({"0-10": 0.0, "11+": 100.0}, {"0-10": 100.0, "11+": 0.0})

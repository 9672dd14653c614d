"""Fitting: the search finds what it should, nothing later than allowed is looked at, figures go on by the best rule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import exp, log

import pytest

from caseclock.simulation import calibration_inputs
from caseclock.simulation.calibration import FIRST_FITTED, LAST_FITTED, Fitted, calibrate, settings_at
from caseclock.simulation.calibration_ahead import (
    RULES,
    all_foretold,
    asked_again,
    base_of,
    carried,
    given,
    known_series,
    wanted_in,
)
from caseclock.simulation.calibration_files import fitted, settings_toml, written
from caseclock.simulation.calibration_inputs import told, year_scenario
from caseclock.simulation.calibration_knobs import (
    BY_NAME,
    KNOBS,
    closeness,
    moments,
    published_moments,
    turned,
)
from caseclock.simulation.calibration_search import Solved, apart, learnt, moved, nudged, slopes_of
from caseclock.simulation.results import BANDS, MEASURES, Figure, Figures
from caseclock.simulation.running import Piece
from caseclock.simulation.scenario import scenario_from
from caseclock.simulation.targets import figure, targets
from caseclock.simulation.validation import total_variation

START = {knob.name: knob.inward(knob.start) for knob in KNOBS}


def a_fit(area: str = "Thurrock") -> Fitted:
    """Give a fit in which every year's settings are where they start, and each moves its own figure one to one."""
    values = {knob.name: knob.start for knob in KNOBS}
    years = {
        year: Solved(values, dict.fromkeys(values, 0.1), published_moments(area, year, targets(area, year)))
        for year in range(FIRST_FITTED, LAST_FITTED + 1)
    }
    return Fitted(area, 1, years, 100, {knob.name: {knob.moves[0]: 1.0} for knob in KNOBS})


def test_a_prediction_looks_at_nothing_published_after_the_last_year_fitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: set[int] = set()

    def noting(table: str, area: str, year: int, field: str) -> float | None:
        looked.add(year)
        return figure(table, area, year, field)

    monkeypatch.setattr(calibration_inputs, "figure", noting)

    base_of("Thurrock", 2023)

    assert 2021 == max(looked)
    assert 2021 == max(year for known in known_series("Thurrock", LAST_FITTED).values() for year in known)


def test_a_prediction_given_demand_and_staff_differs_in_those_alone() -> None:
    ahead, told_both = base_of("Thurrock", 2023), given(base_of("Thurrock", 2023), "Thurrock", 2023)

    differ = {key for key in ahead if ahead[key] != told_both[key]}
    assert {"demand", "teams", "hub"} == differ
    assert 2203 * 10_000 / 44_734 == pytest.approx(told_both["demand"]["referrals_per_10000"])


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


def test_every_knob_answers_to_a_figure_that_is_published() -> None:
    published = published_moments("England", 2021, targets("England", 2021))

    assert set() == {figure for knob in KNOBS for figure in knob.moves} - set(published)


def test_a_step_goes_to_where_the_figures_are_met_and_leaves_alone_what_none_speaks_of() -> None:
    """Enquiries rise by 0.8 for each unit of one setting: 0.4 more of them are half a unit of it."""
    slopes: dict[str, dict[str, float]] = {knob.name: {} for knob in KNOBS} | {"strategy": {"enquiries": 0.8}}

    there, unsure = moved(slopes, START, {"enquiries": 0.4}, {"enquiries": 0.01})

    assert 0.5 == pytest.approx(there["strategy"] - START["strategy"], abs=0.01)
    assert START["replies"] == pytest.approx(there["replies"])
    assert unsure["strategy"] < 0.1 < unsure["replies"]


def test_a_step_ends_at_what_a_setting_may_be_and_at_what_slopes_can_be_trusted_for() -> None:
    slopes: dict[str, dict[str, float]] = {knob.name: {} for knob in KNOBS} | {
        "planning": {"plans.started": 1.0}
    }
    near = START | {"planning": BY_NAME["planning"].inward(0.98)}

    far, _ = moved(slopes, START, {"plans.started": 50.0}, {"plans.started": 0.01})
    bound, _ = moved(slopes, near, {"plans.started": 50.0}, {"plans.started": 0.01})

    assert 0.9 == pytest.approx(far["planning"] - START["planning"])
    assert 0.99 == pytest.approx(BY_NAME["planning"].outward(bound["planning"]))


def test_slopes_are_taken_of_what_a_setting_is_known_to_move() -> None:
    answer = {"enquiries": 0.0, "plans.again": 0.0}
    others = {
        name: (there, {"enquiries": 1.0 if name == "strategy" else 0.3, "plans.again": 0.2})
        for name, there in nudged(START).items()
    }

    found = slopes_of(START, answer, others)

    assert {"enquiries": pytest.approx(2.0)} == found["strategy"]
    assert {"plans.again": pytest.approx(0.4)} == found["had_before"]


def test_slopes_are_corrected_by_what_a_long_step_showed_and_hardly_by_a_short_one() -> None:
    """One to one was taken for what is one to two: a step as long as may be tells ten elevenths of the difference."""
    slopes: dict[str, dict[str, float]] = {knob.name: {} for knob in KNOBS} | {"strategy": {"enquiries": 1.0}}

    def after(by: float) -> dict[str, dict[str, float]]:
        there = START | {"strategy": START["strategy"] + by, "planning": START["planning"] + by}
        return learnt(
            slopes, (START, {"enquiries": 0.0}), (there, {"enquiries": by / 2, "plans.started": by})
        )

    assert 1 - 0.5 / 1.1 == pytest.approx(after(0.9)["strategy"]["enquiries"])
    assert 1.0 == pytest.approx(after(0.03)["strategy"]["enquiries"], abs=0.01)
    assert {} == after(0.9)["planning"]
    assert slopes == learnt(slopes, (START, {}), (START, {"enquiries": 1.0}))


def a_made_up_world(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
    """Answer by formulas: enquiries and conferences by their own settings, all else by nothing."""
    for piece in pieces:
        scenario = piece.scenario
        made = {
            name: Figure(50.0, 100.0 if measure.unit == "percent" else None)
            for name, measure in MEASURES.items()
        }
        for family, bands in BANDS.items():
            made |= {f"{family}.{band}": Figure(100.0, len(bands)) for band in bands}
        referrals = scenario.demand.referrals_per_10000 * scenario.children / 10_000
        enquiries = referrals * scenario.outcomes.strategy_in_assessment * 0.9
        made["referrals"] = Figure(referrals)
        made["enquiries"] = Figure(enquiries)
        made["conferences"] = Figure(enquiries * scenario.outcomes.conference * 1.1)
        yield piece, made


def test_calibration_finds_the_settings_behind_published_figures() -> None:
    """England, 2021: 198,790 enquiries of 597,760 referrals, 72,580 conferences of those."""
    fit = calibrate("England", seed=1, replications=1, engine=a_made_up_world, note=lambda _done, _of: None)

    found = fit.years[2021].values
    assert 198_790 / 597_760 / 0.9 == pytest.approx(found["strategy"], rel=0.03)
    assert 72_580 / 198_790 / 1.1 == pytest.approx(found["conferring"], rel=0.03)
    assert 160_490 / 635_620 / 0.9 == pytest.approx(fit.years[2015].values["strategy"], rel=0.05)


def test_an_area_that_sets_out_from_another_makes_its_slopes_its_own() -> None:
    """Thurrock, 2021: 825 enquiries of 2,594 referrals. One to one was England's; here it is 0.65 to 0.7."""
    like = a_fit("England")

    fit = calibrate(
        "Thurrock", seed=1, replications=1, engine=a_made_up_world, note=lambda _done, _of: None,
        since=2021, like=like,
    )  # fmt: skip

    assert 825 / 2594 / 0.9 == pytest.approx(fit.years[2021].values["strategy"], rel=0.02)
    assert 0.6 < fit.slopes["strategy"]["enquiries"] < 0.95
    assert 1.0 == like.slopes["strategy"]["enquiries"]


def test_moments_of_a_replication_and_of_a_published_year_have_the_same_names() -> None:
    found = {name: Figure(100) for name in ("referrals", "assessments", "enquiries", "conferences", "plans.open",
                                            "plans.started", "care.started", "care.open")}  # fmt: skip
    found |= {name: Figure(20) for name, measure in MEASURES.items() if measure.unit == "percent"}
    found |= {f"{family}.{band}": Figure(10) for family in BANDS for band in BANDS[family]}

    told_by_us = set(moments(found, 20_000))

    assert told_by_us == set(published_moments("England", 2019, targets("England", 2019)))


def test_a_share_in_time_is_fitted_to_where_its_bands_were_suppressed() -> None:
    """Thurrock, 2021: conferences by days were suppressed, 93.1% within 15 was not."""
    found = published_moments("Thurrock", 2021, targets("Thurrock", 2021))

    assert "conferences to 16-20" not in found
    assert 93.1 == pytest.approx(100 / (1 + exp(-found["conferences to 11-15"])), abs=0.05)


def test_closeness_is_in_points_of_a_share_and_in_percent_of_a_count() -> None:
    """Half a point at 88% within 45 days is 0.047 of log odds; two percent of a count is 0.02 of its logarithm."""
    close = closeness({"assessments to 41-45": log(0.88 / 0.12), "enquiries": -1.0})

    assert 0.005 / (0.88 * 0.12) == pytest.approx(close["assessments to 41-45"])
    assert 0.02 == close["enquiries"]


def test_a_damped_trend_goes_on_by_less_each_year_and_sets_out_from_no_one_odd_year() -> None:
    """One more each year up to 4, and an odd 9: the line says 5; on by 0.8, then by 0.64 more."""
    known = {2017: 1.0, 2018: 2.0, 2019: 3.0, 2020: 4.0, 2021: 9.0}
    goes_on = RULES["damped trend"]

    assert [5.8, 6.44] == [pytest.approx(goes_on(known, year)) for year in (2022, 2023)]
    assert 4.0 == RULES["median of the last three"](known, 2022)
    assert 9.0 == RULES["as in the last year"](known, 2022)


def test_errors_of_a_rule_are_of_years_foretold_from_those_before_them_alone() -> None:
    """Enquiries of Thurrock: each error is what came less what the years up to its origin said."""
    one, known = all_foretold("Thurrock")["enquiries"], known_series("Thurrock", LAST_FITTED)["enquiries"]

    assert {2015, 2016, 2017, 2018, 2019, 2020} == one.errors[1].keys()
    before = {year: value for year, value in known.items() if year <= 2018}
    assert known[2020] - RULES[one.rule](before, 2020) == pytest.approx(one.errors[2][2018])


def test_bands_of_one_duration_go_on_by_one_rule() -> None:
    rules = all_foretold("England")

    assert 1 == len({one.rule for name, one in rules.items() if name.startswith("assessments to ")})


def test_settings_of_a_year_to_come_are_where_its_figures_as_foretold_are_met() -> None:
    """With slopes of one, a setting moves as its figure does from the last year; demand is told, and no setting."""
    fit, known = a_fit("England"), known_series("England", LAST_FITTED)["enquiries"]
    goes_on = RULES[all_foretold("England")["enquiries"].rule]

    place = carried(fit, 2023)

    assert goes_on(known, 2023) - known[2021] == pytest.approx(
        place["strategy"] - START["strategy"], abs=0.005
    )
    assert START["demand"] == pytest.approx(place["demand"])


def test_a_year_to_come_is_met_nearer_once_the_simulator_was_asked_where_the_slopes_led() -> None:
    """One to one was taken for what is one to 0.7: the first step stops short, the second makes most of it good."""
    fit = calibrate("England", seed=1, replications=1, engine=a_made_up_world, note=lambda _done, _of: None)
    wrong = replace(fit, slopes=dict(fit.slopes) | {"strategy": {"enquiries": 1.5}})
    wanted = wanted_in(wrong, 2023)["enquiries"]

    def off(place: dict[str, float]) -> float:
        return abs(log(0.9 * BY_NAME["strategy"].outward(place["strategy"])) - wanted)

    assert off(asked_again(wrong, 2023, a_made_up_world, 1)) < 0.7 * off(carried(wrong, 2023))


def test_what_was_fitted_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fit") / "fitted.toml"
    fit = a_fit()
    path.write_text(written(fit, date(2026, 11, 22)), encoding="utf-8")

    again = fitted("Thurrock", path)

    assert "made_on = 2026-11-22" in path.read_text("utf-8")
    assert fit.years[2018].values == pytest.approx(again.years[2018].values, rel=1e-4)
    assert fit.years[2018].answers == pytest.approx(again.years[2018].answers, abs=1e-4)
    assert 0.1 == pytest.approx(again.years[2018].unsure["replies"], rel=0.02)
    assert fit.slopes == again.slopes


@pytest.mark.parametrize("area", ["Thurrock", "England"])
def test_what_ships_meets_what_was_published_of_the_last_year(area: str) -> None:
    """Counts and children looked after within five in a hundred, the share in time within two points."""
    fit, wanted = fitted(area), published_moments(area, LAST_FITTED, targets(area, LAST_FITTED))
    off = {name: -miss for name, miss in apart(fit.years[LAST_FITTED].answers, wanted).items()}

    counts = ("referrals", "assessments", "enquiries", "conferences", "care.open")
    assert [] == [name for name in counts if abs(off[name]) > 0.05]
    in_time = [
        1 / (1 + exp(-row["assessments to 41-45"])) for row in (wanted, fit.years[LAST_FITTED].answers)
    ]
    assert in_time[0] == pytest.approx(in_time[1], abs=0.02)


def test_a_fitted_year_written_as_a_scenario_is_one() -> None:
    import tomllib

    settings = settings_at(told("Thurrock", 2021, 2021), START) | {"name": "thurrock-2021"}

    scenario = scenario_from(tomllib.loads(settings_toml(settings, "made")), "thurrock-2021")

    assert ("thurrock-2021", 44175) == (scenario.name, scenario.children)


def test_total_variation_is_the_share_that_would_have_to_change_band() -> None:
    assert 0 == total_variation({"0-10": 30.0, "11+": 70.0}, {"0-10": 30.0, "11+": 70.0})
    assert 100 == total_variation({"0-10": 0.0, "11+": 100.0}, {"0-10": 100.0, "11+": 0.0})

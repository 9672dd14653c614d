"""Published figures under our own names, against what the publisher printed."""

import pytest

from caseclock.simulation.targets import children, figure, months, shares, targets, year_of


@pytest.mark.parametrize(
    ("area", "year", "measure", "published"),
    [
        ("Thurrock", 2018, "assessments.in_time", 91.5),
        ("Thurrock", 2018, "conferences.in_time", 72.5),
        ("Thurrock", 2018, "plans.again", 15.9),
        ("Thurrock", 2018, "plans.reviews_in_time", 92.7),
        ("England", 2022, "assessments.in_time", 84.5),
        ("England", 2022, "conferences.in_time", 79.2),
        ("England", 2022, "referrals.again", 21.5),
    ],
)
def test_shares_made_of_counts_are_those_the_publisher_prints(
    area: str, year: int, measure: str, published: float
) -> None:
    assert published == round(targets(area, year)[measure].value, 1)


def test_a_share_of_suppressed_counts_is_taken_as_it_was_printed() -> None:
    """Thurrock, 2023: bands on both sides of 15 days were suppressed, the percentage within was not."""
    assert 96.5 == targets("Thurrock", 2023)["conferences.in_time"].value
    assert shares("Thurrock", 2023, "conferences") is None


def test_a_suppressed_or_missing_figure_is_none_and_never_zero() -> None:
    assert figure("C4", "Thurrock", 2021, "Duration_21+_days") is None
    assert figure("C4", "Thurrock", 1999, "ICPC") is None


def test_bands_are_shares_of_all_and_add_up_to_all() -> None:
    found = shares("England", 2023, "assessments")

    assert found is not None
    assert 100 == pytest.approx(sum(found.values()))
    assert 107900 * 100 / 655550 == pytest.approx(found["41-45"])


def test_referrals_by_month_begin_with_april_and_add_up_to_the_year() -> None:
    found = months("Thurrock", 2018)

    assert found is not None
    assert (96, 206) == (found[0], found[-1])
    assert 2126 == sum(found)


def test_a_rate_divides_by_the_population_of_the_june_within_the_year() -> None:
    rate = targets("Thurrock", 2018)["referrals"].value * 10_000 / children("Thurrock", 2018)

    assert 501.1 == round(rate, 1)
    assert ("2017-04-01", "2018-03-31") == tuple(day.isoformat() for day in year_of(2018))


def test_caseloads_of_a_year_are_those_of_the_september_within_it() -> None:
    """The workforce is counted on 30 September: 16.3 cases in 2017, half-way through the year ending March 2018."""
    assert 16.3 == targets("Thurrock", 2018)["caseload"].value

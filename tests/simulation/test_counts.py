"""How many run out: the distribution of a count, the interval taken from it, and how wide the past says it must be."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from caseclock.simulation.forecast.counts import (
    FEWEST,
    LEVEL,
    SHIFT_MOST,
    SHIFT_UNKNOWN,
    Counts,
    shift_of,
)


def told(number: int, chance: float, shift: float = 0.0) -> Counts:
    return Counts.of([chance] * number, shift)


@pytest.mark.parametrize(("number", "chance"), [(1, 0.3), (12, 0.05), (40, 0.5), (150, 0.9)])
def test_independent_timers_of_one_chance_are_counted_as_scipys_binomial_has_it(
    number: int, chance: float
) -> None:
    assert binom.cdf(range(number + 1), number, chance) == pytest.approx(told(number, chance).up_to)


def test_of_many_the_normal_distribution_takes_the_place_of_the_exact_one_within_a_hundredth() -> None:
    assert binom.cdf(range(401), 400, 0.2) == pytest.approx(told(400, 0.2).up_to, abs=0.01)


@pytest.mark.parametrize("shift", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("chance", [0.05, 0.3, 0.8])
def test_a_shift_widens_a_count_and_leaves_its_mean(shift: float, chance: float) -> None:
    counts, alone = told(100, chance, shift), told(100, chance)

    def deviation(one: Counts) -> float:
        shares = np.diff(one.up_to, prepend=0.0)
        numbers = np.arange(len(shares))
        return float(np.sqrt(shares @ numbers**2 - (shares @ numbers) ** 2))

    mean = 100 - counts.up_to[:-1].sum()
    assert 100 * chance == pytest.approx(mean, rel=0.06)
    assert deviation(counts) > deviation(alone)


@pytest.mark.parametrize(
    ("chances", "shift"), [([0.1] * 10, 0.0), ([0.5] * 40, 0.4), ([0.9] * 30, 1.0), ([0.02] * 5, 0.7)]
)
def test_an_interval_says_what_it_holds_and_no_other_from_the_same_tails_comes_nearer(
    chances: list[float], shift: float
) -> None:
    counts = Counts.of(chances, shift)
    found = counts.interval()
    shares = np.diff(counts.up_to, prepend=0.0)

    assert 0 <= found.low <= found.high <= len(chances)
    assert shares[found.low : found.high + 1].sum() == pytest.approx(found.holds)
    for low, high in ((found.low, found.high + 1), (found.low, found.high - 1), (found.low + 1, found.high)):
        if low <= high <= len(chances) and counts.up_to[high] >= 0.9 - 1e-9:
            other = shares[low : high + 1].sum()
            assert abs(found.holds - LEVEL) <= abs(other - LEVEL) + 1e-9


def test_with_a_mean_of_a_half_the_interval_from_none_to_one_holds_nine_times_in_ten_and_says_so() -> None:
    found = told(50, 0.01).interval()

    assert (0, 1) == (found.low, found.high)
    assert 0.91 == pytest.approx(found.holds, abs=0.005)


def test_nothing_running_is_nothing_expected() -> None:
    found = Counts.of([], SHIFT_UNKNOWN).interval()

    assert (0, 0, 1.0) == (found.low, found.high, found.holds)


@pytest.mark.parametrize("chances", [[0.01] * 5, [0.3] * 20, [0.02, 0.5, 0.97] * 30])
def test_counts_drawn_from_their_own_distribution_are_held_in_just_the_level_however_small(
    chances: list[float],
) -> None:
    counts = Counts.of(chances, 0.4)
    shares = np.diff(counts.up_to, prepend=0.0)

    mean = sum(share * counts.held(number) for number, share in enumerate(shares))

    assert LEVEL == pytest.approx(mean)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.2])
def test_the_shift_that_made_a_past_is_found_in_it(shift: float) -> None:
    draw = np.random.default_rng(7)
    chances = [0.25] * 60
    past = []
    for amount in shift * norm.ppf(np.linspace(0.005, 0.995, 100)):
        told_odds = np.log(1 / 3) * np.sqrt(1 + 0.346 * shift**2) + amount
        past.append((chances, int(draw.binomial(60, 1 / (1 + np.exp(-told_odds))))))

    assert shift == pytest.approx(shift_of(past), abs=0.15)


def test_too_short_a_past_tells_no_shift_and_the_wildest_has_a_bound() -> None:
    assert SHIFT_UNKNOWN == shift_of([([0.5] * 10, 5)] * (FEWEST - 1))
    assert SHIFT_MOST == pytest.approx(shift_of([([0.5] * 30, 0), ([0.5] * 30, 30)] * FEWEST), abs=0.03)

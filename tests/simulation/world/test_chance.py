"""Chance that depends on what it is for and on nothing else, and comes out as it should."""

from itertools import pairwise
from math import exp, sqrt

from caseclock.simulation.world.chance import Chance, Chooser, mixed, named, number_of

#: six standard errors: by chance a right mean lies beyond them once in 500 million times
_ERRORS = 6


def test_a_stream_is_named_by_its_numbers() -> None:
    first, again, other = Chance(1, 2, 3), Chance(1, 2, 3), Chance(1, 3, 2)

    drawn = [first.share() for _ in range(5)]

    assert drawn == [again.share() for _ in range(5)]
    assert drawn != [other.share() for _ in range(5)]


def test_numbers_are_mixed_as_their_authors_published() -> None:
    """The first three numbers of SplitMix64 from 0, as the reference implementation gives them."""
    step = 0x9E3779B97F4A7C15
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]

    assert published == [mixed(number * step % 2**64) for number in (1, 2, 3)]


def test_the_beginning_of_a_stream_never_changes() -> None:
    """A run can be repeated years later: these numbers were worked out when it was first written."""
    assert (18272519356265416736, 17657248004504900079) == (named(1, 2, 3), number_of("thurrock"))


def test_shares_are_even() -> None:
    chance = Chance(42)
    drawn = [chance.share() for _ in range(20_000)]
    error = sqrt(1 / 12 / len(drawn))

    assert abs(sum(drawn) / len(drawn) - 0.5) < _ERRORS * error
    assert all(0 <= one < 1 for one in drawn)


def test_streams_next_to_each_other_are_not_alike() -> None:
    """The first number of each of many streams is as even as those of one."""
    drawn = [Chance(7, number).share() for number in range(20_000)]
    following = sum(a * b for a, b in pairwise(drawn)) / (len(drawn) - 1)

    assert abs(sum(drawn) / len(drawn) - 0.5) < _ERRORS * sqrt(1 / 12 / len(drawn))
    assert abs(following - 0.25) < _ERRORS * sqrt(7 / 144 / len(drawn))


def test_as_many_come_as_are_expected() -> None:
    for mean in (0.3, 4.0, 40.0, 900.0):
        counts = [Chance(9, number).poisson(mean) for number in range(4_000)]

        assert abs(sum(counts) / len(counts) - mean) < _ERRORS * sqrt(mean / len(counts))


def test_where_more_are_expected_never_fewer_come() -> None:
    for number in range(500):
        counts = [Chance(5, number).poisson(mean) for mean in (1.0, 1.5, 3.0, 9.0)]

        assert sorted(counts) == counts


def test_waits_and_spreads_have_the_mean_and_the_median_asked_for() -> None:
    chance = Chance(3)
    waits = [chance.exponential(6.0) for _ in range(20_000)]
    spreads = sorted(chance.spread(10.0, 0.5) for _ in range(20_001))

    assert abs(sum(waits) / len(waits) - 6.0) < _ERRORS * 6.0 / sqrt(len(waits))
    # the logarithm of the median of n lies within 1.2533 spreads over the root of n
    margin = _ERRORS * 1.2533 * 0.5 / sqrt(len(spreads))
    assert exp(-margin) < spreads[10_000] / 10.0 < exp(margin)


def test_what_has_no_weight_is_never_chosen() -> None:
    chooser = Chooser({"never": 0.0, "often": 3.0, "seldom": 1.0})
    chance = Chance(8)
    chosen = [chooser.at(chance.share()) for _ in range(8_000)]

    assert {"often", "seldom"} == set(chosen)
    assert abs(chosen.count("often") / len(chosen) - 0.75) < _ERRORS * sqrt(0.75 * 0.25 / len(chosen))

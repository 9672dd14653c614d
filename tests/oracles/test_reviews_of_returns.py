"""Every review of the sample returns, judged twice: by Caseclock, and from the CSV files alone."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import ssda903_reviews

from caseclock.exchange.importing import import_files
from caseclock.store.memory import InMemoryStore
from caseclock.timers.durations import MonthPolicy
from caseclock.timers.timer import Standing
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions

RETURNS = Path(str(files("caseclock") / "samples" / "ssda903"))
YEARS = tuple(RETURNS / year for year in ("2019", "2020", "2021"))
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
REVIEW_RULES = (
    "cla.review.first.20wd",
    "cla.review.second.3m",
    "cla.review.next.6m",
    "cla.shortbreak.review",
    "adoption.review.unplaced.3m",
    "adoption.review.placed.4w",
    "adoption.review.placed.3m",
    "adoption.review.placed.6m",
)

#: child and day of the review -> rule, last day in time, whether it was in time
Judged = dict[tuple[str, date], set[tuple[str, date, bool]]]


@cache
def imported() -> Engine:
    engine = Engine(InMemoryStore())
    import_files([RETURNS], engine=engine, authority="anywhere", imported_at=NOW)
    return engine


@cache
def by_caseclock(months: MonthPolicy) -> Judged:
    engine, judged = imported(), defaultdict(set)
    with engine.store.snapshot() as unit:
        for position in positions(engine, unit, asked(now=NOW), authority="anywhere", months=months):
            timer = position.timer
            if timer.timescale not in REVIEW_RULES or timer.stop_event is None:
                continue
            if ":ReviewHeld:" not in timer.stop_event or timer.stopped_on is None or timer.due_on is None:
                continue
            in_time = position.standing in (Standing.MET, Standing.RECORDED_LATE)
            judged[timer.case_id, timer.stopped_on].add((timer.timescale, timer.due_on, in_time))
    return dict(judged)


@cache
def from_the_files_alone(months: MonthPolicy) -> Judged:
    judged = defaultdict(set)
    for verdict in ssda903_reviews.verdicts(YEARS, known_by=NOW.date(), months=str(months)):
        if verdict.due_on is not None:
            told = (verdict.rule, verdict.due_on, verdict.in_time)
            judged[verdict.child, verdict.held_on].add(told)
    return dict(judged)


def test_the_oracle_uses_nothing_of_caseclock() -> None:
    source = Path(ssda903_reviews.__file__).read_text("utf-8")
    imports = [line for line in source.splitlines() if line.startswith(("import ", "from "))]

    assert [] == [line for line in imports if "caseclock" in line]


@pytest.mark.slow
@pytest.mark.parametrize("months", MonthPolicy)
def test_every_review_was_due_when_the_files_alone_say(months: MonthPolicy) -> None:
    expected, judged = from_the_files_alone(months), by_caseclock(months)

    assert 743 == len(expected)
    assert {} == {review: judged.get(review) for review in expected if judged.get(review) != expected[review]}
    assert set() == judged.keys() - expected.keys()


@pytest.mark.slow
def test_reviews_of_every_rule_are_among_them() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    for judged in from_the_files_alone(MonthPolicy.CALENDAR_MONTHS).values():
        counts.update((rule, in_time) for rule, _, in_time in judged)

    assert {
        "cla.review.first.20wd": (2, 33),
        "cla.review.second.3m": (5, 19),
        "cla.review.next.6m": (245, 197),
        "cla.shortbreak.review": (65, 46),
        "adoption.review.unplaced.3m": (57, 54),
        "adoption.review.placed.4w": (0, 11),
        "adoption.review.placed.3m": (2, 4),
        "adoption.review.placed.6m": (3, 2),
    } == {rule: (counts[rule, True], counts[rule, False]) for rule in REVIEW_RULES}


@pytest.mark.slow
def test_reviews_to_which_no_rule_gives_a_date_are_judged_by_neither() -> None:
    """The first review known of a period whose start is not, and the first after passing to rules without a start."""
    verdicts = ssda903_reviews.verdicts(YEARS, known_by=NOW.date(), months="calendar_months")
    undated = {(verdict.child, verdict.held_on) for verdict in verdicts if verdict.due_on is None}

    assert 267 == len(undated)
    assert set() == undated & set(by_caseclock(MonthPolicy.CALENDAR_MONTHS))


@pytest.mark.slow
def test_the_month_policies_disagree_on_three_reviews_in_a_thousand() -> None:
    """From 9 November 2019 six months end on 9 May 2020, and 183 days on 10 May: the day of a review."""
    calendar, days = (by_caseclock(months) for months in MonthPolicy)
    disagreed = {
        (child, held_on): (min(calendar[child, held_on]), min(days[child, held_on]))
        for child, held_on in calendar
        if {in_time for *_, in_time in calendar[child, held_on]}
        != {in_time for *_, in_time in days[child, held_on]}
    }

    assert {
        ("297403", date(2020, 5, 4)): (
            ("cla.shortbreak.review", date(2020, 5, 3), False),
            ("cla.shortbreak.review", date(2020, 5, 4), True),
        ),
        ("506970", date(2020, 5, 2)): (
            ("cla.shortbreak.review", date(2020, 5, 1), False),
            ("cla.shortbreak.review", date(2020, 5, 2), True),
        ),
        ("994285", date(2020, 5, 10)): (
            ("adoption.review.unplaced.3m", date(2020, 5, 9), False),
            ("adoption.review.unplaced.3m", date(2020, 5, 10), True),
        ),
    } == disagreed

"""Figures are counted beside: a large authority by a process of its own, kept, told with their time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk_told import MORNING, tell_cases
from structlog.testing import capture_logs

from caseclock.desk.engines import Desk
from caseclock.desk.reading import counting
from caseclock.desk.reading.counting import BeingCounted, Counting, NotCounted, count_ahead, counting_of
from caseclock.desk.reading.figures import Figures, counted
from caseclock.desk.reading.kept_figures import figures_from, told_of
from caseclock.desk.settings import DeskSettings
from caseclock.desk.static_files import StaticFiles
from caseclock.indicators.counting import Tally
from caseclock.store.sql import SqlStore, open_store
from caseclock.timers.event import Event
from caseclock.timers.when import When
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked

WHO = "thurrock"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(f"sqlite:///{tmp_path / 'told.db'}", synchronous="NORMAL") as store:
        tell_cases(Engine(store))
        yield store


def told(figures: Figures) -> tuple[Figures, list[tuple[str, Tally, int]]]:
    """Give figures as they can be held against others: what indicators count by is made anew each time."""
    lines = [(line.indicator.id, line.tally, line.months) for line in figures.lines]
    return replace(figures, seconds=0.0, lines=[]), lines


def wait_for(counting: Counting) -> Figures:
    """Ask until it is counted, as somebody does who opens the page again."""
    for _ in range(100):
        try:
            found = counting.figures(WHO, asked(now=MORNING), MORNING)
        except BeingCounted:
            continue
        return found
    raise AssertionError("The figures were never counted.")


def test_a_process_of_its_own_counts_what_this_one_would_and_another_desk_shows_it_at_once(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "APART", 0)
    expected = counted(store, WHO, asked(now=MORNING), MORNING, None)
    found = wait_for(Counting(store))
    monkeypatch.setattr(counting, "_counted_apart", None)  # nothing is counted again
    kept = Counting(store).figures(WHO, asked(now=MORNING), MORNING, population=41_000)

    assert told(expected) == told(found)
    assert not kept.is_behind
    assert [line.tally for line in expected.lines] == [line.tally for line in kept.lines]
    assert {41_000} == {line.population for line in kept.lines}


def test_what_takes_long_is_shown_as_it_was_and_says_so_until_it_has_rested(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = replace(counted(store, WHO, asked(now=MORNING), MORNING, None), seconds=60.0)
    monkeypatch.setattr(Counting, "_counted", lambda *_: slow)
    figures = Counting(store)
    first = figures.figures(WHO, asked(now=MORNING), MORNING)
    more = Event(
        "more/1", "ReferralReceived", WHO, "C-MORE", "R-1", When.instant(MORNING), When.instant(MORNING), "sw"
    )
    Engine(store).record(more, at=MORNING)
    later, rested = MORNING + timedelta(minutes=19), MORNING + timedelta(minutes=21)
    behind = figures.figures(WHO, asked(now=later), later)
    monkeypatch.setattr(Counting, "_counted", lambda *_: replace(slow, made_at=rested))
    anew = figures.figures(WHO, asked(now=rested), rested)

    assert [False, True, False] == [one.is_behind for one in (first, behind, anew)]
    assert [MORNING, MORNING, rested] == [one.made_at for one in (first, behind, anew)]


def test_figures_that_are_read_back_are_those_that_were_kept(store: SqlStore) -> None:
    found = counted(store, WHO, asked(now=MORNING), MORNING, None)
    with store.snapshot() as unit:
        rules = Engine(store).setting(unit, WHO).rulebook
    told_as_json = told_of(found)

    back = figures_from(told_as_json, rules)
    del told_as_json["tallies"]["referrals.rate"]

    assert back is not None
    assert told(found) == told(back)
    assert figures_from(told_as_json, rules) is None  # this version counts more than was counted then


def test_a_process_that_can_not_count_says_so(store: SqlStore, tmp_path: Path) -> None:
    for file in tmp_path.glob("told.db*"):
        file.unlink()

    with pytest.raises(NotCounted, match=r"^Counting failed: NoDatabase\.$") as found:
        counting._counted_apart(store, counting.Wanted(WHO), asked(now=MORNING), MORNING, print)
    assert "NoDatabase" == found.value.fault


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    settings = DeskSettings(db=str(store.engine.url), now=lambda: MORNING)
    return Desk(settings, store, StaticFiles())


def test_a_desk_that_starts_and_can_not_count_logs_it_and_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Figures:
        raise NotCounted("Counting ended without an answer, with exit status -9.", "exit:-9")

    monkeypatch.setattr(counting, "APART", 0)
    monkeypatch.setattr(Counting, "_counted", fail)
    with capture_logs() as lines:
        count_ahead(desk)
        with pytest.raises(NotCounted, match=r"^The figures could not be counted\.$"):
            counting_of(desk).figures(WHO, asked(now=MORNING), MORNING)

    # for each of the two authorities as the desk started, and for whoever asked again
    assert [{"event": "desk.counting_failed", "fault": "exit:-9", "log_level": "error"}] * 3 == lines


def test_a_desk_that_starts_without_its_database_logs_it(desk: Desk, tmp_path: Path) -> None:
    desk.store.close()
    for file in tmp_path.glob("told.db*"):
        file.unlink()
    with capture_logs() as lines:
        count_ahead(desk)

    assert [("desk.counting_failed", "OperationalError")] == [(one["event"], one["fault"]) for one in lines]

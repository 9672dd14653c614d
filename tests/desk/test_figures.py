"""The board's figures: the same scorecard as everywhere, months that add up, ratings with a reason."""

from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from desk_told import MORNING, tell_cases

from caseclock.desk.reading.figures import Figures, Share, counted, last_months, months_of
from caseclock.desk.reading.rating import Rag, rating
from caseclock.indicators.catalogue import INDICATORS
from caseclock.indicators.counting import Tally
from caseclock.indicators.scorecard import Line, scorecard
from caseclock.store.sql import open_store
from caseclock.timers.timer import BREACHED_STANDINGS
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Figures, list[Line], int]:
    """The figures, the scorecard of the command line, and how many breaches of practice stand."""
    file: Path = tmp_path_factory.mktemp("figures") / "told.db"
    question = asked(now=MORNING)
    with open_store(f"sqlite:///{file}") as store:
        engine = Engine(store)
        tell_cases(engine)
        figures = counted(store, "thurrock", question, MORNING, 41_000)
        with store.snapshot() as unit:
            lines = scorecard(engine, unit, question, authority="thurrock", population=41_000)
            standing = sum(
                one.standing in BREACHED_STANDINGS and not one.timer.is_of_recording
                for one in positions(engine, unit, question, authority="thurrock")
            )
    return figures, lines, standing


def test_the_board_has_the_scorecard_that_the_command_line_has(told: tuple[Figures, list[Line], int]) -> None:
    figures, lines, _ = told

    assert {one.indicator.id: one.tally for one in lines} == {
        one.indicator.id: one.tally for one in figures.lines
    }


def test_every_breach_of_the_last_twelve_months_fell_in_one_of_them(
    told: tuple[Figures, list[Line], int],
) -> None:
    figures, _, standing = told

    assert standing == sum(figures.fell.values()) == sum(figures.team_breaches.values())


def test_teams_and_timescales_add_up_to_the_months(told: tuple[Figures, list[Line], int]) -> None:
    figures, _, _ = told
    year = last_months(figures.practice, 12)
    teams = sum(one.denominator for one in figures.by_team.values())

    assert 0 < year.denominator == teams == sum(one.denominator for one in figures.by_timescale.values())


def test_twelve_months_end_with_the_month_of_the_day() -> None:
    assert [date(2025, 3, 1), date(2026, 2, 1)] == [months_of(date(2026, 2, 28))[n] for n in (0, -1)]


def test_a_share_of_nothing_is_no_share() -> None:
    assert Share().percent is None
    assert 75.0 == Share(3, 4).percent


def line(indicator: str, numerator: int, denominator: int, **comparators: float) -> Line:
    known = next(one for one in INDICATORS if one.id == indicator)
    named = {name.replace("_", " "): value for name, value in comparators.items()}
    return Line(known, Tally(numerator, denominator), None, MappingProxyType(named))


@pytest.mark.parametrize(
    ("found", "rag"),
    [
        (line("assessments.in_time", 90, 100, England=82.9), Rag.GREEN),
        (line("assessments.in_time", 80, 100, England=82.9), Rag.AMBER),
        (line("assessments.in_time", 70, 100, England=82.9), Rag.RED),
        (
            line("assessments.in_time", 80, 100, England=70.0, Target_share=90.0),
            Rag.RED,
        ),  # the target comes first
        (line("referrals.again", 25, 100, England=21.9), Rag.AMBER),  # less is better
        (line("referrals.again", 20, 100, England=21.9), Rag.GREEN),
        (line("assessments.in_time", 3, 4, England=82.9), Rag.NONE),  # too small to say
        (line("assessments.in_time", 0, 0, England=82.9), Rag.NONE),
        (line("assessments.in_time", 90, 100), Rag.NONE),
        (line("referrals.rate", 90, 0, England=548.2), Rag.NONE),  # neither better nor worse
    ],
)
def test_a_rating_says_why(found: Line, rag: Rag) -> None:
    rated = rating(found)

    assert rag is rated.rag
    assert rated.why.endswith(".")


def test_the_time_of_counting_is_told(told: tuple[Figures, list[Line], int]) -> None:
    made_at: datetime = told[0].made_at

    assert MORNING == made_at

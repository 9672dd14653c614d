"""Born on 10 June 2021: from when on the health assessments come once a year."""

import pytest
from care import done, into_care, placed
from story import Told, begin
from walks import tell

UNDER_FIVE = "cla.rha.u5.6m"
FROM_FIVE = "cla.rha.5plus.12m"


def assessed(on: str, *, born: str = "2021-06-10") -> Told:
    return tell(
        begin(),
        (
            into_care("2025-11-03", born=born),
            placed("2025-11-03"),
            done("HealthAssessmentCompleted", on, kind="initial"),
        ),
    )


@pytest.mark.parametrize(
    ("on", "timescale", "due"),
    [
        ("2026-01-08", FROM_FIVE, "2027-01-08"),  # six months on she is five
        ("2025-11-20", UNDER_FIVE, "2026-05-20"),  # three weeks before her birthday
        ("2025-12-09", UNDER_FIVE, "2026-06-09"),  # the day before it
        ("2025-12-10", FROM_FIVE, "2026-12-10"),  # on it
    ],
)
def test_the_age_at_six_months_chooses_the_interval(on: str, timescale: str, due: str) -> None:
    case = assessed(on)

    assert due == case.due(timescale)
    assert {timescale} == {
        one.timer.timescale for one in case.positions() if one.timer.timescale in (UNDER_FIVE, FROM_FIVE)
    }


def test_a_child_whose_birth_is_not_told_is_asked_for_once_a_year() -> None:
    assert "2027-01-08" == assessed("2026-01-08", born="").due(FROM_FIVE)

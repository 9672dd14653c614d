"""A return is a snapshot: it says how far it tells of what it leaves open, and behind that day nothing is a breach."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.annex_a import read_annex_a
from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.possible import Horizon
from caseclock.exchange.records import NotUsed, Refused, Told
from caseclock.exchange.reports import ImportReport
from caseclock.exchange.told_until import day_before_latest
from caseclock.timers.timer import Standing

Record = Told | Refused | NotUsed
BringIn = Callable[..., ImportReport]
Standings = Callable[[str, str], dict[tuple[str, date], Standing]]

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CONTACTS = ["Child Unique ID", "Date of Contact"]
EARLY_HELP = ["Child Unique ID", "Assessment start date", "Assessment completion date"]
REFERRALS = ["Child Unique ID", "Date of Referral"]
ASSESSMENTS = [
    "Child Unique ID",
    "Continuous Assessment Start Date",
    "Continuous Assessment Date of Authorisation",
]
OPEN = ("assessment.stat.duration", date(2026, 8, 10))


def untils(path: Path, read: Callable[..., Iterator[Record]] = read_annex_a) -> dict[str, str]:
    """Say for each episode how far the file tells of it."""
    return {
        event.episode_id: event.data["until"]
        for record in read(path, authority="thurrock", imported_at=AT)
        if isinstance(record, Told)
        for event in record.events
        if event.type == "SourceTold"
    }


def test_what_a_census_leaves_open_is_told_to_its_reference_date(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    path = census(
        child(details("2024-05-01", assessment("2024-05-02", "2024-06-14"), closure="2024-07-01")),
        child(details("2025-01-06", assessment("2025-01-07")), case_id="C-2"),
    )

    assert {"R-2025-01-06": "2025-03-31", "A-2025-01-07": "2025-03-31"} == untils(path, read_cin_census)


@pytest.mark.parametrize("closure", ["2024-04-30", "2025-04-01", "soon"])
def test_a_referral_whose_closure_can_not_be_right_is_left_open(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str], closure: str
) -> None:
    path = census(child(details("2024-05-01", closure=closure)))

    assert {"R-2024-05-01": "2025-03-31"} == untils(path, read_cin_census)


def test_a_census_without_a_reference_date_tells_to_the_day_before_its_latest(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    """An authorisation of 2042 is a slip, and no sign of when the return was made."""
    path = census(
        child(details("2025-01-06", assessment("2025-01-07", "2042-02-03"))),
        child(details("2025-03-14"), case_id="C-2"),
        reference=None,
    )

    assert {"R-2025-01-06": "2025-03-13", "R-2025-03-14": "2025-03-13"} == untils(path, read_cin_census)


def test_a_workbook_tells_to_the_day_before_its_latest_date(workbook: Callable[..., Path]) -> None:
    path = workbook(
        {
            "List 1": [CONTACTS, [1, "16/09/2026"]],
            "List 2": [EARLY_HELP, [2, "17/09/2026", None], [3, "17/09/2026", "23/10/2026"]],
            "List 3": [REFERRALS, [4, "18/09/2026"]],
            "List 4": [ASSESSMENTS, [5, "10/08/2026", None], [6, "10/08/2026", "02/10/2026"]],
        }
    )

    assert {
        "C-2026-09-16": "2026-10-22",
        "EH-2026-09-17": "2026-10-22",
        "R-2026-09-18": "2026-10-22",
        "A-2026-08-10": "2026-10-22",
    } == untils(path)


@pytest.mark.parametrize(
    ("latest", "until"),
    [
        (datetime(2026, 11, 2), "2026-11-01"),  # noqa: DTZ001 - a cell of a workbook has no zone
        ("02/11/2026", "2026-11-01"),
        (46328, "2026-11-01"),  # the number of 2 November 2026
        ("20/11/2026", "2026-11-19"),
        ("21/11/2026", "2026-10-31"),  # not happened yet: a slip
        ("soon", "2026-10-31"),
    ],
)
def test_the_latest_date_is_found_in_whatever_form_it_is_written(
    workbook: Callable[..., Path], latest: object, until: str
) -> None:
    path = workbook({"List 1": [CONTACTS, [1, "01/11/2026"], [2, latest]]})

    assert until == untils(path)["C-2026-11-01"]


def test_a_date_on_a_sheet_that_is_not_read_is_a_sign_too(workbook: Callable[..., Path]) -> None:
    seen = datetime(2026, 11, 9)  # noqa: DTZ001
    path = workbook({"List 1": [CONTACTS, [1, "01/11/2026"]], "List 6": [["Last Seen"], [seen]]})

    assert {"C-2026-11-01": "2026-11-08"} == untils(path)


def test_a_file_without_any_day_tells_to_the_day_before_the_last_possible() -> None:
    assert date(2026, 11, 19) == day_before_latest([], Horizon(date(2026, 11, 20), "the day of the import"))


def test_an_open_assessment_is_overdue_as_far_as_the_workbook_tells(
    workbook: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    """Forty-five working days from Monday 10 August 2026, without the holiday of 31 August, end on 13 October."""
    bring_in(
        workbook({"List 1": [CONTACTS, [1, "16/10/2026"]], "List 4": [ASSESSMENTS, [5, "10/08/2026", None]]})
    )

    assert Standing.DUE_SOON == standings("5", "2026-10-13")[OPEN]
    assert Standing.OVERDUE == standings("5", "2026-10-14")[OPEN]


def test_an_open_assessment_is_unknown_behind_what_the_workbook_tells(
    workbook: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    bring_in(
        workbook({"List 1": [CONTACTS, [1, "13/10/2026"]], "List 4": [ASSESSMENTS, [5, "10/08/2026", None]]})
    )

    assert Standing.UNKNOWN == standings("5", "2026-10-14")[OPEN] == standings("5", "2027-10-14")[OPEN]


def test_the_next_workbook_tells_further(
    workbook: Callable[..., Path], bring_in: BringIn, standings: Standings
) -> None:
    first, second = (
        workbook({"List 1": [CONTACTS, [1, latest]], "List 4": [ASSESSMENTS, [5, "10/08/2026", None]]}, name)
        for name, latest in {"october.xlsx": "13/10/2026", "november.xlsx": "13/11/2026"}.items()
    )
    bring_in(first)
    report = bring_in(second)

    assert (2, 3) == (report.totals()["accepted"], report.totals()["events"])
    assert Standing.OVERDUE == standings("5", "2026-10-14")[OPEN]


def test_a_year_after_a_census_nothing_untold_is_overdue(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
    bring_in: BringIn,
    standings: Standings,
) -> None:
    """Everything a child can have open on the reference date, begun in the fortnight before it."""
    blocks = [
        assessment("2025-03-18"),
        "<Section47><S47ActualStartDate>2025-03-19</S47ActualStartDate><ICPCnotRequired>0</ICPCnotRequired></Section47>",
        "<ChildProtectionPlans><CPPstartDate>2025-03-20</CPPstartDate></ChildProtectionPlans>",
        "<CINPlanDates><CINPlanStartDate>2025-03-19</CINPlanStartDate></CINPlanDates>",
    ]
    before_court = "<PPStartDate>2025-03-21</PPStartDate><LBPSentDate>2025-03-24</LBPSentDate>"
    blocks.append(f"<PreProceedingsandFGDM>{before_court}</PreProceedingsandFGDM>")
    bring_in(census(child(details("2025-03-17", *blocks))))
    found = standings("C-1042", "2026-03-31")

    assert {"cp.icpc.stat", "cp.review.first.3m", "plo.max.16w", "assessment.stat.duration"} <= {
        name for name, _ in found
    }
    assert Standing.OVERDUE not in found.values()

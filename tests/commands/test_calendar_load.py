"""`caseclock calendar load`: a newer list of bank holidays, days it adds, and lists that can't be taken over."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from calling import Call
from story import Told

from caseclock.store.protocol import CalendarChange
from caseclock.store.sql import open_store
from caseclock.timers.bank_holiday_rules import ordinary_bank_holidays
from caseclock.timers.calendar import england_and_wales

SAID = ("--by", "clerk", "--because", "proclaimed on 2 March 2026")
NOW = ("--now", "2026-03-10T09:00:00Z")
MOURNING = "2026-03-17"


def newer(
    tmp_path: Path, *, added: tuple[str, ...] = (), without: tuple[str, ...] = (), to: int = 2028
) -> Path:
    """GOV.UK's list as it would be with days added, or gone, or with years to come."""
    days = {str(day): title for day, title in england_and_wales().days.items() if day.year >= 2020}
    for year in range(2029, to + 1):
        days |= {str(day): title for day, title in ordinary_bank_holidays(year).items()}
    days |= dict.fromkeys(added, "A day of mourning")
    rows = [
        {"title": title, "date": day, "notes": "", "bunting": False}
        for day, title in sorted(days.items())
        if day not in without
    ]
    path = tmp_path / "bank-holidays.json"
    content = {"england-and-wales": {"division": "england-and-wales", "events": rows}}
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.fixture
def running(told: Told) -> Told:
    """An assessment under way, due on 7 May 2026 both by guidance and by statistic."""
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    return told


@pytest.mark.usefixtures("running")
def test_a_day_the_list_has_and_nobody_knew_moves_running_timers(call: Call, db: str, tmp_path: Path) -> None:
    done = call("calendar", "load", newer(tmp_path, added=(MOURNING,)), "--db", db, *SAID, *NOW)

    assert (
        "17 March 2026 is not worked: A day of mourning. 2 running timers moved, in 1 case.\n"
        "Added 1 day; the last in it is 26 December 2028.\n"
    ) == done.out
    assert 0 == done.status


@pytest.mark.usefixtures("running")
def test_it_is_known_from_the_loading_on_and_not_before(call: Call, db: str, tmp_path: Path) -> None:
    call("calendar", "load", newer(tmp_path, added=(MOURNING,)), "--db", db, *SAID, *NOW)

    def due(known: str) -> set[str]:
        rows = call(
            "timers",
            "--db",
            db,
            "--as-at",
            "2026-04-01",
            "--known-at",
            known,
            "--case",
            "C-1042",
            "--format",
            "json",
        ).json()
        return {row["due_on"] for row in rows if row["process"] == "assessment"}

    assert {"2026-05-07"} == due("2026-03-09")
    assert {"2026-05-08"} == due("2026-03-10")


def test_each_case_it_moves_says_why(call: Call, db: str, running: Told, tmp_path: Path) -> None:
    call("calendar", "load", newer(tmp_path, added=(MOURNING,)), "--db", db, *SAID, *NOW)

    history = call("case", running.case_id, "--db", db, "--format", "json").json()["history"]
    (moved,) = [entry for entry in history if entry["type"] == "TimersMoved"]

    assert ("clerk", "A day of mourning on 2026-03-17 is not worked: proclaimed on 2 March 2026") == (
        moved["by"],
        moved["because"],
    )


@pytest.mark.usefixtures("running")
def test_the_same_list_again_changes_nothing(call: Call, db: str, tmp_path: Path) -> None:
    words = ("calendar", "load", newer(tmp_path, added=(MOURNING, "2026-06-19")), "--db", db, *SAID, *NOW)
    first, again = call(*words, "--format", "json").json(), call(*words)

    assert [(MOURNING, 2, 1), ("2026-06-19", 0, 0)] == [
        (row["day"], row["timers"], row["cases"]) for row in first["added"]
    ]
    assert (0, "Every day of it was known; the last in it is 26 December 2028.\n") == (
        again.status,
        again.out,
    )


@pytest.mark.usefixtures("running")
def test_a_day_added_by_hand_is_known_and_need_not_be_in_the_list(
    call: Call, db: str, tmp_path: Path
) -> None:
    day = ("calendar", "add", MOURNING, "--title", "A day of mourning")
    call(*day, "--db", db, *SAID, *NOW)

    with_it = call("calendar", "load", newer(tmp_path, added=(MOURNING,)), "--db", db, *SAID, *NOW)
    without = call("calendar", "load", newer(tmp_path), "--db", db, *SAID, *NOW)

    assert with_it.out == without.out == "Every day of it was known; the last in it is 26 December 2028.\n"


@pytest.mark.usefixtures("running")
def test_years_to_come_as_they_were_projected_add_nothing(call: Call, db: str, tmp_path: Path) -> None:
    done = call("calendar", "load", newer(tmp_path, to=2030), "--db", db, *SAID, *NOW, "--format", "json")

    assert ("2030-12-26", []) == (done.json()["until"], done.json()["added"])


@pytest.mark.usefixtures("running")
def test_a_bank_holiday_that_the_list_has_on_another_day_is_moved(
    call: Call, db: str, tmp_path: Path
) -> None:
    """Early May from Monday 4 May 2026 to Friday 8 May: the timers due on Thursday 7 May are due on the 6th."""
    file = newer(tmp_path, added=("2026-05-08",), without=("2026-05-04",))

    done = call("calendar", "load", file, "--db", db, *SAID, *NOW)
    again = call("calendar", "load", file, "--db", db, *SAID, *NOW)

    def due(known: str) -> set[str]:
        words = ("--as-at", "2026-04-01", "--known-at", known, "--case", "C-1042", "--format", "json")
        rows = call("timers", "--db", db, *words).json()
        return {row["due_on"] for row in rows if row["process"] == "assessment"}

    assert (
        "8 May 2026 is not worked, and 4 May 2026 is: A day of mourning. 2 running timers moved, in 1 case.\n"
        "Added 1 day; the last in it is 26 December 2028.\n"
    ) == done.out
    assert "Every day of it was known; the last in it is 26 December 2028.\n" == again.out
    assert ({"2026-05-07"}, {"2026-05-06"}) == (due("2026-03-09"), due("2026-03-10"))
    assert 0 == call("verify", "--db", db, "--as-at", "2026-03-02").status


@pytest.mark.parametrize(
    ("without", "added", "said"),
    [
        (
            "2027-12-27",  # Christmas Day of 2027 is a Saturday
            ("2027-12-29",),
            "which is a bank holiday in any year, is missing",
        ),
        ("2026-05-04", ("2027-05-04",), "2026 has 7 days where 8 is the least"),
        ("2026-05-04", ("2026-05-08", "2026-06-19"), "no new day in 2026 that surely takes its place"),
    ],
    ids=["a hole", "a day that is gone", "a day that may have moved to either of two"],
)
def test_a_list_that_lacks_a_day_is_refused_and_adds_nothing(
    call: Call, db: str, tmp_path: Path, without: str, added: tuple[str, ...], said: str
) -> None:
    with open_store(db) as store:
        pass
    file = newer(tmp_path, added=added, without=(without,))

    done = call("calendar", "load", file, "--db", db, *SAID, *NOW)

    assert (1, "", True) == (done.status, done.out, said in done.err), done.err
    with open_store(db) as store, store.snapshot() as unit:
        assert [] == unit.calendar_changes()


def test_a_list_of_another_division_is_refused(call: Call, db: str, tmp_path: Path) -> None:
    with open_store(db):
        pass
    file = tmp_path / "scotland.json"
    file.write_text(json.dumps({"scotland": {"division": "scotland", "events": []}}), "utf-8")

    done = call("calendar", "load", file, "--db", db, *SAID)

    assert (1, "", True) == (done.status, done.out, "no division england-and-wales" in done.err)


def test_a_file_that_is_not_there_is_a_wrong_call(call: Call, db: str) -> None:
    done = call("calendar", "load", "none.json", "--db", db, *SAID)

    assert (2, "", "There is no file none.json. Check the name and the folder.\n") == (
        done.status,
        done.out,
        done.err,
    )


def test_a_load_that_was_broken_off_is_finished_by_the_next(
    call: Call, db: str, running: Told, tmp_path: Path
) -> None:
    """The day is in the calendar, and the process ended before the timers moved."""
    known_at = datetime(2026, 3, 10, 9, tzinfo=UTC)
    with running.engine.store.transaction() as unit:
        unit.add_calendar_change(
            CalendarChange(date(2026, 3, 17), "A day of mourning", known_at, "clerk", "proclaimed")
        )

    before = call("verify", "--db", db, "--as-at", "2026-03-10").status
    call("calendar", "load", newer(tmp_path, added=(MOURNING,)), "--db", db, *SAID, *NOW)

    assert (1, 0) == (before, call("verify", "--db", db, "--as-at", "2026-03-10").status)

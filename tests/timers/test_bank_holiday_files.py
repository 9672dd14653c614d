"""Lists of bank holidays: GOV.UK's own file and parts of it are read, one with a fault is refused with the reason."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays as GovUkList  # type: ignore[import-untyped]

from caseclock.timers.bank_holiday_rules import ordinary_bank_holidays
from caseclock.timers.calendar import AddedDay, BankHolidaysRefused, england_and_wales, load_bank_holidays

GOV_UK: dict[str, Any] = GovUkList.load_backup_data()
SHIPPED = england_and_wales()


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[object], Path]:
    def save(content: object) -> Path:
        path = tmp_path / "bank-holidays.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return save


def events(*years: int, without: date | None = None, added: tuple[date, ...] = ()) -> list[dict[str, str]]:
    days = {
        day: title for year in years for day, title in ordinary_bank_holidays(year).items() if day != without
    }
    days |= dict.fromkeys(added, "A day of thanks")
    return [{"date": str(day), "title": days[day], "notes": ""} for day in sorted(days)]


def division(rows: list[dict[str, str]], name: str = "england-and-wales") -> dict[str, object]:
    return {"division": name, "events": rows}


def test_gov_uks_own_file_is_what_is_shipped(saved: Callable[[object], Path]) -> None:
    assert dict(SHIPPED.days) == dict(load_bank_holidays(saved(GOV_UK)).days)


def test_gov_uks_file_of_the_one_division_is_read_too(saved: Callable[[object], Path]) -> None:
    assert dict(SHIPPED.days) == dict(load_bank_holidays(saved(GOV_UK["england-and-wales"])).days)


def test_the_form_shipped_here_is_read_too(saved: Callable[[object], Path]) -> None:
    days = {str(day): title for day, title in SHIPPED.days.items()}
    loaded = load_bank_holidays(saved({"division": "england-and-wales", "days": days}))

    assert dict(SHIPPED.days) == dict(loaded.days)


def test_a_newer_list_carries_the_official_years_on_and_keeps_the_old_ones(
    saved: Callable[[object], Path],
) -> None:
    newer = load_bank_holidays(saved({"england-and-wales": division(events(2027, 2028, 2029, 2030))}))
    calendar = newer.as_known(None)

    assert (date(2012, 1, 1), date(2030, 12, 31)) == (newer.official_from, newer.official_until)
    assert calendar.why_not_working(date(2030, 12, 25)) == "bank holiday: Christmas Day"
    assert not calendar.is_working_day(date(2022, 9, 19))
    assert calendar.version != SHIPPED.as_known(None).version


def test_a_day_recorded_when_it_was_announced_is_not_known_earlier_once_a_newer_list_has_it(
    saved: Callable[[object], Path],
) -> None:
    thanks = AddedDay(date(2027, 6, 11), "A day of thanks", known_on=date(2027, 5, 20))
    newer = load_bank_holidays(
        saved({"england-and-wales": division(events(2027, 2028, added=(thanks.day,)))})
    )

    assert not newer.as_known(date(2027, 5, 19)).is_working_day(thanks.day)
    assert newer.as_known(date(2027, 5, 19), [thanks]).is_working_day(thanks.day)
    assert not newer.as_known(date(2027, 5, 20), [thanks]).is_working_day(thanks.day)


def swapped(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [rows[1], rows[0], *rows[2:]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "it is not readable JSON"),
        ([], "it has no division england-and-wales"),
        (division(events(2027), "scotland"), r"it has no division england-and-wales \(found: scotland\)"),
        ({"scotland": division(events(2027), "scotland")}, r"\(found: scotland\)"),
        ({"division": "england-and-wales"}, "it has neither 'events'"),
        (division([]), "it holds no day"),
        (division(swapped(events(2027))), "2027-01-01 comes after 2027-03-26; days must be in order"),
        (division([*events(2027), events(2027)[-1]]), "2027-12-28 stands twice"),
        (division([{"date": "25/12/2027", "title": "Christmas Day"}]), "'25/12/2027' is not a date"),
        (division([{"title": "Christmas Day"}]), "'None' is not a date"),
        (division([{"date": "2027-12-25", "title": " "}]), "2027-12-25 has no title"),
        (division([{"date": "2127-12-25", "title": "Christmas Day"}]), "outside the years 1990 to 2120"),
        (division(events(2027, 2029)), "2028 has 0 days where 8 is the least"),
        (division(events(2027, without=date(2027, 8, 30))), "2027 has 7 days where 8 is the least"),
        (
            division(events(2027, without=date(2027, 3, 26), added=(date(2027, 6, 11),))),
            "2027-03-26, which is a bank holiday in any year, is missing",
        ),
        (division(events(2030)), "years are missing between its 2030 to 2030 and the list shipped here"),
        (division(events(2009, 2010)), "years are missing between its 2009 to 2010"),
        (
            '{"division": "england-and-wales", "days": {"2027-01-01": "A", "2027-01-01": "B"}}',
            "2027-01-01 stands twice",
        ),
    ],
)
def test_a_list_with_a_fault_is_refused(content: object, why: str, saved: Callable[[object], Path]) -> None:
    with pytest.raises(BankHolidaysRefused, match=f"Can't use bank-holidays.json .*({why})"):
        load_bank_holidays(saved(content))


def test_a_refused_list_says_what_to_do(saved: Callable[[object], Path]) -> None:
    with pytest.raises(BankHolidaysRefused, match=r"Save https://www\.gov\.uk/bank-holidays\.json again"):
        load_bank_holidays(saved("{"))

"""Reading lists of bank holidays: the copy shipped here, or a newer one saved from GOV.UK."""

import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from caseclock.timers.bank_holiday_rules import FIRST_YEAR, LAST_YEAR, immovable_bank_holidays

DIVISION = "england-and-wales"
_FEWEST_A_YEAR = 8


class AddedDay(NamedTuple):
    """A bank holiday announced once, out of the ordinary run: added, or moved from another day."""

    day: date
    title: str
    #: the first London date on which it was known
    known_on: date
    #: the ordinary bank holiday it takes the place of; None for an additional day
    replaces: date | None = None


class BankHolidaysRefused(ValueError):
    """A list of bank holidays can't be trusted, so no date is counted with it."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(
            f"Can't use {path.name} as the bank holidays of England and Wales: {why}. "
            "Save https://www.gov.uk/bank-holidays.json again, unchanged, and use that file."
        )


def read_days(path: Path) -> dict[date, str]:
    """Read days and titles from GOV.UK's file, from one division of it, or from the form shipped here.

    Raises BankHolidaysRefused for another division, a bad, double or unordered date, or a year with a hole;
    OSError where the file can't be opened.
    """
    days: dict[date, str] = {}
    for text, title in _rows(path):
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            raise BankHolidaysRefused(path, f"{text!r} is not a date such as 2026-12-25") from None
        if days and day <= (last := next(reversed(days))):
            fault = "stands twice" if day in days else f"comes after {last}"
            raise BankHolidaysRefused(path, f"{day} {fault}; days must be in order, each once")
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BankHolidaysRefused(path, f"{day} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
        days[day] = title
    if not days:
        raise BankHolidaysRefused(path, "it holds no day")
    _refuse_holes(path, days)
    return days


def read_announcements(path: Path) -> list[AddedDay]:
    """Read the days added or moved once; without a date of announcement, always known."""
    return [
        AddedDay(
            day=date.fromisoformat(row["day"]),
            title=row["title"],
            known_on=date.fromisoformat(row["announced_on"]) if row["announced_on"] else date.min,
            replaces=date.fromisoformat(row["instead_of"]) if row["instead_of"] else None,
        )
        for row in json.loads(path.read_text("utf-8"))["days"]
    ]


def _rows(path: Path) -> list[tuple[str, str]]:
    """Find the rows of date and title, whichever of the three forms the file has."""
    try:
        # pairs, so that a date written twice is seen and not silently merged
        content = json.loads(path.read_text("utf-8"), object_pairs_hook=_Pairs)
    except ValueError as error:
        raise BankHolidaysRefused(path, f"it is not readable JSON ({error})") from error
    top = content.as_dict() if isinstance(content, _Pairs) else {}
    if DIVISION in top and isinstance(top[DIVISION], _Pairs):
        top = top[DIVISION].as_dict()
    if top.get("division") != DIVISION:
        found = top.get("division") or ", ".join(top) or "nothing"
        raise BankHolidaysRefused(path, f"it has no division {DIVISION} (found: {found})")
    days, events = top.get("days"), top.get("events")
    if isinstance(days, _Pairs):
        return [(day, _title(path, day, title)) for day, title in days.pairs]
    if isinstance(events, list) and all(isinstance(event, _Pairs) for event in events):
        return [_event_row(path, event.as_dict()) for event in events]
    raise BankHolidaysRefused(path, "it has neither 'events' (as GOV.UK writes) nor 'days'")


def _event_row(path: Path, event: dict[str, Any]) -> tuple[str, str]:
    day = event.get("date")
    title = _title(path, day, event.get("title"))
    if event.get("notes") == "Substitute day":
        title += " (substitute day)"
    return str(day), title


def _title(path: Path, day: object, title: object) -> str:
    if not isinstance(title, str) or not title.strip():
        raise BankHolidaysRefused(path, f"{day} has no title")
    return title


def _refuse_holes(path: Path, days: dict[date, str]) -> None:
    for year in range(min(days).year, max(days).year + 1):
        held = [day for day in days if day.year == year and day.weekday() < 5]
        if len(held) < _FEWEST_A_YEAR:
            raise BankHolidaysRefused(
                path, f"{year} has {len(held)} days where {_FEWEST_A_YEAR} is the least"
            )
        if missing := sorted(immovable_bank_holidays(year).difference(held)):
            raise BankHolidaysRefused(path, f"{missing[0]}, which is a bank holiday in any year, is missing")


class _Pairs:
    """A JSON object as it stands in the file: in order, with doubles."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs

    def as_dict(self) -> dict[str, Any]:
        return dict(self.pairs)

"""What can't have happened, whichever return says so: each check raises Unfit with a sentence."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from caseclock.exchange.records import Unfit

#: a referral is not earlier than birth, or expected birth, minus this (child in need census, rule 8606)
DAYS_BEFORE_BIRTH = 280
#: dates before this are slips of the keyboard
EARLIEST = date(1900, 1, 1)

_SATURDAY = 5
_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?")  # XML Schema lets a date carry a zone


def iso_date(column: str, text: str | None) -> date:
    """Read a date written year-month-day; raises Unfit where it is missing, or is no date."""
    if not text:
        raise Unfit(column, None, f"{column} is missing. Give the date and send the file again.")
    found = _ISO_DATE.fullmatch(text)
    try:
        if found:
            return date.fromisoformat(found[1])
    except ValueError:
        pass  # 30 February has the form of a date: refused below like any other that is none
    raise Unfit(
        column, text, f"{column} is {text!r}, which is not a date written year-month-day. Correct it."
    )


@dataclass(frozen=True, slots=True)
class Horizon:
    """The last day a source can tell of, and what that day is."""

    on: date
    named: str


def not_after(column: str, on: date, horizon: Horizon) -> None:
    """Refuse a date the source could not have known yet, or one that can only be a slip."""
    if on > horizon.on:
        reason = f"{column} is {on}, after {horizon.named}, {horizon.on}: it had not happened yet. Correct the date."
        raise Unfit(column, on, reason)
    if on < EARLIEST:
        raise Unfit(column, on, f"{column} is {on}, before {EARLIEST.year}. Correct the date.")


def not_before(column: str, on: date, other: str, other_on: date, rule: str = "") -> None:
    """Refuse a date before another it can't precede."""
    if on < other_on:
        because = f" (rule {rule})" if rule else ""
        reason = f"{column} is {on}, before {other} {other_on}{because}. Correct whichever is wrong."
        raise Unfit(column, on, reason)


def strictly_after(column: str, on: date, other: str, other_on: date, rule: str) -> None:
    """Refuse a date on or before another it must follow."""
    if on <= other_on:
        when = "on" if on == other_on else "before"
        reason = (
            f"{column} is {on}, {when} {other} {other_on}, which it must follow (rule {rule}). "
            "Correct whichever is wrong."
        )
        raise Unfit(column, on, reason)


def not_after_end(column: str, on: date, end: str, end_on: date | None) -> None:
    """Refuse a date behind the end of what it belongs to."""
    if end_on is not None and on > end_on:
        raise Unfit(column, on, f"{column} is {on}, after {end} {end_on}. Correct whichever is wrong.")


def not_on_same_day(column: str, on: date, other: str, other_on: date, rule: str) -> None:
    """Refuse what can't start and end on one day."""
    if on == other_on:
        reason = f"{column} and {other} are both {on} (rule {rule}). Correct whichever is wrong."
        raise Unfit(column, on, reason)


def not_on_a_weekend(column: str, on: date, what: str, rule: str) -> None:
    """Refuse a Saturday or Sunday for what is not held then; a bank holiday is possible."""
    if on.weekday() >= _SATURDAY:
        reason = f"{column} is {on}, a {on:%A}, and {what} is not held on a weekend (rule {rule}). Correct the date."
        raise Unfit(column, on, reason)


def not_long_before_birth(column: str, on: date, born: str, born_on: date | None) -> None:
    """Refuse what happened more than 280 days before birth, or before the birth expected; the 280th is possible."""
    if born_on is not None and on < born_on - timedelta(days=DAYS_BEFORE_BIRTH):
        reason = (
            f"{column} is {on}, more than {DAYS_BEFORE_BIRTH} days before {born} {born_on} (rule 8606). "
            "Correct whichever is wrong."
        )
        raise Unfit(column, on, reason)

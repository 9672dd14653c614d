"""How dates, standings and lengths are written for people, on every screen and page alike."""

from datetime import date, datetime

from caseclock.timers.timer import Standing
from caseclock.timers.timescale import Basis, Verification
from caseclock.timers.when import LONDON, When

#: in the order of urgency
STANDINGS: dict[Standing, str] = {
    Standing.OVERDUE: "Overdue",
    Standing.MET_LATE: "Met late",
    Standing.TOO_EARLY: "Too early",
    Standing.DUE_SOON: "Due soon",
    Standing.EXTENDED: "Extended",
    Standing.RUNNING: "Running",
    Standing.RECORDED_LATE: "Met, recorded late",
    Standing.MET: "Met",
    Standing.UNKNOWN: "Unknown",
    Standing.VOID: "Void",
}

MEANINGS: dict[Standing, str] = {
    Standing.OVERDUE: "The limit ran out and the duty was not done. An open breach.",
    Standing.MET_LATE: "Done after the limit. A closed breach: it never turns into a duty met.",
    Standing.TOO_EARLY: "Done before the first lawful day. A closed breach.",
    Standing.DUE_SOON: "Not done yet, and close to the last day.",
    Standing.EXTENDED: "Past its first due date, running on an extension that its source allows.",
    Standing.RUNNING: "Not done yet, and not close to the last day.",
    Standing.RECORDED_LATE: "Done in time, and written up after the last day. The practice was in time.",
    Standing.MET: "Done in time, and written up in time.",
    Standing.UNKNOWN: "The source does not tell whether it was done. Not counted as a breach.",
    Standing.VOID: "The duty ended before the limit did.",
}

BASES: dict[Basis, str] = {
    Basis.ACT: "Act",
    Basis.REGULATION: "Regulation",
    Basis.STATUTORY_GUIDANCE: "Statutory guidance",
    Basis.NATIONAL_GUIDANCE: "National guidance",
    Basis.STATISTIC: "Statistic",
    Basis.COURT: "Court rules",
    Basis.LOCAL: "Local standard",
}

#: kinds of file that can be brought in
KINDS: dict[str, str] = {
    "cin_census": "Children in need census",
    "annex_a": "Annex A workbook",
    "ssda903": "Looked-after children return (SSDA903)",
    "event_lines": "Event lines",
}

VERIFICATIONS: dict[Verification, str] = {
    Verification.V1: "the primary text was seen",
    Verification.V2: "a secondary text was seen",
    Verification.K: "written from knowledge, not yet checked against a text",
}


def day(value: date | None) -> str:
    """Write a date: 21 November 2026.

    >>> day(date(2026, 11, 1)), day(None)
    ('1 November 2026', '')
    """
    return "" if value is None else f"{value.day} {value:%B %Y}"


def day_of(text: str) -> str:
    """Write a date or instant given as text as a day; text that is neither as it is.

    >>> day_of("2026-11-01"), day_of("soon")
    ('1 November 2026', 'soon')
    """
    try:
        return day(When.parse(text).on)
    except ValueError:
        return text


def short_day(value: date | None) -> str:
    """Write a date in little room: 1 Nov 2026."""
    return "" if value is None else f"{value.day} {value:%b %Y}"


def moment(at: datetime | None) -> str:
    """Write an instant by London's clocks.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 30, 15, 30, tzinfo=UTC))
    '30 March 2026 at 4:30pm'
    """
    if at is None:
        return ""
    local = at.astimezone(LONDON)
    return f"{day(local.date())} at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def short_moment(at: datetime) -> str:
    """Write an instant by London's clocks in little room: 30 Mar 2026 16:30."""
    local = at.astimezone(LONDON)
    return f"{short_day(local.date())} {local:%H:%M}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Say how many.

    >>> counted(1, "timer"), counted(0, "breach", "breaches"), counted(12_000, "case")
    ('1 timer', '0 breaches', '12,000 cases')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def length(number: int, unit: str) -> str:
    """Say how far past a limit something is; nothing where it is not.

    >>> length(1, "working_days"), length(3, "hours"), length(0, "working_days")
    ('1 working day', '3 hours', '')
    """
    said = unit.replace("_", " ")
    return "" if number == 0 else f"{number:,} {said.removesuffix('s') if number == 1 else said}"


def named(authority: str) -> str:
    """Write an authority's name as a heading has it, where it is kept in small letters.

    >>> named("thurrock"), named("north_east"), named("LB Camden")
    ('Thurrock', 'North East', 'LB Camden')
    """
    return authority.replace("_", " ").title() if authority.islower() else authority

"""As at which day and as known at which moment a page is asked for: read from its address."""

from datetime import UTC, date, datetime

from fastapi import Request

from caseclock.desk.engines import desk_of
from caseclock.desk.refusals import Unfit
from caseclock.timers.when import When, london_date
from caseclock.workflow.positions import Question, asked

#: the earliest day a page can be asked for; nothing in the rules is older
EARLIEST = date(1948, 7, 5)


def question_of(request: Request) -> Question:
    """Read `as_at` (a date) and `known_at` (a date, for its end in London, or an instant with its offset).

    As at today unless given, as known by the end of that day unless given. Raises Unfit where one is no date,
    or has not come yet.
    """
    now = desk_of(request).now()
    as_at = _day(request.query_params.get("as_at", ""), now)
    known_at = _moment(request.query_params.get("known_at", ""), now)
    return asked(now=now, as_at=as_at, known_at=known_at)


def is_now(question: Question, now: datetime) -> bool:
    """Say whether a question is about the present, which the stored tables answer."""
    return question.as_at == london_date(now) and question.known_at >= now


def _day(text: str, now: datetime) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise Unfit(f"“{text[:40]}” is not a date. Write the day as 2026-03-02.", field="as_at")
    if not EARLIEST <= day <= london_date(now):
        raise Unfit(
            f"Nothing can be said as at {text.strip()}. Give a day up to {london_date(now)}, not before {EARLIEST}.",
            field="as_at",
        )
    return day


def _moment(text: str, now: datetime) -> datetime | None:
    if not text.strip():
        return None
    try:
        known_at = When.parse(text.strip()).latest().astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit(
            f"“{text[:40]}” is not a moment. Write a date, as 2026-03-02, or an instant, as 2026-03-02T09:30:00Z.",
            field="known_at",
        ) from None
    if london_date(known_at) > london_date(now):
        raise Unfit(
            f"What will be known on {text.strip()} is not known yet. Give a day that has come.",
            field="known_at",
        )
    return known_at

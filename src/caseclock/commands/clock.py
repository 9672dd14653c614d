"""The present: the one place where Caseclock asks the machine for the time. Everything else is told it."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give this instant, aware and in UTC."""
    return datetime.now(UTC)

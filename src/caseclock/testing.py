"""What an embedding system's own tests need: a store that keeps nothing, and a clock that stands still."""

from datetime import UTC, datetime, timedelta

from caseclock.store.memory import InMemoryStore

__all__ = ["FixedClock", "InMemoryStore"]


class FixedClock:
    """A clock that shows one instant until it is moved; call it wherever a `now` is asked for.

    >>> clock = FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    >>> clock.forward(timedelta(hours=24)).isoformat(), clock().isoformat()
    ('2026-03-03T09:30:00+00:00', '2026-03-03T09:30:00+00:00')
    """

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def __call__(self) -> datetime:
        return self._at

    def forward(self, by: timedelta) -> datetime:
        """Move on by so much elapsed time and give the new instant; ValueError for going back."""
        if by < timedelta(0):
            raise ValueError(f"Can't move a clock by {by}: time goes forward. Make another clock.")
        self._at += by
        return self._at

    def move_to(self, at: datetime) -> datetime:
        """Move on to an aware instant and give it; ValueError for an earlier one."""
        self.forward(_aware(at) - self._at)
        return self._at


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no offset. Give one, such as +00:00 or Z.")
    return at.astimezone(UTC)

"""When to try again: soon at first, then less and less often, and at last not at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a recipient is borne with. As it stands: twenty tries in about two days."""

    #: after so many a message is a dead letter
    tries: int = 20
    #: the wait after the first failure; each one after that is twice as long
    first: timedelta = timedelta(seconds=2)
    most: timedelta = timedelta(hours=6)
    #: whether a case waits for what became of its dead letter, rather than go on
    wait_for_dead: bool = False

    def __post_init__(self) -> None:
        if self.tries < 1 or not timedelta(0) < self.first <= self.most:
            raise ValueError("Can't be patient so: give at least one try, and waits longer than nothing.")


def wait_after(failures: int, patience: Patience, chance: float, asked: timedelta | None = None) -> timedelta:
    """Say how long to wait after so many failures (1 or more) one after the other.

    `chance` (0 to 1) shortens the wait by up to half, so that what failed together is not tried again together.
    `asked` is what the recipient itself asked for: never less, within the longest wait.

    >>> wait_after(3, Patience(), 0.0).total_seconds(), wait_after(3, Patience(), 1.0).total_seconds()
    (8.0, 4.0)
    """
    # 2 ** 40 times any first wait is beyond the longest: more would only overflow
    grown = (
        min(patience.most, patience.first * 2 ** min(failures - 1, 40)) if failures < 40 else patience.most
    )
    return max(grown * (1 - chance / 2), min(asked or timedelta(0), patience.most))


def next_try(
    at: datetime, failures: int, patience: Patience, chance: float, asked: timedelta | None = None
) -> datetime:
    """Say at which instant to try again, having failed at `at`."""
    return at + wait_after(failures, patience, chance, asked)

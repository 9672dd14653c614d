"""How often somebody may try: so many at once, and then so many a minute."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from caseclock.desk.refusals import TooMany

#: callers remembered; the one that has been silent longest is forgotten first
REMEMBERED = 10_000


class Limit:
    """A bucket for each caller that fills by itself. Kept in this process: several processes each allow as much."""

    def __init__(self, *, at_once: int, a_minute: int) -> None:
        self.at_once = at_once
        self.a_minute = a_minute
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, caller: str, now: datetime) -> int:
        """Take one from a caller's bucket and say how many are left; raises TooMany where it was empty."""
        with self._lock:
            left, since = self._left.pop(caller, (float(self.at_once), now))
            left = min(self.at_once, left + max(0.0, (now - since).total_seconds()) * self.a_minute / 60)
            taken = left >= 1
            self._left[caller] = (left - 1 if taken else left, now)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        if taken:
            return int(left - 1)
        wait = int((1 - left) * 60 / self.a_minute) + 1
        raise TooMany("You have tried this very often in a short time. Nothing was done.", retry_after=wait)

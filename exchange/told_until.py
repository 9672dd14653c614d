"""How far a file tells that has no date of its own, such as a workbook: to the day before the latest it holds.

It was written on that latest day or later, and perhaps before the day was over. The moment of an import says nothing of
it: the same file brought in a year later knows no more than it did.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from caseclock.exchange.possible import Horizon


def day_before_latest(days: Iterable[date], horizon: Horizon) -> date:
    """Give the last day a file surely tells of whole; days after the horizon are slips, and none of its own."""
    latest = max((day for day in days if day <= horizon.on), default=horizon.on)
    return latest - timedelta(days=1)

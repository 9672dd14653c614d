"""Re-referral: a referral within twelve months of the child's previous one, as the national statistics count it."""

from collections.abc import Iterator

from caseclock.timers.durations import add_months
from caseclock.timers.event import Event
from caseclock.timers.history import History

#: months within which a further referral counts; the corresponding date is still within
WITHIN_MONTHS = 12


def referrals(history: History) -> Iterator[tuple[Event, Event | None]]:
    """Yield each referral of a child in order, with the earlier one that makes it a re-referral, or None.

    Each referral is compared with the one before it, so a chain of referrals is a chain of re-referrals.
    Source: Department for Education, children in need statistics, methodology.
    """
    previous: Event | None = None
    for referral in history.of_type("ReferralReceived"):
        again = previous is not None and referral.occurred.on <= add_months(
            previous.occurred.on, WITHIN_MONTHS
        )
        yield referral, previous if again else None
        previous = referral

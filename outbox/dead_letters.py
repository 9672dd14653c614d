"""Dead letters: what was given up, taken up again or dropped by someone who decides it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from caseclock.outbox.handing_on import NoSuchRecipient
from caseclock.store.outbox_protocol import Delivery
from caseclock.store.protocol import Store

#: deliveries changed in one unit of work
BATCH = 500


def dead_letters(
    store: Store, limit: int, *, authority: str | None = None, recipient: str | None = None
) -> list[Delivery]:
    """List what was given up, the oldest message first."""
    with store.snapshot() as unit:
        return unit.dead_letters(limit, authority=authority, recipient=recipient)


def take_up_again(store: Store, letters: Sequence[Delivery]) -> None:
    """Have dead letters told again, as if they had never failed; later messages of their case may come before."""
    for some in _in_batches(letters):
        with store.transaction() as unit:
            unit.write_tries(
                [replace(one, tries=0, next_try_at=None, last_error=None, dead_at=None) for one in some]
            )


def drop(store: Store, letters: Sequence[Delivery], at: datetime) -> None:
    """Never tell these; nothing of the case itself is lost by that."""
    for some in _in_batches(letters):
        with store.transaction() as unit:
            unit.done_with(some, at)


def forget(store: Store, recipient: str, at: datetime) -> int:
    """Take a recipient away with all that it has yet to get, and say how many messages those were.

    A worker that still names it registers it anew. Raises NoSuchRecipient.
    """
    with store.snapshot() as unit:
        known = [one.name for one in unit.recipients()]
    if recipient not in known:
        told = f"There are {', '.join(known)}." if known else "There are none."
        raise NoSuchRecipient(f"Nobody is registered as {recipient!r}. {told}")
    dropped = 0
    while True:
        with store.transaction() as unit:
            left = unit.deliveries(recipient, BATCH)
            unit.done_with(left, at)
            dropped += len(left)
            if len(left) < BATCH:
                unit.remove_recipient(recipient)
                return dropped


def _in_batches(letters: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
    return (letters[start : start + BATCH] for start in range(0, len(letters), BATCH))

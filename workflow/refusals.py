"""Refusals: what was tried, why not, and what to do now."""


class Refused(Exception):
    """Something was not done. The message is a sentence with a remedy; nothing was changed."""


class UnknownEvent(Refused):
    """An event type that no process knows."""


class BadData(Refused):
    """An event whose data can't be what it says."""


class IllegalEvent(Refused):
    """An event that does not fit where it would stand in its episode."""


class DifferentContent(Refused):
    """An event id that is taken by an event of other content."""


class ExtensionRefused(Refused):
    """An extension that the timer's source does not allow."""


class CaseBusy(Refused):
    """Others kept writing to the same case; the whole attempt may be repeated."""


class OutboxFull(Refused):
    """Too many messages wait to be handed on; nothing was written, and the same may be tried again later."""

    def __init__(self, waiting: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"Can't take more: {waiting} messages wait to be handed on, which is as many as may. Nothing was recorded. "
            f"Try again in {retry_after_seconds} seconds; if that does not help, see what waits, and for whom, with "
            "`caseclock outbox list`."
        )
        self.retry_after_seconds = retry_after_seconds

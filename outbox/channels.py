"""How a recipient is reached: what every channel promises, and how one says that a message was not taken."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol

from caseclock.store.protocol import OutboxMessage


class NotTaken(Exception):
    """A recipient did not take what it was told. Says why in a sentence; it is told again later."""

    def __init__(self, why: str, *, unreachable: bool = False, retry_after: timedelta | None = None) -> None:
        super().__init__(why)
        #: whether it would have taken no other message either
        self.unreachable = unreachable
        #: how long it asked to be left alone
        self.retry_after = retry_after


class Channel(Protocol):
    """A way to reach one recipient. Used by several threads at once where it has more than one part."""

    @property
    def parts(self) -> int:
        """Into how many parts the recipient's cases are divided; each is told by one worker at a time, in order."""
        ...

    @property
    def at_once(self) -> int:
        """How many messages are told together; with more than one, all are taken or none."""
        ...

    def tell(self, messages: Sequence[OutboxMessage]) -> None:
        """Tell messages in their order, and return once they are taken; raises NotTaken."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class ByCalling:
    """Tells by calling a Python function with each message's event line.

    Whatever the function raises means that it did not take the message. With more than one part it is called from
    several threads at once, for cases that differ. A function that does not return holds up its own recipient only.
    """

    at_once = 1

    def __init__(self, function: Callable[[dict[str, Any]], object], *, parts: int = 1) -> None:
        self._function = function
        self.parts = parts

    def tell(self, messages: Sequence[OutboxMessage]) -> None:
        for message in messages:
            try:
                self._function(dict(message.payload))
            except NotTaken:
                raise
            except Exception as error:  # it is someone else's code, and any failure means the same
                raise NotTaken(f"The function raised {type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Do nothing: a function is not open."""

"""Log lines: on standard error, in one form, and with nothing about a child in them but identifiers.

Every field must be on the list below and be a number or one word; anything else is left out of the line.
"""

import re
import sys
from collections.abc import MutableMapping
from logging import INFO, WARNING, NullHandler, getLogger
from typing import Any

import structlog

from caseclock.commands import clock

#: the fields a log line may have
ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "authority",
        "case",
        "episode",
        "timer",
        "timescale",
        "due_on",
        "raised",
        "cases",
        "handed_on",
        "next_wake_at",
        "every_seconds",
        "fault",
        "signal",
        "version",
        "kind",
        "records",
        "accepted",
        "refused",
        "quarantined",
        "unchanged",
    }
)
LEFT_OUT = "(left out)"

_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
_WORD = re.compile(r"[^\s\"'=]{1,80}")


def only_allowed(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out of a log line whatever may not stand in one: unknown fields, and text of more than one word."""
    if not _NAME.fullmatch(str(line.get("event"))):
        line["event"] = LEFT_OUT
    for field, value in line.items():
        if field == "event":
            continue
        plain = isinstance(value, int | float | None) or (isinstance(value, str) and _WORD.fullmatch(value))
        if field not in ALLOWED or not plain:
            line[field] = LEFT_OUT
    return line


def _stamped(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    line["timestamp"] = clock.now().isoformat(timespec="seconds")
    return line


def configure(*, verbose: bool = False) -> None:
    """Send log lines to standard error: warnings, and what happens as well where it is asked for."""
    getLogger("apscheduler").addHandler(NullHandler())  # what fails there is told by the worker
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _stamped,
            only_allowed,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(INFO if verbose else WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log() -> structlog.typing.FilteringBoundLogger:
    """Give the log, as configured now."""
    made: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return made

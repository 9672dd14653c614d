"""Log lines: on standard error, in one form, and only those there are (telemetry/lines.py)."""

import sys
from collections.abc import MutableMapping
from logging import INFO, WARNING, NullHandler, getLogger
from typing import Any

import structlog

from caseclock.commands import clock
from caseclock.telemetry.lines import only_allowed


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
        # standard error as it is when a line is written, which may not be what it was when this was called
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def log() -> structlog.typing.FilteringBoundLogger:
    """Give the log, as configured now."""
    made: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return made

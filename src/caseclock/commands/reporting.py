"""What a worker says of its work: log lines, and metrics where they are wanted; the desk has metrics too."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from caseclock.commands.faults import WrongCall
from caseclock.commands.logs import log

if TYPE_CHECKING:
    from caseclock.outbox.handing_on import Told
    from caseclock.store.sql import SqlStore
    from caseclock.telemetry.metrics import Metrics
    from caseclock.workflow.sweep import Swept


class Reports:
    """Says what was done. Called from the worker's several threads."""

    def __init__(self, metrics: "Metrics | None", started_at: datetime) -> None:
        self._metrics = metrics
        #: when the last sweep ended, or the worker began
        self.swept_at = started_at

    def swept(self, swept: "Swept", seconds: float, at: datetime) -> None:
        self.swept_at = at
        if self._metrics is not None:
            self._metrics.swept(swept.raised, seconds, at)
        if swept.raised:
            log().info("sweep.done", raised=swept.raised, cases=swept.cases, seconds=round(seconds, 3))

    def sweep_postponed(self, fault: Exception) -> None:
        if self._metrics is not None:
            self._metrics.postponed()
        log().warning("sweep.postponed", fault=type(fault).__name__)

    def handed_on(self, recipient: str, told: "Told", seconds: float) -> None:
        if self._metrics is not None:
            self._metrics.handed_on(recipient, told.taken, told.failed)
        counts = {"taken": told.taken, "failed": told.failed, "dead": told.dead, "seconds": round(seconds, 3)}
        if told.dead:
            log().error("outbox.dead_letter", recipient=recipient, **counts)
        elif told.failed:
            log().warning("outbox.failed", recipient=recipient, **counts)
        elif told.taken:
            log().info("outbox.handed_on", recipient=recipient, **counts)

    def postponed(self, recipient: str, fault: Exception) -> None:
        log().warning("outbox.postponed", recipient=recipient, fault=type(fault).__name__)


def metrics_of(store: "SqlStore", now: Callable[[], datetime]) -> "Metrics":
    """Make metrics that look at a store; raises WrongCall where the library for them is missing."""
    from caseclock.telemetry.metrics import Metrics, NoMetrics

    try:
        return Metrics(store, now)
    except NoMetrics as missing:
        raise WrongCall(str(missing)) from missing

"""Log lines: every kind of line there is, and the fields it may have. Nothing else is ever written to a log.

A case's identifier is the authority's own and may lead to a child: no line has one. What happened to a case is in its
log of events, who looked at it in the audit; a line says what the machine did.
"""

import re
from collections.abc import MutableMapping
from typing import Any

#: each line's name, and its fields; a test holds every line in the source to it
LINES: dict[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "worker.started": "every_seconds recipients",
        "worker.stopping": "signal",
        "worker.stopped": "hanging",
        "sweep.done": "raised cases seconds",
        "sweep.postponed": "fault",
        "outbox.handed_on": "recipient taken failed dead seconds",
        "outbox.failed": "recipient taken failed dead seconds",
        "outbox.dead_letter": "recipient taken failed dead seconds",
        "outbox.postponed": "recipient fault",
        "outbox.unserved": "recipient",
        "outbox.retried": "recipient messages",
        "outbox.dropped": "recipient messages",
        "outbox.forgotten": "recipient messages",
        "outbox.cleared": "messages",
        "file.imported": "authority kind records accepted refused quarantined unchanged",
        "desk.failed": "fault place reference method",
        "desk.away": "fault",
        "desk.counting_failed": "fault",
        "desk.sign_in_refused": "fault",
        "desk.sign_in_away": "fault",
    }.items()
}
#: fields that every line may have
ALWAYS = frozenset({"event", "level", "timestamp"})
LEFT_OUT = "(left out)"

_WORD = re.compile(r"[^\s\"'=]{1,80}")


def only_allowed(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out of a log line whatever may not stand in one: unknown fields, and text of more than one word."""
    allowed = LINES.get(str(line.get("event")))
    if allowed is None:
        line["event"] = LEFT_OUT
        allowed = frozenset()
    for field, value in line.items():
        if field == "event":
            continue
        plain = isinstance(value, int | float | None) or (isinstance(value, str) and _WORD.fullmatch(value))
        if field not in allowed | ALWAYS or not plain:
            line[field] = LEFT_OUT
    return line

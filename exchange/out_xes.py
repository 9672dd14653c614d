"""Logs for process mining: XES (IEEE 1849), a trace for each case, an event for each fact, as they happened."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO

from lxml import etree

from caseclock.processes.catalogue import EVENT_TYPES, OPENERS, OWN
from caseclock.store.protocol import Transaction
from caseclock.timers.event import Event
from caseclock.timers.history import CORRECTED, RETRACTED, History
from caseclock.timers.when import LONDON, start_of_day

#: the standard's own extensions: what an event is called, when it was, who did it, how far it got
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)


def write_xes(
    unit: Transaction, authority: str, into: IO[bytes], case_id: str | None = None
) -> tuple[int, int]:
    """Write the log of an authority (or one case); gives how many traces and events there are.

    What was taken back is left out, and what was corrected stands where it really happened. An event known only to
    the day stands at its beginning and says so. Streams: memory does not grow with the log.
    """
    traces = events = 0
    with etree.xmlfile(into, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("log", {"xes.version": "1849-2016", "xes.features": ""}):
            for name, prefix, uri in EXTENSIONS:
                file.write(_made("extension", name=name, prefix=prefix, uri=uri))
            file.write(_globals("trace", ("string", "concept:name", "case")))
            file.write(
                _globals(
                    "event",
                    ("string", "concept:name", "event"),
                    ("date", "time:timestamp", "1970-01-01T00:00:00.000+00:00"),
                    ("string", "lifecycle:transition", "complete"),
                )
            )
            classifier = {"name": "what happened", "keys": "concept:name"}
            file.write(etree.Element("classifier", classifier))
            file.write(_attribute("string", "concept:name", f"Cases of {authority}"))
            for _, of_case in unit.case_ids(authority):
                if case_id not in (None, of_case):
                    continue
                told = list(_facts(unit.events(authority, of_case)))
                if not told:
                    continue
                traces += 1
                events += len(told)
                file.write(_trace(of_case, told))
    return traces, events


def _facts(events: list[Event]) -> Iterator[Event]:
    """Give what happened, as corrected, in the order of happening."""
    yield from (
        event
        for event in History(events, OPENERS).events
        if event.type not in OWN and event.type not in (CORRECTED, RETRACTED, "SourceTold")
    )


def _trace(case_id: str, events: list[Event]) -> etree._Element:
    trace = etree.Element("trace")
    trace.append(_attribute("string", "concept:name", case_id))
    for event in events:
        at = event.occurred.at or start_of_day(event.occurred.on)
        written = event.recorded.at or start_of_day(event.recorded.on)
        told = [
            ("string", "concept:name", event.type),
            ("date", "time:timestamp", _instant(at)),
            ("string", "lifecycle:transition", "complete"),
            ("string", "org:resource", event.by),
            *(("string", "process", process) for process in EVENT_TYPES.get(event.type, ())[:1]),
            ("string", "episode", event.episode_id),
            ("string", "event_id", event.event_id),
            ("date", "recorded", _instant(written)),
        ]
        if event.occurred.at is None:
            told.append(("boolean", "known_to_the_day", "true"))
        made = etree.SubElement(trace, "event")
        for kind, key, value in told:
            made.append(_attribute(kind, key, value))
    return trace


def _instant(at: datetime) -> str:
    """Write an instant by London's clocks with its offset, to the millisecond."""
    return at.astimezone(LONDON).isoformat(timespec="milliseconds")


def _attribute(kind: str, key: str, value: str) -> etree._Element:
    return etree.Element(kind, {"key": key, "value": _plain(value)})


def _made(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(tag, attributes)


def _globals(scope: str, *defaults: tuple[str, str, str]) -> etree._Element:
    made = etree.Element("global", {"scope": scope})
    for kind, key, value in defaults:
        made.append(_attribute(kind, key, value))
    return made


def _plain(text: str) -> str:
    """Leave out what no XML document may hold: control characters, and halves of characters."""
    return "".join(
        letter
        for letter in text
        if letter in "\t\n\r"
        or (" " <= letter < "\ud800")
        or "\ue000" <= letter <= "\ufffd"
        or letter > "\uffff"
    )

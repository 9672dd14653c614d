"""Events as sentences, in English a parent could read: the one place where the log is put into words.

What happened, and what its data says of it; who wrote it down, when and why stand beside it and are not repeated.
"""

import re
from collections.abc import Mapping
from datetime import date

from caseclock.processes.catalogue import rules_of
from caseclock.processes.reasons import reasons
from caseclock.store.phrases import CAUSES, PHRASES, TOLD, VALUES, YES_NO
from caseclock.timers.event import Event
from caseclock.timers.timescale import as_text
from caseclock.timers.when import When

__all__ = ["CAUSES", "PHRASES", "sentence"]


def sentence(event: Event) -> str:
    """Say what an event tells, in one sentence.

    >>> from caseclock.timers.when import When
    >>> on = When.parse("2026-03-02")
    >>> sentence(Event("1", "CoreGroupHeld", "thurrock", "C-1", "P-1", on, on, "worker"))
    'The core group met.'
    """
    phrase = PHRASES.get(event.type) or _spelt_out(event.type)
    details = "; ".join(_details(event)).rstrip(". ")
    return f"{phrase}: {details}." if details else f"{phrase}."


def _details(event: Event) -> list[str]:
    data = event.data
    if event.type in ("BreachRaised", "BreachWithdrawn"):
        return _of_breach(event)
    if event.type == "TimersMoved":
        return [_moved(event, one) for one in data.get("moved", ()) if isinstance(one, Mapping)]
    told = []
    if event.type == "EventCorrected":
        told.append(f"it happened {_in_words(as_text(data.get('occurred_at')))}")
    code = as_text(data.get("reason_code"))
    if code:
        known = reasons().get(code)
        told.append(known.words if known else _plain(code))
    for field, (yes, no) in YES_NO.items():
        told.append({"true": yes, "false": no}.get(as_text(data.get(field)), ""))
    for field, before in TOLD.items():
        value = data.get(field)
        if isinstance(value, str) and value.strip():
            told.append(before + _in_words(value.strip()))
    return [words for words in told if words]


def _of_breach(event: Event) -> list[str]:
    told = [_duty(event, as_text(event.data.get("timescale")) or event.because)]
    if event.data.get("due"):
        told.append(f"due {_in_words(str(event.data['due']))}")
    cause = event.data.get("cause")
    if cause:
        told.append(CAUSES.get(str(cause), _plain(str(cause))))
    return told


def _moved(event: Event, one: Mapping[str, object]) -> str:
    before, now = (_in_words(as_text(one.get(name))) or "no day" for name in ("from", "to"))
    return f"{_duty(event, as_text(one.get('timescale')))}, from {before} to {now}"


def _duty(event: Event, timescale: str) -> str:
    """Say what has to be done; a timescale that no pack knows any more is called by its id."""
    versions = rules_of(event.authority).rules.get(timescale)
    return versions[-1].duty[:1].lower() + versions[-1].duty[1:] if versions else timescale


def _in_words(text: str) -> str:
    """Write a date or instant as a day in words, a code in plain ones; what somebody wrote as it is."""
    try:
        return _day(When.parse(text).on)
    except ValueError:
        return _plain(text)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _plain(value: str) -> str:
    """Write a code such as no_further_action in words; text that has spaces is left as somebody wrote it."""
    return VALUES.get(value) or (value if " " in value else value.replace("_", " "))


def _spelt_out(event_type: str) -> str:
    """Spell a name such as CoreGroupHeld out: Core group held."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", event_type)
    return words[:1] + words[1:].lower()

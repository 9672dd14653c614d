"""A message as a CloudEvent 1.0: the envelope that many systems know, around the event line."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from caseclock.store.protocol import OutboxMessage
from caseclock.store.types import canonical_json, utc_text

#: what the source of every event begins with, before the authority
SOURCE = "urn:caseclock"


class Content(StrEnum):
    """Where a CloudEvent's attributes go: into the body, or into the headers."""

    STRUCTURED = "structured"
    BINARY = "binary"


def attributes(message: OutboxMessage, source: str = SOURCE) -> dict[str, str]:
    """Give the attributes of a message; `sequence` grows with each message, `partitionkey` names the case.

    `source` and `id` together tell a message that is told again from one that is new.
    """
    return {
        "specversion": "1.0",
        "id": str(message.payload["event_id"]),
        "source": f"{source}:{quote(message.authority, safe='')}",
        "type": f"caseclock.{message.kind}",
        "subject": message.case_id,
        "time": utc_text(message.made_at),
        "datacontenttype": "application/json",
        "sequence": f"{message.message_id:019d}",
        "partitionkey": f"{message.authority}/{message.case_id}",
    }


def as_request(
    message: OutboxMessage, content: Content, source: str = SOURCE
) -> tuple[bytes, dict[str, str]]:
    """Give a message as the body of a request and its headers, by the HTTP binding of CloudEvents."""
    told = attributes(message, source)
    if content is Content.STRUCTURED:
        whole: dict[str, Any] = {**told, "data": dict(message.payload)}
        return canonical_json(whole).encode(), {"Content-Type": "application/cloudevents+json; charset=utf-8"}
    headers = _headers({name: value for name, value in told.items() if name != "datacontenttype"})
    return canonical_json(dict(message.payload)).encode(), {"Content-Type": "application/json", **headers}


def _headers(told: Mapping[str, str]) -> dict[str, str]:
    """Write attributes as headers: what is no visible ASCII, a quotation mark or a percent sign is percent-encoded."""
    # quote() keeps letters, digits and "_.-~" as they are; these are the other characters that may stand in a header
    return {f"ce-{name}": quote(value, safe="!#$&'()*+,/:;<=>?@[\\]^`{|}") for name, value in told.items()}

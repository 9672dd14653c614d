"""A file of event lines: each line by itself, however the file was made."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from caseclock.exchange.event_lines import read_event_lines
from caseclock.exchange.parts import LONGEST_LINE
from caseclock.exchange.records import Refused, Told

READ_AT = datetime(2026, 3, 4, 8, tzinfo=UTC)

LINE: dict[str, Any] = {
    "event_id": "0198f0c2",
    "type": "ReferralReceived",
    "authority": "thurrock",
    "case_id": "C-1042",
    "episode_id": "R-1",
    "occurred_at": "2026-03-02T09:30:00+00:00",
    "recorded_at": "2026-03-02T09:41:00+00:00",
    "by": "sw.jones",
    "because": "call from school",
    "data": {"source": "school"},
}


@pytest.fixture
def read_lines(tmp_path: Path) -> Callable[[bytes], list[Told | Refused]]:
    """Read a file of event lines of Thurrock."""

    def read_file(content: bytes) -> list[Told | Refused]:
        path = tmp_path / "events.jsonl"
        path.write_bytes(content)
        records = read_event_lines(path, authority="thurrock", imported_at=READ_AT)
        return [record for record in records if isinstance(record, Told | Refused)]

    return read_file


def test_each_line_is_a_record_and_blank_ones_are_none(
    read_lines: Callable[[bytes], list[Told | Refused]],
) -> None:
    line = json.dumps(LINE).encode()
    records = read_lines(b"\xef\xbb\xbf" + line + b"\r\n\r\n  \n" + line)

    assert ["line 1", "line 4"] == [record.row for record in records]
    assert all(isinstance(record, Told) for record in records)


def test_a_bad_line_is_refused_with_its_text_and_the_next_is_read(
    read_lines: Callable[[bytes], list[Told | Refused]],
) -> None:
    bad, good = read_lines(b'{"by": "\x00\xff"}\n' + json.dumps(LINE).encode())

    assert isinstance(bad, Refused)
    assert {"line": '{"by": "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"}'} == bad.content
    assert isinstance(good, Told)


def test_a_line_longer_than_any_event_is_refused_and_the_next_is_read(
    read_lines: Callable[[bytes], list[Told | Refused]],
) -> None:
    long = json.dumps({**LINE, "because": "x" * (2 * LONGEST_LINE + 10)}).encode()
    bad, good = read_lines(long + b"\n" + json.dumps(LINE).encode())

    assert isinstance(bad, Refused)
    assert "longer than 1,000,000 bytes" in bad.reason
    assert ("line 2", True) == (good.row, isinstance(good, Told))

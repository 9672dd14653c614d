"""Every log line in the source is on the list, with no other fields than it may have."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import caseclock
from caseclock.telemetry.lines import ALWAYS, LINES, only_allowed

SOURCE = Path(caseclock.__file__).parent
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def said() -> Iterator[tuple[str, str | None, set[str]]]:
    """Give every call that writes a log line: where, the line's name, and its fields."""
    for file in sorted(SOURCE.glob("**/*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if not isinstance(call.func, ast.Attribute) or call.func.attr not in LEVELS:
                continue
            logger = call.func.value
            if not isinstance(logger, ast.Call) or ast.unparse(logger.func) not in (
                "log",
                "structlog.get_logger",
            ):
                continue
            (name,) = call.args
            words = name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None
            yield f"{file.name}:{call.lineno}", words, {one.arg for one in call.keywords if one.arg}


def test_every_line_in_the_source_is_on_the_list_and_has_no_field_that_is_not() -> None:
    found = list(said())

    unknown = [(where, name) for where, name, _ in found if name is not None and name not in LINES]
    assert [] == unknown
    assert [] == [
        (where, name, fields - LINES[name])
        for where, name, fields in found
        if name is not None and fields - LINES[name]
    ]
    assert len(found) > 10


def test_no_line_may_name_a_case_a_person_or_a_text() -> None:
    fields = set().union(*LINES.values()) | ALWAYS

    assert set() == fields & {
        "case",
        "case_id",
        "episode",
        "episode_id",
        "timer_id",
        "event_id",
        "by",
        "data",
    }
    assert set() == {field for field in fields if "name" in field or "birth" in field or "text" in field}


@pytest.mark.parametrize("name", sorted(LINES))
def test_a_line_with_all_its_fields_is_written_as_it_is(name: str) -> None:
    line = {"event": name, "level": "info"} | dict.fromkeys(LINES[name], 1)

    assert line == only_allowed(None, "info", dict(line))

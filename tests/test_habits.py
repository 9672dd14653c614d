"""Habits that no linter holds this project to: what a file may say, how long it may be, who may read the clock."""

import ast
import re
import sys
from pathlib import Path

import pytest
from link_rooms import rooms
from project_files import ROOT, project_files

#: pictures hold bytes, among which any word may turn up
FILES = [path for path in project_files() if path.name != Path(__file__).name and path.suffix != ".png"]
MODULES = [path for path in FILES if path.suffix == ".py"]

#: pattern -> why it has no place in a file of the project
FOREIGN = {
    r"/work/|/root/|/home/\w": "a path of one person's machine",
    r"(?i)https?://[^\s/\"]*(pypi|pythonhosted|npmjs|debian)": "a host of a package registry",
    r"(?i)--?(extra-)?index-url|find-links": "a place to install from: that is for each machine to say",
    r"(?i)\b(this session|sub-?agents?|as an ai)\b": "talk of how it was written",
    r"\b(TODO|FIXME|XXX)\b": "work left undone",
}

#: who asks the machine for the time: the edges, which pass it on to everything else
READS_CLOCK = ("src/caseclock/commands/", "tests/", "benchmarks/", "tools/")

CLOCK = re.compile(
    r"\b(datetime|date)\.(now|utcnow|today)$|\btime\.time(_ns)?$|\bfunc\.(now|current_timestamp)$"
)

LONGEST_MODULE = 350


def lines(path: Path) -> list[str]:
    return (ROOT / path).read_text("utf-8", errors="replace").splitlines()


@pytest.mark.parametrize("pattern", FOREIGN)
def test_files_speak_of_the_project_only(pattern: str) -> None:
    found = [
        f"{path}:{number}: {FOREIGN[pattern]}"
        for path in FILES
        for number, line in enumerate(lines(path), start=1)
        if re.search(pattern, line)
    ]

    assert [] == found


def test_no_module_is_too_long_to_do_one_thing() -> None:
    long = {str(path): n for path in MODULES if (n := len(lines(path))) > LONGEST_MODULE}

    assert {} == long


def test_time_is_passed_in() -> None:
    """Only commands, tests and tools read the clock; a library that did would give answers nobody can repeat."""
    readers = [
        f"{path}:{call.lineno}: {ast.unparse(call)}"
        for path in MODULES
        if not path.as_posix().startswith(READS_CLOCK)
        for call in ast.walk(ast.parse((ROOT / path).read_bytes()))
        if isinstance(call, ast.Call) and CLOCK.search(ast.unparse(call.func))
    ]

    assert [] == readers


def test_no_test_waits_by_the_clock() -> None:
    sleepers = [
        f"{path}:{call.lineno}"
        for path in MODULES
        if path.is_relative_to("tests")
        for call in ast.walk(ast.parse((ROOT / path).read_bytes()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"time.sleep", "sleep", "asyncio.sleep"}
    ]

    assert [] == sleepers


@pytest.mark.parametrize("folder", sorted({"src/caseclock", *rooms().values()}))
def test_a_room_opens_by_saying_what_is_in_it(folder: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_bytes()))

    assert said, f"{folder}/__init__.py says nothing of what lives there, what does not, and where to start."


def test_rooms_are_never_imported_by_their_bare_names() -> None:
    """A second copy of a room would have its own classes, and comparisons with the first would fail."""
    assert set() == {name for name in sys.modules if name.partition(".")[0] in rooms()}


#: what asks a database for the time
SQL_CLOCK = re.compile(
    r"(?i)(?<![\w.])(now|clock_timestamp|statement_timestamp|transaction_timestamp|getdate)\(\)"
    r"|\b(current_(timestamp|date|time)|localtimestamp)\b|\('now'|, 'now'\)"
)
#: but for views for other tools, which keep nothing, and a page that tells whether the two clocks agree
TELLS_THE_TIME = {"store/views.py", "desk/keeping/health.py"}


def test_no_statement_asks_the_database_for_the_time() -> None:
    """What is kept and judged goes by the instant that was passed in, on whatever machine the database runs."""
    asking = {
        path.as_posix(): literal.value
        for path in MODULES
        if path.parts[0] in {*rooms().values(), "src"}
        for literal in ast.walk(ast.parse((ROOT / path).read_bytes()))
        if isinstance(literal, ast.Constant)
        and isinstance(literal.value, str)
        and SQL_CLOCK.search(literal.value)
    }

    assert TELLS_THE_TIME == set(asking)

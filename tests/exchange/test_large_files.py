"""A return of any size is read in the memory of a small one."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.records import Refused, Told
from caseclock.exchange.safe_xml import elements

CHILDREN = 20_000

#: reads a return to its end, keeping nothing; prints its records, and by how many kB the process grew at its largest
MEASURE = """
import re, sys
from datetime import UTC, datetime
from pathlib import Path
from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.records import NotUsed

def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

def records(path):
    read = read_cin_census(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC))
    return sum(not isinstance(record, NotUsed) for record in read)

small, large = map(Path, sys.argv[1:])
records(small)
before = peak_kb()
print(records(large), peak_kb() - before)
"""


@pytest.fixture
def census_of(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> Callable[[int], Path]:
    """Write a return of so many children, each with a referral, an assessment and a closure."""

    def children(count: int) -> Iterator[str]:
        for number in range(count):
            on = date(2024, 4, 1) + timedelta(days=number % 200)
            block = assessment(str(on), str(on + timedelta(days=60)))
            yield child(details(str(on), block, closure=str(on + timedelta(days=90))), case_id=f"C-{number}")

    def census_of(count: int) -> Path:
        return census(*children(count), name=f"{count}.xml")

    return census_of


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells a process's peak of memory"
)
def test_20_000_children_take_no_more_memory_than_200(census_of: Callable[[int], Path]) -> None:
    small, large = census_of(200), census_of(CHILDREN)
    said = subprocess.run(
        [sys.executable, "-c", MEASURE, str(small), str(large)], capture_output=True, text=True, check=True
    )
    records, grown_by_kb = map(int, said.stdout.split())

    assert 3 * CHILDREN == records
    assert grown_by_kb < 2_000
    assert large.stat().st_size > 10_000_000


def test_the_tree_never_holds_more_than_one_child_already_read(census_of: Callable[[int], Path]) -> None:
    held = [len(list(child.itersiblings(preceding=True))) for child in elements(census_of(50), "Child")]

    assert (50, 1) == (len(held), max(held))


def test_the_reader_keeps_no_record_it_has_given(census_of: Callable[[int], Path]) -> None:
    def peak(path: Path) -> int:
        imported_at = datetime(2026, 11, 20, tzinfo=UTC)
        tracemalloc.start()
        try:
            for record in read_cin_census(path, authority="thurrock", imported_at=imported_at):
                assert isinstance(record, Told | Refused)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = census_of(20), census_of(1_000)
    peak(small)  # what is loaded or cached once is loaded now

    assert peak(large) < peak(small) + 100_000

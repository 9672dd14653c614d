"""The examples do what they say, run as a reader would run them."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples"


def ran(name: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments], capture_output=True, text=True, check=False
    )
    assert "" == done.stderr
    assert 0 == done.returncode
    return done.stdout


def test_one_child_meets_one_clock_and_misses_the_other() -> None:
    told = ran("one_child.py")

    assert "assessment.single.45wd              due 2026-01-21  met_late" in told
    assert "assessment.stat.duration            due 2026-01-22  met\n" in told
    assert "It was met late by 1 working day." in told


def test_the_hosts_rows_and_ours_are_kept_or_rolled_back_together_on_sqlite() -> None:
    told = ran("in_your_transaction.py")

    assert "Rolled back together: Can't record ReferralReceived on case C-2: it is dated" in told
    assert "The host has 1 note; Caseclock has 1 case." in told


def test_the_hosts_rows_and_ours_are_kept_or_rolled_back_together_on_postgresql(postgres_url: str) -> None:
    assert "The host has 1 note; Caseclock has 1 case." in ran("in_your_transaction.py", postgres_url)

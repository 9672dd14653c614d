"""What `import caseclock` and `import caseclock.testing` give an embedding system."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from calling import Call

import caseclock
from caseclock.testing import FixedClock, InMemoryStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", caseclock.__all__)
def test_every_name_it_promises_is_there(name: str) -> None:
    assert name == getattr(getattr(caseclock, name), "__name__", name)
    assert name in dir(caseclock)


def test_a_name_it_does_not_have_is_refused_with_those_it_has() -> None:
    with pytest.raises(AttributeError, match="It has PROCESSES, BadLine"):
        _ = caseclock.Deadline


def test_who_needs_only_dates_waits_for_no_database_driver() -> None:
    code = "import sys, caseclock, caseclock.timers.when; sys.exit('sqlalchemy' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_breach_can_be_raised_with_what_is_promised_alone() -> None:
    engine = caseclock.Engine(InMemoryStore())
    line = {
        "event_id": "1",
        "type": "ReferralReceived",
        "authority": "anywhere",
        "case_id": "C-1",
        "episode_id": "R-1",
        "occurred_at": "2026-03-02T09:30:00Z",
        "by": "hub",
    }
    engine.record(caseclock.parse_line(line, at=NOON), at=NOON)

    assert 1 == caseclock.sweep(engine, NOON + timedelta(days=2)).raised
    assert () == caseclock.verify(engine, NOON + timedelta(days=2)).findings


def test_a_fixed_clock_goes_forward_only() -> None:
    clock = FixedClock(NOON)

    assert NOON == clock()
    assert NOON + timedelta(hours=1) == clock.move_to(NOON + timedelta(hours=1))
    with pytest.raises(ValueError, match="time goes forward"):
        clock.move_to(NOON)
    with pytest.raises(ValueError, match="no offset"):
        FixedClock(datetime(2026, 3, 2))  # noqa: DTZ001


def test_the_command_says_its_version(call: Call) -> None:
    assert call("--version").out.startswith("caseclock 0.")

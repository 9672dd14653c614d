"""Log lines say what the machine did, and of a child nothing."""

from collections.abc import Iterator

import pytest
import structlog
from calling import Call
from freezegun import freeze_time

from caseclock.commands.logs import configure, log


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_has_its_time_its_level_and_what_happened(capsys: pytest.CaptureFixture[str]) -> None:
    configure(verbose=True)
    with freeze_time("2026-03-02T09:30:00Z"):
        log().info("sweep.done", raised=2, cases=1, seconds=0.5)

    assert (
        "timestamp=2026-03-02T09:30:00+00:00 level=info event=sweep.done raised=2 cases=1 seconds=0.5\n"
    ) == capsys.readouterr().err


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Sam"},
        {"date_of_birth": "2019-06-10"},
        {"reason": "injury"},
        {"case": "C-1042"},
        {"fault": "Sam Jones of Mill Lane"},
        {"fault": "a" * 200},
        {"fault": ["a", "list"]},
        {"fault": "two\nlines"},
    ],
    ids=str,
)
def test_whatever_may_not_stand_in_a_line_is_left_out_of_it(
    fields: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    configure(verbose=True)
    log().info("sweep.postponed", **fields)

    said = capsys.readouterr().err
    (field,) = fields
    assert f'{field}="(left out)"' in said
    assert not any(
        word in said for word in ("Sam", "2019-06-10", "injury", "C-1042", "aaaa", "list", "lines")
    )


def test_a_name_of_an_event_that_is_a_sentence_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    log().warning("Sam was not seen")

    assert "Sam" not in capsys.readouterr().err


@pytest.mark.usefixtures("late_assessment")
def test_without_verbose_only_warnings_are_said(call: Call, db: str) -> None:
    assert "" == call("run", "--once", "--db", db).err
    assert "" == call("timers", "--db", db, "--format", "json").err

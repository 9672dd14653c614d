"""What should have fired and did not: `verify` lists it and ends with 1; after a sweep it ends with 0."""

import json

import pytest
from fault_databases import CHILDREN, Databases
from many_children import DUTIES, LONG_AFTER
from story import instant
from typer.testing import CliRunner

from caseclock.commands import app
from caseclock.store.sql import open_store
from caseclock.workflow.engine import Engine
from caseclock.workflow.sweep import sweep

NOW = LONG_AFTER.isoformat()


def verified(url: str, *words: str) -> tuple[int, str]:
    """The exit status of `caseclock verify`, and what it said."""
    done = CliRunner().invoke(app, ["verify", "--db", url, "--now", NOW, *words], catch_exceptions=False)
    return done.exit_code, done.stdout


def test_verify_lists_every_timer_that_should_have_fired(databases: Databases) -> None:
    url = databases.told()
    status, said = verified(url, "--format", "json")
    findings = json.loads(said)["findings"]

    assert 1 == status
    assert CHILDREN * DUTIES == len(findings)
    assert {"missed"} == {finding["kind"] for finding in findings}
    assert "assessment.single.45wd ran out (due 2026-05-07) and no breach was raised. Run a sweep." in {
        finding["words"] for finding in findings if finding["case_id"] == "C-0000"
    }


def test_verify_finds_nothing_once_a_sweep_was_run(databases: Databases) -> None:
    url = databases.told()
    swept = CliRunner().invoke(app, ["run", "--once", "--db", url, "--now", NOW], catch_exceptions=False)
    status, said = verified(url)

    assert (0, 0) == (swept.exit_code, status)
    assert f"{CHILDREN * DUTIES} breaches: all is as the log has it." in said


@pytest.mark.parametrize("kind", ["sqlite"])
def test_verify_lists_what_a_sweep_that_came_too_early_has_left(databases: Databases) -> None:
    url = databases.told()
    with open_store(url) as store:
        raised = sweep(Engine(store), instant("2026-04-15")).raised
    status, said = verified(url, "--format", "json")

    assert 0 < raised < CHILDREN * DUTIES
    assert (1, CHILDREN * DUTIES - raised) == (status, len(json.loads(said)["findings"]))


def test_nothing_is_missed_before_its_time(databases: Databases) -> None:
    """The first duties of these children run out after Monday 16 March 2026."""
    url = databases.told()
    on_the_day = ("--as-at", "2026-03-16", "--format", "json")
    day_after = ("--as-at", "2026-03-17", "--format", "json")

    assert [] == json.loads(verified(url, *on_the_day)[1])["findings"]
    assert 1 == verified(url, *day_after)[0]

"""The examples do what they say, run as a reader would run them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from notebooks import run

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


NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def cells_of(notebook: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_one_as_jupyter_reads_them(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    ids = [cell["id"] for cell in notebook["cells"]]

    assert (4, 5) == (notebook["nbformat"], notebook["nbformat_minor"])
    assert {"cells", "metadata", "nbformat", "nbformat_minor"} == set(notebook)
    assert len(ids) == len(set(ids))
    assert {"cell_type", "id", "metadata", "source"} == {
        key for cell in cells_of(notebook, "markdown") for key in cell
    }
    for number, cell in enumerate(cells_of(notebook, "code"), start=1):
        assert {"cell_type", "id", "metadata", "source", "execution_count", "outputs"} == set(cell)
        assert number == cell["execution_count"], "it was run from top to bottom; run tools/notebooks.py"
        assert {one["output_type"] for one in cell["outputs"]} <= {"stream", "execute_result"}


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs_and_every_cell_gives_what_it_shows(path: Path) -> None:
    kept = json.loads(path.read_text("utf-8"))
    again = run(kept)

    def given(notebook: dict[str, Any]) -> list[list[str]]:
        return [[one["output_type"] for one in cell["outputs"]] for cell in cells_of(notebook, "code")]

    assert given(kept) == given(again)
    assert any("image/svg+xml" in one.get("data", {}) for one in _outputs(again)) == (
        path.name == "what_if.ipynb"
    )


def _outputs(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for cell in cells_of(notebook, "code") for one in cell["outputs"]]

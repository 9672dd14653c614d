"""Tables of moves as tests write them out.

A column is the state an event meets, a cell the state it leads to: = stays where it is, . is refused. A table may stand
in blocks, each with some of the states.
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from caseclock.processes.definition import NOT_BEGUN, Process
from caseclock.processes.machine import drive


def rows(table: str) -> Iterator[tuple[str, str, dict[str, str], str | None]]:
    """Read a table: each state, event and data, and the state they lead to (None: refused)."""
    for block in table.strip("\n").split("\n\n"):
        head, *lines = block.splitlines()
        states = head.split()
        for line in lines:
            words = line.split()
            data = dict(word.split("=") for word in words[1:] if len(word) > 1 and "=" in word)
            cells = words[1 + len(data) :]
            assert len(states) == len(cells), line
            for state, cell in zip(states, cells, strict=True):
                yield state, words[0], data, {"=": state, ".": None}.get(cell, cell)


def deciding(process: Process) -> set[tuple[str, str, tuple[str, ...]]]:
    """Every state, event and value that decides where the event leads: what a whole table must tell."""
    states = [NOT_BEGUN, *(state.name for state in process.states)]
    values: dict[str, set[tuple[str, ...]]] = {event: {()} for event in process.events}
    for event, fields in process.fields.items():
        for field in fields:
            if any(field.name in move.if_ for move in process.moves if move.event == event):
                values[event] |= {(choice,) for choice in field.choices if choice}
    return {(state, event, value) for event in values for value in values[event] for state in states}


class Tabled:
    """A test class takes these checks over and names its processes, each with the table written out for it."""

    tables: ClassVar[Sequence[tuple[Process, str]]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "leads_to" in metafunc.fixturenames:
            cases = [
                pytest.param(process, *row, id=f"{process.name}: {row[1]} {row[2] or ''} in {row[0]}")
                for process, table in self.tables
                for row in rows(table)
            ]
            metafunc.parametrize(("process", "state", "event", "data", "leads_to"), cases)
        elif "table" in metafunc.fixturenames:
            names = [process.name for process, _ in self.tables]
            metafunc.parametrize(("process", "table"), self.tables, ids=names)

    def test_an_event_leads_where_the_table_says(
        self, process: Process, state: str, event: str, data: dict[str, str], leads_to: str | None
    ) -> None:
        assert leads_to == process.next_state(state, event, data)
        assert leads_to == drive(process, state, event, data)

    def test_a_table_leaves_no_state_event_or_deciding_value_out(self, process: Process, table: str) -> None:
        told = {(state, event, tuple(data.values())) for state, event, data, _ in rows(table)}

        assert set() == deciding(process) - told
        assert len(told) == len(list(rows(table)))
        assert {event for _, event, _ in told} == set(process.events)

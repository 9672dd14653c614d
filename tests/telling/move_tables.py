"""Tables of moves as tests write them out.

A column is the state an event meets, a cell the state it leads to: = stays where it is, . is refused. A table may stand
in blocks, each with some of the states.
"""

from collections.abc import Iterator

from caseclock.processes.definition import NOT_BEGUN, Process


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

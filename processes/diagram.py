"""A process drawn as a Mermaid state diagram, and written as a Markdown table: both made from its moves."""

from collections.abc import Iterator

from caseclock.processes.definition import NOT_BEGUN, Move, Process


def mermaid(process: Process) -> str:
    """Draw a process: a line for each pair of states and the events that lead from one to the other.

    Final states lead to the end mark. Events that leave a state as it is are told in a note beside it.
    """
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f"    {state.name} : {_plain(state.name)}" for state in process.states]
    arrows, staying = _arrows(process), _staying(process)
    lines += [f"    {_node(start)} --> {end} : {' or '.join(told)}" for (start, end), told in arrows.items()]
    lines += [f"    {state.name} --> [*]" for state in process.states if state.final]
    for state, told in staying.items():
        lines += [f"    note right of {state}", f"        stays: {', '.join(told)}", "    end note"]
    return "\n".join(lines) + "\n"


def table(process: Process) -> str:
    """Write a process as a Markdown table, a row for each move in the order in which they are tried."""
    rows = [
        "| in | event | where | leads to |",
        "| --- | --- | --- | --- |",
        *(
            f"| {', '.join(_plain(state) for state in move.when)} | `{move.event}` | {_where(move)} | "
            f"{'no change' if move.to is None else _plain(move.to)} |"
            for move in process.moves
        ),
    ]
    return "\n".join(rows) + "\n"


def _arrows(process: Process) -> dict[tuple[str, str], list[str]]:
    """Gather the events between each pair of states, in the order of the table."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move, start in _lines(process):
        if move.to not in (None, start):
            arrows.setdefault((start, str(move.to)), []).append(label(move))
    return arrows


def _staying(process: Process) -> dict[str, list[str]]:
    staying: dict[str, list[str]] = {}
    for move, start in _lines(process):
        if move.to in (None, start):
            staying.setdefault(start, []).append(label(move))
    return staying


def _lines(process: Process) -> Iterator[tuple[Move, str]]:
    for move in process.moves:
        for start in move.when:
            yield move, start


def label(move: Move) -> str:
    """Name a move's event and, where it depends on data, what the data say; no colons, which end a label in Mermaid."""
    told = ", ".join(_said(name, values) for name, values in move.if_.items())
    return f"{move.event} ({told})" if told else move.event


def _said(name: str, values: tuple[str, ...]) -> str:
    if set(values) <= {"true", "false"}:
        return " or ".join(_plain(name) if value == "true" else f"not {_plain(name)}" for value in values)
    return " or ".join(_plain(value) or "not told" for value in values)


def _where(move: Move) -> str:
    return " and ".join(
        f"`{name}` is {' or '.join(f'`{value}`' if value else 'not told' for value in values)}"
        for name, values in move.if_.items()
    )


def _node(state: str) -> str:
    return "[*]" if state == NOT_BEGUN else state


def _plain(name: str) -> str:
    return name.replace("_", " ")

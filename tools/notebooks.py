"""Run the notebooks in examples/ and write what their cells give into them, as Jupyter would; it isn't needed for that.

python tools/notebooks.py            run every one, and write the outputs
python tools/notebooks.py NAME...    only these
"""

import ast
import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from project_files import ROOT

NOTEBOOKS = ROOT / "examples"
FORMAT = (4, 5)
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
#: media types of a value that draws itself
_DRAWN = {"_repr_svg_": "image/svg+xml", "_repr_html_": "text/html"}


def made(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a notebook of these cells."""
    return {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}},
        "nbformat": FORMAT[0],
        "nbformat_minor": FORMAT[1],
    }


def run(notebook: dict[str, Any]) -> dict[str, Any]:
    """Run the code of a notebook from top to bottom, and give it with what its cells gave."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, number = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            number += 1
            given = _outputs("".join(cell["source"]), names, number)
            cells.append({**cell, "execution_count": number, "outputs": given})
        else:
            cells.append(cell)
    return made(cells)


def _outputs(source: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Run one cell; what it prints comes first, then the value of its last line."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    if last is not None:
        tree.body.pop()
    printed = io.StringIO()
    value = None
    with redirect_stdout(printed):
        exec(compile(tree, f"<cell {number}>", "exec"), names)  # noqa: S102  # that is what a notebook is
        if last is not None:
            value = eval(compile(ast.Expression(last.value), f"<cell {number}>", "eval"), names)  # noqa: S307
    given: list[dict[str, Any]] = []
    if text := printed.getvalue():
        given.append({"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        for draws, kind in _DRAWN.items():
            if hasattr(value, draws):
                data[kind] = getattr(value, draws)().splitlines(keepends=True)
        given.append(
            {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}
        )
    return given


def write(path: Path, notebook: dict[str, Any]) -> None:
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main(names: list[str]) -> None:
    for path in [NOTEBOOKS / name for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        write(path, run(json.loads(path.read_text("utf-8"))))
        sys.stdout.write(f"Ran {path.relative_to(ROOT)}.\n")


if __name__ == "__main__":
    main(sys.argv[1:])

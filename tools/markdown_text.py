"""Pieces of Markdown that generated pages are made of."""

from collections.abc import Iterable


def codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def words(value: str) -> str:
    return value.replace("_", " ")


def anchor(heading: str) -> str:
    """Give the anchor that Markdown readers make of a heading."""
    return heading.lower().replace(".", "")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"

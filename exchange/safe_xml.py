"""XML read as a stream, in bounded memory, with nothing in it believed: no DOCTYPE, no entities, no network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from caseclock.exchange.records import FileRefused

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_pis": True,
    "remove_comments": True,
}


def local_name(element: etree._Element) -> str:
    """Give an element's name without its namespace."""
    return etree.QName(element).localname


def text_of(element: etree._Element | None) -> str | None:
    """Give an element's own text without white space around it; None where it is absent or empty."""
    if element is None or element.text is None:
        return None
    return element.text.strip() or None


def root_name(path: Path) -> str:
    """Name the root element, having read no further. Raises FileRefused for a DOCTYPE and for what is not XML."""
    with path.open("rb") as file:
        try:
            for _, element in etree.iterparse(file, events=("start",), **_OPTIONS):
                _refuse_doctype(path, element)
                return local_name(element)
        except etree.XMLSyntaxError as error:
            raise _broken(path, error) from error
    raise FileRefused(f"Can't bring in {path.name}: it is empty. Ask for the file again.")


def elements(path: Path, *names: str) -> Iterator[etree._Element]:
    """Give each element of these names as it ends, and forget it, with all before it, when the next is asked for.

    Raises FileRefused for a DOCTYPE, and where the XML breaks off or is malformed, wherever in the file that is.
    """
    with path.open("rb") as file:
        try:
            wanted = tuple(f"{{*}}{name}" for name in names)
            for _, element in etree.iterparse(file, events=("end",), tag=wanted, **_OPTIONS):
                _refuse_doctype(path, element)
                yield element
                if next(element.iterancestors(*wanted), None) is None:  # else the outer one is still to come
                    element.clear(keep_tail=True)
                    _forget_before(element)
        except etree.XMLSyntaxError as error:
            raise _broken(path, error) from error


def _refuse_doctype(path: Path, element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise FileRefused(
            f"Can't bring in {path.name}: it has a DOCTYPE, which no return needs and which can make a reader fetch "
            "other files. Ask for the return without one."
        )


def _forget_before(element: etree._Element) -> None:
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _broken(path: Path, error: etree.XMLSyntaxError) -> FileRefused:
    said = " ".join(str(error.msg).split())[:200]
    return FileRefused(
        f"Can't bring in {path.name}: it is not whole, well-formed XML ({said}). "
        "Nothing of it was written. Ask for the file again."
    )

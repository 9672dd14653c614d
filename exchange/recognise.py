"""What a file is, by what is inside it. A name that says otherwise is a mistake worth stopping for."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from caseclock.exchange.records import FileRefused
from caseclock.exchange.safe_xml import root_name
from caseclock.exchange.ssda903_tables import fault_of_header, first_line, table_of

#: what files of these names are brought in as
SUFFIXES: Mapping[str, str] = {
    ".xml": "cin_census",
    ".xlsx": "annex_a",
    ".xlsm": "annex_a",
    ".jsonl": "event_lines",
    ".ndjson": "event_lines",
    ".csv": "ssda903",
}
#: the kinds in words
KINDS: Mapping[str, str] = {
    "cin_census": "a children in need census (XML)",
    "annex_a": "an Annex A workbook (.xlsx)",
    "event_lines": "event lines (.jsonl)",
    "ssda903": "a file of a looked-after children return, SSDA903 (.csv)",
}

_MARKS = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "a workbook in the old .xls form, or one locked with a password"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
)


def recognise(path: Path) -> str:
    """Name a file's kind: cin_census, annex_a, ssda903 or event_lines. Raises FileRefused for anything else.

    Also for a file whose name says one kind and whose content is another.
    """
    if path.is_dir():
        raise _refused(path, "it is a folder", "Give the files in it")
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError as error:
        raise _refused(path, "there is no such file", "Check its name and folder") from error
    except OSError as error:
        raise _refused(
            path, f"it can't be opened ({error.strerror})", "Check that you may read it"
        ) from error
    if not head.strip(b"\xef\xbb\xbf\x00 \t\r\n"):
        raise _refused(path, "it is empty", "Ask for the file again")
    kind = _kind(path, head)
    said = SUFFIXES.get(path.suffix.lower())
    if said not in (None, kind):
        remedy = "Check that it is the right file, and give it the name of what it is"
        raise _refused(path, f"its name says {KINDS[str(said)]}, but inside it is {KINDS[kind]}", remedy)
    return kind


def _kind(path: Path, head: bytes) -> str:
    mark = next((named for bytes_, named in _MARKS if head.startswith(bytes_)), None)
    if mark == "zip":
        return _kind_of_zip(path)
    if mark is not None:
        raise _not_known(path, mark)
    start = _as_text(head).lstrip()
    if start.startswith("<"):
        return _kind_of_xml(path, start)
    if start.startswith("{"):
        if start.splitlines()[0].strip() == "{":
            raise _refused(path, "its JSON is spread over several lines", "Write one event a line")
        return "event_lines"
    if start.startswith("["):
        raise _refused(path, "it is a JSON list", "Write one event a line, without brackets around them")
    if found := table_of(first_line(start)):
        table, columns, _ = found
        if fault := fault_of_header(table, columns):
            raise FileRefused(f"Can't bring in {path.name}: {fault}.")
        return "ssda903"
    is_text = "\x00" not in start and "\N{REPLACEMENT CHARACTER}" not in start
    raise _not_known(path, "plain text, perhaps comma-separated" if is_text else "of a form not known here")


def _kind_of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise _refused(
            path, f"it is a damaged workbook or archive ({error})", "Ask for the file again"
        ) from error
    if "xl/workbook.xml" in names:
        return "annex_a"
    raise _not_known(
        path, "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "an archive or document"
    )


def _kind_of_xml(path: Path, start: str) -> str:
    if "<html" in start.lower() or "<!doctype html" in start.lower():
        raise _not_known(path, "a web page, perhaps a sign-in or error page saved in place of the file")
    root = root_name(path)
    if root == "Message":
        return "cin_census"
    raise _not_known(path, f"XML of another kind (it begins with <{root}>)")


def _as_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    return head.decode("utf-8-sig", errors="replace")


def _not_known(path: Path, what: str) -> FileRefused:
    return _refused(path, f"it is {what}", f"What can be brought in: {', '.join(KINDS.values())}")


def _refused(path: Path, why: str, remedy: str) -> FileRefused:
    return FileRefused(f"Can't bring in {path.name}: {why}. {remedy}.")

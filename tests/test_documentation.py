"""What the documentation says is so: its commands run, its links lead somewhere, its words are those of the code."""

import doctest
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from project_files import ROOT, project_files

from caseclock.desk.audit import Deed
from caseclock.desk.roles import Permission, Role
from caseclock.desk.settings import SignIn
from caseclock.timers.durations import Counting, MonthPolicy
from caseclock.timers.packs import read_pack
from caseclock.timers.timer import Standing
from caseclock.timers.timescale import Basis, Kind, Verification

#: data of that form are parts of pages, and are read there
PAGES = [path for path in project_files() if path.suffix == ".md" and "data" not in path.parts]
#: fences whose content is run or written; any other language is only shown
RUN = {"console", "python", "pycon"}

_FENCE = re.compile(
    r"^ *```(?P<language>\w*)(?: (?P<file>\S+))?\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"(?P<image>!?)\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_MAKES = re.compile(r"^(\w+):.*##", re.MULTILINE)
_STATUS = re.compile(r"\s+# exit status (\d)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the file it is to be saved as, its text and first line number."""

    language: str
    file: str | None
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = (ROOT / page).read_text("utf-8")
    return [
        Block(
            found["language"],
            found["file"],
            textwrap.dedent(found["text"]),
            text.count("\n", 0, found.start("text")) + 1,
        )
        for found in _FENCE.finditer(text)
    ]


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Give each command of a console block with the output shown under it."""
    command, shown = "", ""
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line[2:].rstrip("\n"), ""
        else:
            shown += line
    yield command, shown


def check_console(block: Block, where: str) -> None:
    for command, shown in commands(block):
        words = shlex.split(_STATUS.sub("", command))
        if words[0] == "make":
            made = _MAKES.findall((ROOT / "Makefile").read_text("utf-8"))
            assert words[1] in made, f"{where}: the Makefile does not make {words[1]}."
            continue
        assert words[0] == "caseclock", (
            f"{where}: `{command}` can't be tried. Fence it as sh, which is only shown."
        )
        done = subprocess.run(
            [sys.executable, "-m", *words],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb"},
        )
        status = _STATUS.search(command)
        said = done.stdout + done.stderr
        assert (int(status[1]) if status else 0) == done.returncode, f"{where}: `{command}` said:\n{said}"
        if shown:
            same = doctest.OutputChecker().check_output(
                shown, said, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            )
            assert same, f"{where}: `{command}` should say:\n{shown}\nbut said:\n{said}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.language in RUN for block in blocks(page))], ids=str
)
def test_what_a_page_shows_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks run in order, in one empty folder a page; a block whose fence names a file is saved under that name."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": page.stem}
    for block in blocks(page):
        where = f"{page}:{block.line}"
        if block.file:
            (tmp_path / block.file).write_text(block.text, "utf-8")
        elif block.language == "console":
            check_console(block, where)
        elif block.language == "python":
            exec(compile(block.text, where, "exec"), names)  # noqa: S102
        elif block.language == "pycon":
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            example = doctest.DocTestParser().get_doctest(block.text, names, where, str(page), block.line)
            told: list[str] = []
            failed = runner.run(example, out=told.append, clear_globs=False).failed
            assert 0 == failed, "".join(told)
            names.update(example.globs)


def test_a_timescale_shown_to_contributors_loads() -> None:
    head = '[pack]\nid = "shown"\ntitle = "Shown"\nprocess = "assessment"\nreviewed_on = 2026-11-21\n'
    shown = [block.text for block in blocks(Path("CONTRIBUTING.md")) if block.language == "toml"]

    assert [1] == [len(read_pack(head + text, "shown").timescales) for text in shown]


def anchors(page: Path) -> set[str]:
    """Give the anchors that Markdown readers make of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", (ROOT / page).read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    lost = []
    for link in _LINK.finditer(_FENCE.sub("", (ROOT / page).read_text("utf-8"))):
        file, _, place = link["target"].partition("#")
        target = Path(os.path.normpath(page.parent / file)) if file else page
        if not re.match(r"\w+:", link["target"]) and (
            not (ROOT / target).exists() or (place and place not in anchors(target))
        ):
            lost.append(link["target"])

    assert [] == lost


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_picture_is_told_in_words_too(page: Path) -> None:
    silent = [
        link["target"]
        for link in _LINK.finditer((ROOT / page).read_text("utf-8"))
        if link["image"] and len(link["words"]) < 10
    ]

    assert [] == silent


@pytest.mark.parametrize(
    "words", [Standing, Basis, Kind, Counting, MonthPolicy, Verification, Role, Permission, Deed, SignIn]
)
def test_the_glossary_has_every_word_that_is_stored_or_shown(words: type[StrEnum]) -> None:
    glossary = (ROOT / "docs/glossary.md").read_text("utf-8")

    assert [] == [word for word in words if f"`{word}`" not in glossary]


def test_every_page_of_the_documentation_can_be_reached() -> None:
    pages = {page for page in PAGES if page.is_relative_to("docs")}
    linked = {
        Path(os.path.normpath(page.parent / link["target"].partition("#")[0]))
        for page in PAGES
        for link in _LINK.finditer((ROOT / page).read_text("utf-8"))
    }

    assert set() == pages - linked


def test_the_readme_takes_two_commands() -> None:
    told = [
        command
        for block in blocks(Path("README.md"))
        if block.language == "console"
        for command, _ in commands(block)
    ]

    assert ["make demo", "make test"] == told


def test_the_readme_maps_every_folder() -> None:
    folders = {path.parts[0] for path in project_files() if len(path.parts) > 1 and path.parts[0] != ".ci"}
    mapped = re.findall(
        r"`([a-z_]+)(?:/caseclock)?/`", (ROOT / "README.md").read_text("utf-8").split("## Who")[0]
    )

    assert folders == {*mapped} - {"packs"}

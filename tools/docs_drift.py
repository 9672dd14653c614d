"""Write the reference pages that are made from code and packs, or say which of them no longer fit.

python tools/docs_drift.py            write them
python tools/docs_drift.py --check    exit with 1 and name those that differ
"""

import difflib
import re
import sys
import tomllib
from collections.abc import Iterator

from api_page import api_page
from indicators_page import indicators_page
from markdown_text import anchor, codes, paragraphs, table, words
from project_files import ROOT
from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command
from views_page import views_page

from caseclock.commands import app
from caseclock.processes import PROCESSES, Process
from caseclock.processes.catalogue import shipped_packs
from caseclock.processes.definition import Field
from caseclock.processes.diagram import mermaid
from caseclock.processes.diagram import table as moves
from caseclock.timers.timescale import Timescale, Verification

REFERENCE = ROOT / "docs" / "reference"
GENERATED = "<!-- Made by tools/docs_drift.py from the code: change that, and run `make docs`. -->"

CHECKED = {
    Verification.V1: "primary text seen",
    Verification.V2: "secondary text seen",
    Verification.K: "not yet checked",
}


def pages() -> dict[str, str]:
    """Make every generated page: its path below docs/reference, and its text."""
    made = {f"processes/{process.name}.md": process_page(process) for process in PROCESSES.values()}
    made["timescales.md"] = timescales_page()
    made["indicators.md"] = indicators_page(GENERATED)
    made["commands.md"] = commands_page()
    made["api.md"] = api_page(GENERATED)
    made["views.md"] = views_page(GENERATED)
    made["README.md"] = index_page()
    return made


def index_page() -> str:
    lines = [
        "# Reference",
        GENERATED,
        "- [Commands](commands.md)",
        "- [API](api.md), for other systems",
        "- [Views](views.md), for tools that read the database",
        "- [Timescales](timescales.md), with their sources",
        "- [Indicators](indicators.md), with what each is counted of",
        *(f"- [{process.title}](processes/{process.name}.md)" for process in PROCESSES.values()),
    ]
    return paragraphs(lines[:2]) + "\n" + "\n".join(lines[2:]) + "\n"


def process_page(process: Process) -> str:
    return paragraphs(
        [
            f"# {process.title}",
            GENERATED,
            process.words,
            f"Process `{process.name}`, version {process.version}.",
            "## States",
            f"```mermaid\n{mermaid(process).rstrip()}\n```",
            table(
                ("state", "means", "over"),
                ((f"`{state.name}`", state.words, "yes" if state.final else "") for state in process.states),
            ),
            "## Moves",
            "The first line that applies decides. An event that fits no line is refused.",
            moves(process).rstrip(),
            *data_section(process),
            *timescale_section(process),
        ]
    )


def data_section(process: Process) -> Iterator[str]:
    rows = [
        (f"`{event}`", f"`{one.name}`", accepted(one), "yes" if one.required else "")
        for event, fields in process.fields.items()
        for one in fields
    ]
    if rows:
        yield "## Data"
        yield "Other fields are kept and not looked at."
        yield table(("event", "field", "takes", "required"), rows)


def accepted(one: Field) -> str:
    if one.is_date:
        return "a date"
    return codes(choice for choice in one.choices if choice) or "any text"


def timescale_section(process: Process) -> Iterator[str]:
    rows = [
        (
            f"[`{rule.id}`](../timescales.md#{anchor(rule.id)})",
            rule.duty,
            limits(rule),
            words(rule.basis),
            in_force(rule),
        )
        for pack in shipped_packs()
        for rule in pack.timescales
        if rule.process == process.name
    ]
    if rows:
        yield "## Timescales"
        yield table(("timescale", "duty", "limit", "basis", "in force"), rows)


def timescales_page() -> str:
    files = pack_files()
    parts = [
        "# Timescales",
        GENERATED,
        "Every timescale that ships, by pack, in all its versions, in the words of the [glossary](../glossary.md).",
        "Events are named without the conditions under which they count; those stand in the pack.",
    ]
    for pack in shipped_packs():
        parts += [f"## {pack.title}", f"[The pack]({files[pack.id]}) says the same in full."]
        for rule in dict.fromkeys(timescale.id for timescale in pack.timescales):
            versions = [timescale for timescale in pack.timescales if timescale.id == rule]
            parts += [f"### {rule}", *(version_words(version) for version in versions)]
    return paragraphs(parts)


def pack_files() -> dict[str, str]:
    """Find the file of each pack by its id, as a link from the reference."""
    return {
        tomllib.loads(file.read_text("utf-8"))["pack"]["id"]: f"../../{file.relative_to(ROOT).as_posix()}"
        for file in (ROOT / "processes" / "packs").glob("*/*.toml")
    }


def version_words(version: Timescale) -> str:
    lines = [f"{version.duty}.", ""]
    if version.has_clock():
        lines.append(f"- {limits(version)}, {words(version.kind)}, counting {countings(version)}")
        lines.append(f"- from {codes(dict.fromkeys(start.clause.event for start in version.starts))}")
        stops = codes(dict.fromkeys(clause.event for clause in version.stops))
        lines.append(f"- to {stops or 'the write-up of the same event'}")
        voids = [*version.voids, *(clause for start in version.starts for clause in start.voids)]
        if voids:
            lines.append(f"- ends without it at {codes(dict.fromkeys(clause.event for clause in voids))}")
    else:
        lines.append(f"- {words(version.kind)}")
    if version.target_percent is not None:
        lines.append(f"- wanted in time: {version.target_percent}%")
    lines.append(f"- {in_force(version)}; {words(version.basis)}; process `{version.process}`")
    source = f"[{version.source}]({version.source_url})" if version.source_url else version.source
    reviewed = f", reviewed {version.reviewed_on}" if version.reviewed_on else ""
    lines.append(f"- source: {source} ({CHECKED[version.verification]}{reviewed})")
    if version.notes:
        lines.append(f"- {version.notes}")
    return "\n".join(lines)


def countings(version: Timescale) -> str:
    return codes(dict.fromkeys(start.counting or version.counting for start in version.starts))


def limits(version: Timescale) -> str:
    """Say each limit a version can give; under which condition stands in the pack."""
    own = [start.limit for start in version.starts if start.limit]
    said = " or ".join(
        dict.fromkeys(limit.words() for limit in [*(rule.limit for rule in version.limits), *own])
    )
    not_before = " or ".join(
        dict.fromkeys(rule.not_before.words() for rule in version.limits if rule.not_before)
    )
    if not_before:
        said = f"{said}, not before {not_before}"
    return f"{said or 'no number'} in any {version.in_any.words()}" if version.in_any else said or "no number"


def in_force(version: Timescale) -> str:
    if not version.commenced:
        return "enacted, not yet in force"
    places = ""
    if version.only_in:
        places = f", only in {', '.join(sorted(version.only_in))}"
    if version.not_in:
        places = f", not in {', '.join(sorted(version.not_in))}"
    until = f" to {version.effective_to}" if version.effective_to else ""
    return f"from {version.effective_from}{until}{places}"


def commands_page() -> str:
    command = get_command(app)
    said = get_docs_for_click(obj=command, ctx=Context(command), name="caseclock")
    # A usage line is a pattern, not a command that could be tried: show it as plain text.
    _, _, rest = said.replace("```console\n$ ", "```text\n").partition("\n")
    for name, first_line in summaries(command):
        whole = f"* `{name}`: {first_line}".replace("\\", "\\\\")
        rest = re.sub(rf"^\* `{name}`: .*$", whole, rest, flags=re.MULTILINE)
    return paragraphs(["# Commands", GENERATED, rest.strip()])


def summaries(command: object) -> Iterator[tuple[str, str]]:
    """Give each command with the whole first line of its help, which a listing cuts short."""
    for name, inner in getattr(command, "commands", {}).items():
        yield name, (inner.help or "").partition("\n\n")[0].replace("\n", " ")
        yield from summaries(inner)


def stale(made: dict[str, str]) -> list[str]:
    """Name the generated pages on disk that nothing makes any more."""
    return [
        str(path.relative_to(REFERENCE))
        for path in sorted(REFERENCE.rglob("*.md"))
        if GENERATED in path.read_text("utf-8") and str(path.relative_to(REFERENCE)) not in made
    ]


def check(made: dict[str, str]) -> int:
    drifted = [f"docs/reference/{name} is made by nothing any more." for name in stale(made)]
    for name, text in made.items():
        path = REFERENCE / name
        kept = path.read_text("utf-8") if path.exists() else ""
        drifted += list(
            difflib.unified_diff(kept.splitlines(), text.splitlines(), str(path), "made anew", lineterm="")
        )
    if not drifted:
        return 0
    print("\n".join(drifted[:60]))
    print("Generated docs no longer say what the code says. Run: make docs", file=sys.stderr)
    return 1


def write(made: dict[str, str]) -> int:
    for name in stale(made):
        (REFERENCE / name).unlink()
    for name, text in made.items():
        path = REFERENCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit((check if "--check" in sys.argv[1:] else write)(pages()))

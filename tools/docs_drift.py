"""Write the reference pages that are made from code and packs, or say which of them no longer fit.

python tools/docs_drift.py            write them
python tools/docs_drift.py --check    exit with 1 and name those that differ
"""

import difflib
import re
import sys
from collections.abc import Iterable, Iterator

from project_files import ROOT
from typer import Context
from typer.cli import get_docs_for_click
from typer.main import get_command

from caseclock.commands import app
from caseclock.processes import PROCESSES, Process
from caseclock.processes.catalogue import shipped_packs
from caseclock.processes.definition import Field
from caseclock.processes.diagram import mermaid
from caseclock.processes.diagram import table as moves
from caseclock.timers.timescale import Clause, Fact, LimitRule, Start, Timescale, Verification

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
    made["commands.md"] = commands_page()
    made["README.md"] = index_page()
    return made


def index_page() -> str:
    lines = [
        "# Reference",
        GENERATED,
        "- [Commands](commands.md)",
        "- [Timescales](timescales.md), with their sources",
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
    parts = [
        "# Timescales",
        GENERATED,
        "Every timescale that ships, by pack, in all its versions, in the words of the [glossary](../glossary.md).",
    ]
    for pack in shipped_packs():
        parts.append(f"## {pack.title}")
        for rule in dict.fromkeys(timescale.id for timescale in pack.timescales):
            versions = [timescale for timescale in pack.timescales if timescale.id == rule]
            parts += [f"### {rule}", *(version_words(version) for version in versions)]
    return paragraphs(parts)


def version_words(version: Timescale) -> str:
    lines = [f"{version.duty}.", ""]
    if version.has_clock():
        lines.append(f"- {limits(version)}, counting `{version.counting}` ({words(version.kind)})")
        lines.append(f"- from {'; or '.join(start_words(start) for start in version.starts)}")
        lines.append(f"- to {'; or '.join(clause_words(clause) for clause in version.stops)}")
        if version.voids:
            lines.append(
                f"- ends without it at {'; or '.join(clause_words(clause) for clause in version.voids)}"
            )
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


def limits(version: Timescale) -> str:
    said = "; otherwise ".join(limit_words(rule) for rule in version.limits) or "no number"
    return f"{said} in any {version.in_any.words()}" if version.in_any else said


def limit_words(rule: LimitRule) -> str:
    said = rule.limit.words()
    if rule.not_before is not None:
        said += f", not before {rule.not_before.words()}"
    if rule.age_under is not None:
        said += f" under the age of {rule.age_under}"
    if rule.since is not None:
        said += f" from {rule.years_since} years after `{rule.since}`"
    return said + fact_words(rule.facts)


def start_words(start: Start) -> str:
    said = clause_words(start.clause)
    if start.nth is not None:
        said += f", number {start.nth} only"
    if start.from_nth is not None:
        said += f", from number {start.from_nth}"
    if start.date_from is not None:
        said += f", counting from `{start.date_from}`"
    if start.needs:
        said += f", if there is {' or '.join(clause_words(clause) for clause in start.needs)}"
    if start.unless:
        said += f", unless after {' or '.join(clause_words(clause) for clause in start.unless)}"
    if start.open_case is not None:
        said += ", on a case open already" if start.open_case else ", not on a case open already"
    return said


def clause_words(clause: Clause) -> str:
    where = conditions(clause.where.items())
    process = f" of `{clause.process}`" if clause.process else ""
    return f"`{clause.event}`{process}{f' where {where}' if where else ''}{fact_words(clause.facts)}"


def fact_words(facts: Iterable[Fact]) -> str:
    return "".join(f", where {conditions([(fact.field, fact.values)], 'was last told as')}" for fact in facts)


def in_force(version: Timescale) -> str:
    if not version.commenced:
        return "enacted, not yet in force"
    until = f" to {version.effective_to}" if version.effective_to else ""
    return f"from {version.effective_from}{until}"


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


def conditions(fields: Iterable[tuple[str, tuple[str, ...]]], link: str = "is") -> str:
    return " and ".join(
        f"`{name}` {link} {' or '.join(f'`{value}`' if value else 'not told' for value in values)}"
        for name, values in fields
    )


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

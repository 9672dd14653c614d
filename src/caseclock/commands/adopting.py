"""`caseclock packs`: the packs of timescales that ship and that were adopted since, and how one is adopted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseclock.commands.faults import REFUSED, stop
from caseclock.commands.options import (
    DB_VARIABLE,
    AsRows,
    AsTable,
    Authority,
    Because,
    By,
    Db,
    ForAuthority,
    Now,
    Rows,
    TableOrJson,
    opened,
    present,
)
from caseclock.commands.output import progress, show, table, text, write_csv, write_json, write_json_rows
from caseclock.desk.words import counted, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from caseclock.store.protocol import AdoptedPack
    from caseclock.timers.packs import Pack

#: of a digest, so much is shown in tables
SHOWN = 12
PACK_COLUMNS = (
    "pack",
    "title",
    "process",
    "authority",
    "timescales",
    "adopted",
    "known_at",
    "by",
    "because",
    "sha256",
)


def list_packs(
    db: Db = None,
    authority: Authority = None,
    answer: AsRows = Rows.TABLE,
) -> None:
    """List the packs that ship and, of a database, those adopted since: digest, when each was known, who and why."""
    rows = list(_shipped())
    if db:
        with opened(db) as store, store.snapshot() as unit:
            rows += [_adopted_row(adopted) for adopted in unit.adopted_packs()]
    rows = [row for row in rows if authority is None or row["authority"] in (None, authority)]
    if answer is Rows.JSON:
        write_json_rows(rows)
    elif answer is Rows.CSV:
        write_csv(PACK_COLUMNS, rows)
    else:
        _show(rows)
        if not db:
            typer.echo(f"Those that ship. Give --db, or set {DB_VARIABLE}, for those adopted since.")


def _shipped() -> "Iterator[dict[str, Any]]":
    from caseclock.processes.catalogue import pack_files, shipped_packs

    for file, pack in zip(pack_files(), shipped_packs(), strict=True):
        yield _row(pack, file.read_bytes().decode(), pack.authority)


def _adopted_row(adopted: "AdoptedPack") -> dict[str, Any]:
    from caseclock.timers.packs import read_pack

    row = _row(read_pack(adopted.text, adopted.pack_id), adopted.text, adopted.authority)
    return row | {
        "adopted": True,
        "known_at": adopted.known_at.isoformat(),
        "by": adopted.by,
        "because": adopted.because,
    }


def _row(pack: "Pack", written: str, authority: str | None) -> dict[str, Any]:
    from caseclock.workflow.adoption import digest

    return {
        "pack": pack.id,
        "title": pack.title,
        "process": pack.process,
        "authority": authority,
        "timescales": len(pack.timescales),
        "adopted": False,
        "known_at": None,
        "by": None,
        "because": None,
        "sha256": digest(written),
    }


def _show(rows: list[dict[str, Any]]) -> None:
    from datetime import datetime

    shipped = [row for row in rows if not row["adopted"]]
    made = table("Shipped", ("pack", "title", "for", "timescales", "digest"), right=("timescales",))
    for row in shipped:
        made.add_row(*_cells(row))
    show(made)
    since = [row for row in rows if row["adopted"]]
    if since:
        made = table(
            "Adopted since",
            ("pack", "title", "for", "timescales", "digest", "known from", "by", "because"),
            right=("timescales",),
        )
        for row in since:
            known_from = moment(datetime.fromisoformat(row["known_at"]))
            made.add_row(*_cells(row), known_from, text(row["by"]), text(row["because"]))
        show(made)
    typer.echo(f"{counted(len(shipped), 'pack')} shipped, {len(since):,} adopted since.")


def _cells(row: dict[str, Any]) -> "list[str | Text]":
    return [
        text(row["pack"]),
        text(row["title"]),
        text(row["authority"] or "all"),
        str(row["timescales"]),
        row["sha256"][:SHOWN],
    ]


def adopt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The pack, a TOML file.")],
    by: By,
    because: Because,
    db: Db = None,
    authority: ForAuthority = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Adopt a pack: its versions hold from their first day; running timers that one of them lengthens move.

    Ends with 1 where the pack does not load, edits a version that there is, or would shorten the law backwards.
    """
    from caseclock.processes.definition import ProcessRefused
    from caseclock.store.protocol import AdoptedPack
    from caseclock.timers.packs import PackRefused, load_pack
    from caseclock.workflow.adoption import adopt_pack, digest
    from caseclock.workflow.engine import Engine

    with opened(db) as store:
        try:
            pack = load_pack(file)
            written = file.read_bytes().decode()  # as it is, so that anyone can work out its digest
            known = AdoptedPack(pack.id, written, present(now), by, because, authority)
            with progress("Working out running timers"):
                adopted = adopt_pack(Engine(store), known)
        except (PackRefused, ProcessRefused) as refused:
            stop(str(refused), REFUSED)
    if answer is TableOrJson.JSON:
        write_json(
            {
                "pack": pack.id,
                "authority": adopted.authority,
                "timescales": [
                    {"id": one.id, "version": one.version, "duty": one.duty} for one in pack.timescales
                ],
                "new": adopted.new,
                "sha256": digest(written),
                "cases": adopted.moved.cases,
                "timers": adopted.moved.timers,
            }
        )
        return
    whose = adopted.authority or "all authorities"
    said = f"for {whose}: {counted(len(pack.timescales), 'timescale')}"
    typer.echo(
        f"{pack.title} ({pack.id}) is adopted {said}, digest {digest(written)[:SHOWN]}."
        if adopted.new
        else f"{pack.title} ({pack.id}) was adopted before {said}. Nothing is adopted twice."
    )
    typer.echo(
        f"{counted(adopted.moved.timers, 'running timer')} moved, in {counted(adopted.moved.cases, 'case')}."
    )

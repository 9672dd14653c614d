"""`--as-judged-by PACK.toml`: the same events under other packs, to answer what if the law had been."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from caseclock.store.protocol import Transaction
    from caseclock.timers.packs import Pack
    from caseclock.timers.rulebook import Rulebook

AsJudgedBy = Annotated[
    list[Path] | None,
    typer.Option(
        "--as-judged-by",
        metavar="PACK.toml",
        help="Judge by this pack: its timescales in the place of those with the same ids. May be repeated; "
        "what is stored does not change.",
    ),
]


@dataclass(frozen=True, slots=True)
class Judging:
    """The packs a question is to be judged by; none for those in force."""

    paths: tuple[Path, ...] = ()
    packs: "tuple[Pack, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.packs)

    @property
    def names(self) -> list[str]:
        """Give the packs' ids, as JSON has them."""
        return [pack.id for pack in self.packs]

    def words(self) -> str:
        """Say by which packs a heading's answer is judged; nothing where it is by those in force."""
        return (
            ", as judged by " + " and ".join(f"{one.title} ({one.id})" for one in self.packs) if self else ""
        )

    def marked(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give a row of JSON with the packs it was judged by; as it is where those are the ones in force."""
        return {**row, "judged_by": self.names} if self else row

    def named_in(
        self, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
    ) -> tuple[Sequence[str], Iterable[Mapping[str, Any]]]:
        """Give columns and rows of CSV, with a column that names the packs; as they are where none were named."""
        if not self:
            return columns, rows
        named = " ".join(self.names)
        return (*columns, "judged_by"), ({**row, "judged_by": named} for row in rows)

    def of(self, unit: "Transaction", authority: str) -> "Rulebook | None":
        """Give the rulebook an authority is judged by; None for its own."""
        from caseclock.workflow.judging import rulebook_judged_by

        return rulebook_judged_by(unit, self.paths, authority) if self else None


def judging(paths: Sequence[Path] | None) -> Judging:
    """Read the packs that were named; raises PackRefused, ProcessRefused, or OSError where there is none."""
    from caseclock.processes.catalogue import check_pack
    from caseclock.timers.packs import load_pack

    packs = tuple(load_pack(path) for path in paths or ())
    for pack in packs:
        check_pack(pack)
    return Judging(tuple(paths or ()), packs)


def authorities(unit: "Transaction", authority: str | None) -> list[str]:
    """Name the authorities a question is about: the one given, or all that have a case."""
    return [authority] if authority is not None else list(dict.fromkeys(of for of, _ in unit.case_ids()))

"""`caseclock checkpoint`: the heads of all cases at one moment, signed, to be kept where nobody can mend them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.faults import WrongCall
from caseclock.commands.options import AsTable, Db, Now, TableOrJson, opened, present
from caseclock.commands.output import progress, write_json
from caseclock.desk.words import counted, moment

if TYPE_CHECKING:
    from caseclock.workflow.checkpoints import Checkpoint

#: what `verify` takes to hold a database against a checkpoint
CheckpointFile = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint", metavar="FILE", help="Hold the log against this checkpoint too; needs --public-key."
    ),
]
PublicKey = Annotated[
    Path | None,
    typer.Option("--public-key", metavar="PUBLIC", help="The public key the checkpoint was signed for."),
]


def key(
    private: Annotated[Path, typer.Argument(metavar="PRIVATE", help="Where the private key goes.")],
    public: Annotated[Path, typer.Argument(metavar="PUBLIC", help="Where the public key goes.")],
) -> None:
    """Make a pair of keys to sign checkpoints with: Ed25519, PEM files. Neither file may be there already."""
    from caseclock.workflow.checkpoints import new_key

    new_key(private, public)
    typer.echo(
        f"Made {private}, which signs and is to be kept from whoever keeps the database, and {public}, which checks."
    )


def write(
    authority: Annotated[
        str, typer.Option("--authority", "-a", metavar="NAME", help="Whose cases it covers.")
    ],
    key: Annotated[Path, typer.Option("--key", metavar="PRIVATE", help="The private key that signs it.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes; no file may be there.")],
    db: Db = None,
    answer: AsTable = TableOrJson.TABLE,
    now: Now = None,
) -> None:
    """Write a checkpoint: how long every case's log is and its last hash, signed. Keep it outside the database."""
    from caseclock.workflow.checkpoints import checkpoint, write_checkpoint

    if out.exists():
        raise WrongCall(
            f"There is a file {out} already. Each checkpoint has a file of its own; name another."
        )
    with opened(db) as store, store.snapshot() as unit, progress("Reading every case's last hash"):
        made = checkpoint(unit, authority, present(now))
    if not made.heads:
        raise WrongCall(f"{authority} has no case, so there is nothing to sign. Check the name.")
    write_checkpoint(made, key, out)
    events = sum(count for _, count, _ in made.heads)
    if answer is TableOrJson.JSON:
        write_json(described(made, out) | {"events": events})
    else:
        typer.echo(
            f"Signed {counted(len(made.heads), 'case')} of {authority} with {counted(events, 'event')}, as of "
            f"{moment(made.made_at)}, in {out}.\nIts digest, to be kept elsewhere too: {made.digest()}"
        )


def described(made: "Checkpoint", file: Path) -> dict[str, object]:
    """Give a checkpoint as values that JSON can carry, without its hashes."""
    return {
        "file": file.name,
        "authority": made.authority,
        "made_at": made.made_at.isoformat(),
        "cases": len(made.heads),
        "digest": made.digest(),
    }


def checkpoint_named(
    file: Path | None, public_key: Path | None, authority: str | None
) -> "Checkpoint | None":
    """Read the checkpoint `verify` was given, and check its signature; None where it was given none.

    Raises CheckpointRefused where it can't be trusted, WrongCall where half of what is needed was given.
    """
    from caseclock.workflow.checkpoints import read_checkpoint

    if file is None and public_key is None:
        return None
    if file is None or public_key is None:
        given, lacks = (
            ("--checkpoint", "--public-key") if public_key is None else ("--public-key", "--checkpoint")
        )
        raise WrongCall(
            f"{given} was given without {lacks}: a checkpoint is trusted by its signature. Give both."
        )
    for named in (file, public_key):
        if not named.is_file():
            raise WrongCall(f"There is no file {named}. Check the name and the folder.")
    kept = read_checkpoint(file, public_key)
    if authority not in (None, kept.authority):
        raise WrongCall(
            f"{file} is a checkpoint of {kept.authority}, not of {authority}. Give its own, or neither."
        )
    return kept

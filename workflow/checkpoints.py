"""Checkpoints: the heads of all an authority's cases at one moment, signed, to be kept outside the database.

The chain of a case shows a row that was altered, removed or put in. Whoever can write to the database can also cut a
log off at its end, or take a whole case away, and mend the chain; a checkpoint kept elsewhere shows that too.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from caseclock.store.protocol import Transaction
from caseclock.workflow.refusals import Refused
from caseclock.workflow.verification import Finding

FORMAT = "caseclock-checkpoint-1"


class CheckpointRefused(Refused):
    """A checkpoint that can't be written or trusted."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was true of an authority's cases when it was made."""

    authority: str
    made_at: datetime
    #: (case id, number of events, hash of the last), in order of case id
    heads: tuple[tuple[str, int, str], ...]

    def payload(self) -> bytes:
        """Give what is signed: canonical JSON, UTF-8."""
        content = {
            "format": FORMAT,
            "authority": self.authority,
            "made_at": self.made_at.isoformat(),
            "heads": [list(head) for head in self.heads],
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def digest(self) -> str:
        """Give the SHA-256 of the payload, short enough to be read out or printed in minutes."""
        return sha256(self.payload()).hexdigest()


def checkpoint(unit: Transaction, authority: str, at: datetime) -> Checkpoint:
    """Take the heads of all cases of an authority as one snapshot has them."""
    heads = []
    for _, case_id in unit.case_ids(authority):
        case = unit.case(authority, case_id)
        if case is not None:
            heads.append((case_id, case.version, case.head))
    return Checkpoint(authority, at, tuple(heads))


def write_checkpoint(made: Checkpoint, key: Path, out: Path) -> None:
    """Sign a checkpoint with an Ed25519 private key (PEM) and write it; raises CheckpointRefused."""
    _ed25519()
    signature = _private(key).sign(made.payload())
    content = {"checkpoint": made.payload().decode(), "digest": made.digest(), "signature": signature.hex()}
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_checkpoint(path: Path, public_key: Path) -> Checkpoint:
    """Read a checkpoint back and check its signature; raises CheckpointRefused where it does not hold."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        payload, signature = str(content["checkpoint"]).encode(), bytes.fromhex(content["signature"])
        told = json.loads(payload)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointRefused(
            f"Can't read {path} as a checkpoint: {error}. Name a file written by one."
        ) from error
    _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        _public(public_key).verify(signature, payload)
    except InvalidSignature as error:
        raise CheckpointRefused(
            f"The signature of {path} does not fit the key {public_key}: it was altered, or signed by another. "
            "Fetch the file again from where it is kept, or name the right key."
        ) from error
    if told.get("format") != FORMAT:
        raise CheckpointRefused(
            f"{path} is of format {told.get('format')}, not {FORMAT}. Use the version that wrote it."
        )
    heads = tuple((str(case), int(count), str(head)) for case, count, head in told["heads"])
    return Checkpoint(told["authority"], datetime.fromisoformat(told["made_at"]), heads)


def compare(unit: Transaction, kept: Checkpoint) -> Iterator[Finding]:
    """Hold the database against a checkpoint: every case must still hold what it held then, whatever came since."""
    for case_id, count, head in kept.heads:
        rows = unit.log_rows(kept.authority, case_id)
        made = f"the checkpoint of {kept.made_at.isoformat()}"
        if not rows:
            yield Finding(
                kept.authority, case_id, "checkpoint", f"The case is gone; {made} has it with {count} events."
            )
        elif len(rows) < count:
            yield Finding(
                kept.authority,
                case_id,
                "checkpoint",
                f"Its log ends after event {len(rows)}; {made} has {count}. Those behind it are gone.",
            )
        elif rows[count - 1].hash != head:
            row = rows[count - 1]
            yield Finding(
                kept.authority,
                case_id,
                "checkpoint",
                f"Event {count} ({row.event_id}) or one before it is not what {made} signed.",
            )


def new_key(private: Path, public: Path) -> None:
    """Make a pair of keys, PEM files; the private one is readable by its owner only."""
    from cryptography.hazmat.primitives import serialization

    if private.exists() or public.exists():
        raise CheckpointRefused(f"{private} or {public} is there already. Keep it, or name another file.")
    made = _ed25519().Ed25519PrivateKey.generate()
    encoded = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    private.touch(mode=0o600)
    private.write_bytes(encoded)
    public.write_bytes(
        made.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise CheckpointRefused("Signing needs an extra: install caseclock[signing].") from error
    return ed25519


def _private(path: Path) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return _loaded(path, lambda content: load_pem_private_key(content, password=None))


def _public(path: Path) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    return _loaded(path, load_pem_public_key)


def _loaded(path: Path, load: Callable[[bytes], Any]) -> Any:
    try:
        return load(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CheckpointRefused(
            f"Can't read the key {path}: {error}. Make one with `caseclock checkpoint key`."
        ) from error

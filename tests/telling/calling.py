"""Calling Caseclock as one does from a shell, and what came of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Called:
    """What a call printed, and how it ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Give the one document on standard output; fails where there is anything else on it."""
        return json.loads(self.out)


Call = Callable[..., Called]

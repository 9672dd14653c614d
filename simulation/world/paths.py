"""Paths: how one pathway hands a family on to another, without any of them knowing the others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def _nowhere(*_: Any, **__: Any) -> None:
    raise RuntimeError("A path was taken before the service was put together.")


@dataclass
class Paths:
    """Set once by the service (service.py)."""

    #: begin an assessment of a family
    assess: Callable[..., None] = field(default=_nowhere)
    #: let a family on a plan be assessed again from time to time
    assess_again: Callable[..., None] = field(default=_nowhere)
    #: hold a strategy discussion on a family
    discuss: Callable[..., None] = field(default=_nowhere)
    #: begin a child protection plan for a family, from its conference
    protect: Callable[..., None] = field(default=_nowhere)
    #: begin a child in need plan for a family
    need: Callable[..., None] = field(default=_nowhere)
    #: let children of a family come into care
    care: Callable[..., None] = field(default=_nowhere)
    #: let an order of the court come about for children in care
    ordered: Callable[..., None] = field(default=_nowhere)
    #: hold a legal planning meeting on a family
    plan_for_court: Callable[..., None] = field(default=_nowhere)
    #: close a family's case if nothing goes on any more
    close: Callable[..., None] = field(default=_nowhere)

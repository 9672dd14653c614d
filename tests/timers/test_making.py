"""Frozen values that are made quickly are those that are made as usual."""

from dataclasses import FrozenInstanceError, dataclass

import pytest

from caseclock.timers.making import maker_of


@dataclass(frozen=True, slots=True)
class Visit:
    """A small value, as timers are large ones."""

    on: str
    seen: bool
    note: str


made = maker_of(Visit)


def test_what_is_made_quickly_is_what_is_made_as_usual() -> None:
    quickly, usual = made("2026-03-02", True, ""), Visit("2026-03-02", True, "")

    assert (usual, hash(usual), repr(usual)) == (quickly, hash(quickly), repr(quickly))
    assert Visit is type(quickly)


def test_it_is_as_frozen_as_any_other() -> None:
    with pytest.raises(FrozenInstanceError):
        made("2026-03-02", True, "").seen = False  # type: ignore[misc]


def test_a_field_left_out_is_refused() -> None:
    with pytest.raises(TypeError):
        made("2026-03-02", True)  # type: ignore[call-arg]

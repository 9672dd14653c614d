"""Periods of care, rebuilt from a child's episodes across rows, files and years of the return (SSDA903).

A period is a chain of episodes in which each begins on the day the one before ended, and whose reason for new episode
is not S. Where the first of a chain has another reason than S, the period began before the return tells of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from caseclock.exchange.records import Unfit
from caseclock.exchange.ssda903_rows import GOES_ON, STARTS, Stay, contradiction


@dataclass(frozen=True, slots=True)
class ToldStay:
    """An episode of the return as all rows that tell it have it together."""

    #: as the row has it that tells its end, where one does
    stay: Stay
    #: one for each row that tells it, in the order of reading
    tellings: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A period of care, as far as the return tells it."""

    stays: tuple[ToldStay, ...]
    #: no other of the same child follows it
    is_last: bool = True

    @property
    def on(self) -> date:
        return self.stays[0].stay.on

    @property
    def end(self) -> date | None:
        """The day it ended; None while it goes on.

        It goes on where its last episode ended for another to begin, and no later period is told: what follows will be
        told in another return, or was refused.
        """
        last = self.stays[-1].stay
        return None if last.rec == GOES_ON and self.is_last else last.end

    @property
    def starts(self) -> bool:
        """Whether its first day is the day the child became looked after."""
        return self.stays[0].stay.rne == STARTS


def merged(stays: Iterable[Stay]) -> tuple[list[ToldStay], list[tuple[Stay, Unfit]]]:
    """Bring the rows of one child together that tell the same episode, within a year and across years.

    An episode open in one year's return and ended in another's has ended. A row that says otherwise than one read
    before it is refused, and so is a row that would begin while another episode goes on.
    """
    told: dict[date, ToldStay] = {}
    refused: list[tuple[Stay, Unfit]] = []
    for stay in stays:
        known = told.get(stay.on)
        if known is None:
            told[stay.on] = ToldStay(stay, (stay,))
        elif unfit := contradiction(known.stay, stay):
            refused.append((stay, unfit))
        else:
            whole = known.stay if stay.end is None or known.stay.end else stay
            told[stay.on] = ToldStay(whole, (*known.tellings, stay))
    kept: list[ToldStay] = []
    for on in sorted(told):
        unfit = _overlap(kept[-1].stay, told[on].stay) if kept else None
        if unfit is None:
            kept.append(told[on])
        else:
            refused.extend((telling, unfit) for telling in told[on].tellings)
    return kept, refused


def chains(stays: Sequence[ToldStay]) -> list[Chain]:
    """Chain one child's episodes, in the order of their days, into periods of care."""
    found: list[list[ToldStay]] = []
    for told in stays:
        if found and found[-1][-1].stay.end == told.stay.on and told.stay.rne != STARTS:
            found[-1].append(told)
        else:
            found.append([told])
    return [Chain(tuple(chain), is_last=chain is found[-1]) for chain in found]


def _overlap(before: Stay, stay: Stay) -> Unfit | None:
    where = f"the episode that began on {before.on:%d/%m/%Y} ({before.row.named})"
    if before.end is None:
        what = f"but {where} has not ended by then (rule 142). Give its DEC, or correct DECOM."
    elif stay.on < before.end:
        what = f"within {where} and ended on {before.end:%d/%m/%Y}. Correct whichever is wrong."
    else:
        return None
    on = f"{stay.on:%d/%m/%Y}"
    return Unfit("DECOM", on, f"DECOM is {on}, {what}")

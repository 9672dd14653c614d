"""What one row of a looked-after children return (SSDA903) tells: its dates and codes, checked one by one.

A row that can't be true, or that contradicts one read before it, raises Unfit with a sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from caseclock.exchange.possible import Horizon, not_after, not_before
from caseclock.exchange.records import Unfit
from caseclock.exchange.ssda903_tables import Row
from caseclock.processes.looked_after_codes import (
    END_REASON,
    LEGAL_STATUS,
    PLACEMENT_KIND,
    PROVIDER,
    TEMPORARY_MOVE,
)
from caseclock.timers.durations import add_months

#: reason for new episode: care starts; placement, legal status, both, each with or without another carer
NEW_EPISODE = ("S", "P", "L", "T", "U", "B")
STARTS = "S"
#: an episode ends and another begins
GOES_ON = "X1"
#: how the child took part in a review: not at all, being under four; and the ways open to older children
PARTICIPATION = ("PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7")
UNDER_FOUR = "PN0"
MISSING_OR_AWAY = {"M": "missing", "A": "away"}

_DATE = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
_YEAR_FIRST = re.compile(r"\d{4}-\d\d?-\d\d?")


@dataclass(frozen=True, slots=True)
class Declared:
    """The children of the return, as its header files declare them, and the last day it can tell of."""

    horizon: Horizon
    #: child -> date of birth and the row that told it
    born: dict[str, tuple[date, Row]] = field(default_factory=dict)
    #: children whose header row was refused
    refused: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Stay:
    """One episode of the return: a child in one place, under one legal status."""

    child: str
    row: Row
    on: date
    end: date | None
    #: reason for new episode
    rne: str
    legal_status: str
    place: str
    provider: str
    #: reason episode ceased; empty where it has not, or where it is not told
    rec: str


@dataclass(frozen=True, slots=True)
class Review:
    child: str
    row: Row
    on: date
    #: empty where it is not told, or can't be right
    participation: str
    #: what is wrong with the code told, or empty
    doubt: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A time during which a child was missing from care, or away without authorisation."""

    child: str
    row: Row
    on: date
    end: date | None
    kind: str


def declare(row: Row, declared: Declared) -> str:
    """Take a child from a header row, and give its identifier."""
    child = row.cells.get("CHILD", "")
    try:
        child = _child(row)
        born = british_date("DOB", row.cells.get("DOB"))
        not_after("DOB", born, declared.horizon)
        known = declared.born.get(child)
        if known and known[0] != born:
            raise _contradicts(
                "DOB", row.cells["DOB"], f"child {child} was born on {_british(known[0])}", known[1]
            )
    except Unfit:
        if child and child not in declared.born:
            declared.refused.add(child)
        raise
    declared.born.setdefault(child, (born, row))
    declared.refused.discard(child)
    return child


def is_yet_to_come(row: Row, column: str, declared: Declared) -> bool:
    """Say whether a row's date lies after the last day the return can tell of."""
    try:
        return british_date(column, row.cells.get(column)) > declared.horizon.on
    except Unfit:
        return False


def read_stay(row: Row, declared: Declared) -> Stay:
    """Read a row of the episodes file."""
    child, born = _who(row, declared, "placement")
    on = _possible(row, "DECOM", declared, "the date of birth", born)
    rne = _code(row, "RNE", NEW_EPISODE)
    legal_status = _code(row, "LS", LEGAL_STATUS)
    place = _code(row, "PLACE", {**PLACEMENT_KIND, **TEMPORARY_MOVE})
    provider = _code(row, "PLACE_PROVIDER", PROVIDER) if row.cells.get("PLACE_PROVIDER") else ""
    end, rec = None, ""
    if row.cells.get("DEC"):
        end = _possible(row, "DEC", declared, "the start of the episode", on)
        if row.cells.get("REC"):
            rec = _code(row, "REC", {**END_REASON, GOES_ON: ""})
    return Stay(child, row, on, end, rne, legal_status, place, provider, rec)


def read_review(row: Row, declared: Declared) -> Review:
    """Read a row of the reviews file. A participation code that the child's age rules out is left out.

    The review was held all the same. PN0 is for children below their fourth birthday, the others are for children
    from it on; on the birthday both are right (validation rules 440 and 441).
    """
    child, born = _who(row, declared, "review")
    on = _possible(row, "REVIEW", declared, "the date of birth", born)
    if not row.cells.get("REVIEW_CODE"):
        return Review(child, row, on, "", "")
    code = _code(row, "REVIEW_CODE", PARTICIPATION)
    fourth_birthday = add_months(born, 48)
    if code == UNDER_FOUR and on > fourth_birthday:
        return Review(child, row, on, "", "REVIEW_CODE PN0 after the fourth birthday (rule 440)")
    if code != UNDER_FOUR and on < fourth_birthday:
        return Review(child, row, on, "", "REVIEW_CODE PN1 to PN7 before the fourth birthday (rule 441)")
    return Review(child, row, on, code, "")


def read_absence(row: Row, declared: Declared) -> Absence:
    """Read a row of the missing file."""
    child, born = _who(row, declared, "missing episode")
    on = _possible(row, "MIS_START", declared, "the date of birth", born)
    end = _possible(row, "MIS_END", declared, "MIS_START", on) if row.cells.get("MIS_END") else None
    return Absence(child, row, on, end, MISSING_OR_AWAY[_code(row, "MISSING", MISSING_OR_AWAY)])


def british_date(column: str, text: str | None) -> date:
    """Read a date written day/month/year; raises Unfit where it is missing, or written otherwise."""
    if not text:
        raise Unfit(column, None, f"{column} is missing. Give the date and send the file again.")
    found = _DATE.fullmatch(text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass  # 31/02/2020 has the form of a date: refused below like any other text that is none
    if _YEAR_FIRST.match(text):
        reason = (
            f"{column} is {text!r}, written year first. The return writes dates dd/mm/yyyy. Write it so, and make "
            "sure that nothing has changed the file's dates on the way."
        )
        raise Unfit(column, text, reason)
    raise Unfit(column, text, f"{column} is {text!r}, which is not a date written dd/mm/yyyy. Correct it.")


def contradiction(first: Stay, again: Stay) -> Unfit | None:
    """Say how a later telling of an episode contradicts an earlier one; None where it agrees, or adds its end."""
    episode = f"the episode of child {first.child} that began on {_british(first.on)}"
    for column, told, retold in (
        ("RNE", first.rne, again.rne),
        ("LS", first.legal_status, again.legal_status),
        ("PLACE", first.place, again.place),
        ("PLACE_PROVIDER", first.provider, again.provider),
    ):
        if told and retold and told != retold:
            return _contradicts(
                column, again.row.cells.get(column), f"{episode} has {column} {told}", first.row
            )
    other_end = first.end and again.end and first.end != again.end
    if other_end or (first.rec and again.rec and first.rec != again.rec):
        column, value = ("DEC", _british(first.end)) if first.end and other_end else ("REC", first.rec)
        return _contradicts(column, again.row.cells.get(column), f"{episode} has {column} {value}", first.row)
    return None


def _contradicts(column: str, value: str | None, what: str, where: Row) -> Unfit:
    reason = f"{column} is {value or 'empty'}, but {what} ({where.named}). Correct whichever is wrong."
    return Unfit(column, value, reason)


def _child(row: Row) -> str:
    child = row.cells.get("CHILD")
    if not child:
        reason = "CHILD is missing, so nobody can tell whose record this is. Give the child's identifier."
        raise Unfit("CHILD", None, reason)
    if row.too_many:
        reason = "The row has more cells than the header row has columns, so they can't be told apart. Mend the row."
        raise Unfit(None, None, reason)
    broken = next((column for column, cell in row.cells.items() if "\n" in cell or "\r" in cell), None)
    if broken is not None:
        reason = f"{broken} runs over several lines: a quotation mark is not closed. Mend the row."
        raise Unfit(broken, row.cells[broken][:100], reason)
    return child


def _who(row: Row, declared: Declared, what: str) -> tuple[str, date]:
    """Give the child a row is about, and its date of birth."""
    child = _child(row)
    if child in declared.born:
        born, told = declared.born[child]
        if row.cells.get("DOB") and british_date("DOB", row.cells["DOB"]) != born:
            raise _contradicts("DOB", row.cells["DOB"], f"child {child} was born on {_british(born)}", told)
        return child, born
    if child in declared.refused:
        reason = f"This is a {what} of child {child}, whose header row was refused. Correct that row first."
    else:
        reason = f"This is a {what} for a child nobody declared: no header file has child {child}. Add the child to it."
    raise Unfit("CHILD", child, reason)


def _possible(row: Row, column: str, declared: Declared, other: str, other_on: date) -> date:
    on = british_date(column, row.cells.get(column))
    try:
        not_after(column, on, declared.horizon)
        not_before(column, on, other, other_on)
    except Unfit as unfit:
        raise Unfit(column, row.cells[column], unfit.reason) from unfit  # as it is written in the file
    return on


def _code(row: Row, column: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    told = row.cells.get(column)
    if not told:
        raise Unfit(column, None, f"{column} is missing. Give its code and send the file again.")
    if told.upper() in known:
        return told.upper()
    raise Unfit(
        column, told, f"{column} is {told!r}, which is no code of it ({', '.join(known)}). Correct it."
    )


def _british(on: date) -> str:
    return f"{on:%d/%m/%Y}"

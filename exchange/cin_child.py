"""What the parts of a children in need census share: one child, and one CINdetails block of it.

A CINdetails block is one referral and what came of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxml import etree

from caseclock.exchange.possible import Horizon, iso_date, not_after
from caseclock.exchange.records import Refused, Source, Tally, Told, Unfit
from caseclock.exchange.safe_xml import local_name, text_of

BIRTH_DATES = {
    "PersonBirthDate": "the date of birth",
    "ExpectedPersonBirthDate": "the expected date of birth",
}
YES_OR_NO = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Child:
    """One Child element: whose record it is, and what has been told of it so far."""

    source: Source
    element: etree._Element
    #: place in the file, from 1
    number: int
    horizon: Horizon
    #: first day of the census year; None where the return has no reference date
    year_from: date | None
    case_id: str | None
    #: which of the two dates of birth is given, and it
    born: str
    born_on: date | None
    #: what is left unread of the return
    unread: Tally
    #: episode ids told so far, and dated things within them, with the rows that told them
    told: dict[str, str] = field(default_factory=dict)

    def row(self, element: etree._Element) -> str:
        return f"child {self.number}, line {element.sourceline}"

    def possible(self, column: str, text: str | None) -> date:
        """Read a date of this child that can have happened; raises Unfit."""
        on = iso_date(column, text)
        not_after(column, on, self.horizon)
        return on

    def first_told(self, column: str, on: date, named: str, row: str) -> None:
        """Refuse what is told twice in one child's records."""
        if named in self.told:
            reason = (
                f"{column} {on} is told twice for this child (first at {self.told[named]}). Take one out."
            )
            raise Unfit(column, on, reason)
        self.told[named] = row


@dataclass(frozen=True, slots=True)
class Details:
    """One CINdetails element whose referral has been read."""

    child: Child
    element: etree._Element
    #: None where the referral was refused
    referral_on: date | None

    @property
    def case_id(self) -> str:
        return self.child.case_id or ""

    def text(self, column: str) -> str | None:
        return text_of(self.element.find(f"{{*}}{column}"))

    def referral(self) -> tuple[str, date]:
        """Give the referral's episode and date; raises Unfit where it was refused."""
        if self.referral_on is None:
            reason = "The referral it belongs to was refused, so it has nothing to follow. Correct the referral first."
            raise Unfit("CINreferralDate", self.text("CINreferralDate"), reason)
        return referral_episode(self.referral_on), self.referral_on

    def refused(self, at: etree._Element, content: dict[str, Any], unfit: Unfit) -> Refused:
        child = self.child
        return Refused(child.row(at), unfit.column, unfit.value, unfit.reason, content, child.case_id)

    def read(self, block: etree._Element | None = None) -> dict[str, Any]:
        """Give the row as read: who, and what the block (by default this one) says itself."""
        identifiers = self.child.element.find("{*}ChildIdentifiers")
        who = {} if identifiers is None else _leaves(identifiers, {"LAchildID", *BIRTH_DATES})
        if block is None:
            return who | _leaves(self.element)
        return who | _leaves(self.element, {"CINreferralDate"}) | _leaves(block)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of record within CINdetails, the elements it reads, and the function that tells it."""

    reads: frozenset[str]
    tell: Callable[[Details], Iterator[Told | Refused]]
    #: the elements of CINdetails whose inner elements are looked at one by one
    blocks: frozenset[str] = frozenset()


def referral_episode(on: date) -> str:
    return f"R-{on}"


def within(block: etree._Element, column: str) -> str | None:
    """Give the text of an element of a block; None where it is absent or empty."""
    return text_of(block.find(f"{{*}}{column}"))


def flag(text: str | None) -> bool | None:
    """Read a flag; None where it says neither."""
    return YES_OR_NO.get((text or "").lower())


def _leaves(element: etree._Element, only: set[str] | None = None) -> dict[str, Any]:
    """Give the elements that hold text and nothing else, by name."""
    return {
        local_name(inner): text_of(inner)
        for inner in element.iterchildren(tag=etree.Element)
        if len(inner) == 0 and (only is None or local_name(inner) in only)
    }

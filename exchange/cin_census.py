"""The children in need census: one XML file a year, child by child, read as a stream.

Elements that no part of `cin_details` reads are counted by name.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from lxml import etree

from caseclock.exchange.cin_child import BIRTH_DATES, YES_OR_NO, Child
from caseclock.exchange.cin_details import BLOCKS, PARTS, READS, read_referral
from caseclock.exchange.possible import Horizon, iso_date
from caseclock.exchange.records import FileRefused, NotUsed, Refused, Source, Tally, Told, Unfit
from caseclock.exchange.safe_xml import elements, local_name, text_of
from caseclock.exchange.told_until import day_before_latest
from caseclock.timers.durations import add_months
from caseclock.timers.when import london_date

STRAY_TEXT = "text between elements"
#: flags of which one that says neither is counted
FLAGS = ("ReferralNFA", "ICPCnotRequired")


def read_cin_census(
    path: Path, *, authority: str, imported_at: datetime, horizon: date | None = None
) -> Iterator[Told | Refused | NotUsed]:
    """Read a census return. The whole file is looked through once before the first record is given.

    Raises FileRefused for broken XML, another collection's return, or a reference date that is none.
    """
    reference_on, days = _looked_through(path)
    if horizon is not None:
        latest = Horizon(horizon, "the last day asked for")
    elif reference_on is not None:
        latest = Horizon(reference_on, "the return's reference date")
    else:
        latest = Horizon(london_date(imported_at), "the day of the import")
    until = reference_on if reference_on and reference_on <= latest.on else day_before_latest(days, latest)
    source = Source(authority, "cin", "return:cin_census", "told in the child in need census", until)
    year_from = _year_before(reference_on) if reference_on else None
    unread = Tally()
    last = None
    for number, element in enumerate(elements(path, "Child"), start=1):
        last = element
        _count_strays_before(element, unread)
        if not _is_one_of_children(element):
            unread.add("Child outside Children")
            continue
        _count_unread(element, unread)
        yield from _child(element, number, _Return(source, latest, year_from, unread))
    if last is not None and (last.tail or "").strip():
        unread.add(STRAY_TEXT)
    yield from unread.not_used()


@dataclass(frozen=True, slots=True)
class _Return:
    """What holds for every child of a return."""

    source: Source
    horizon: Horizon
    #: first day of the census year; None without a reference date
    year_from: date | None
    unread: Tally


def _looked_through(path: Path) -> tuple[date | None, list[date]]:
    """Look the whole file through, so that a fault at its end is found before its first record is given.

    Gives its reference date, or, where it has none, the latest day told of each child.
    """
    reference, children, latest = None, 0, []
    for element in elements(path, "Header", "Child"):
        if local_name(element) == "Child":
            children += 1
            if reference is None and (days := _days(element)):
                latest.append(max(days))
            continue
        collection = text_of(element.find("{*}CollectionDetails/{*}Collection"))
        if collection not in (None, "CIN"):
            raise FileRefused(
                f"Can't bring in {path.name}: it is a {collection} return, not a child in need census. "
                "Send the census (Collection CIN)."
            )
        reference = text_of(element.find("{*}CollectionDetails/{*}ReferenceDate"))
    if not children:
        raise FileRefused(f"Can't bring in {path.name}: it holds no child. Ask for the whole return.")
    try:
        return iso_date("ReferenceDate", reference) if reference else None, latest
    except Unfit as unfit:
        raise FileRefused(f"Can't bring in {path.name}: {unfit.reason}") from unfit


def _days(child: etree._Element) -> list[date]:
    days = []
    for element in child.iter(tag=etree.Element):
        with suppress(Unfit):  # most texts are no dates
            days.append(iso_date("", text_of(element)))
    return days


def _year_before(reference_on: date) -> date:
    """Give the first day of the census year, which the reference date ends."""
    return add_months(reference_on, -12) + timedelta(days=1)


def _is_one_of_children(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and local_name(parent) == "Children"


def _child(element: etree._Element, number: int, told: _Return) -> Iterator[Told | Refused]:
    case_id = text_of(element.find("{*}ChildIdentifiers/{*}LAchildID"))
    born, born_on = _birth(element, told.unread)
    child = Child(
        told.source, element, number, told.horizon, told.year_from, case_id, born, born_on, told.unread
    )
    for block in element.iterchildren("{*}CINdetails"):
        referral, details = read_referral(child, block)
        records = [referral]
        for part in PARTS:
            records.extend(part.tell(details))
        for record in records:
            yield record if case_id else _without_case(record)


def _birth(element: etree._Element, unread: Tally) -> tuple[str, date | None]:
    for column, named in BIRTH_DATES.items():
        if told := text_of(element.find(f"{{*}}ChildIdentifiers/{{*}}{column}")):
            try:
                return named, iso_date(column, told)
            except Unfit:
                unread.add(f"{column} (not a date)")
    return "", None


def _without_case(record: Told | Refused) -> Refused:
    reason = "LAchildID is missing, so nobody can tell whose record this is. Give the child's identifier."
    return Refused(record.row, "LAchildID", None, reason, record.content, None)


def _count_unread(element: etree._Element, unread: Tally) -> None:
    """Count what no part reads: elements by name, text where only elements belong, flags that say neither."""
    if (element.text or "").strip():
        unread.add(STRAY_TEXT)
    for inner in element.iterchildren(tag=etree.Element):
        name = local_name(inner)
        if (inner.tail or "").strip():
            unread.add(STRAY_TEXT)
        if name in BLOCKS:
            _count_unread(inner, unread)
        elif name not in READS:
            unread.add(name)
        elif name in FLAGS and (text_of(inner) or "").lower() not in YES_OR_NO:
            unread.add(f"{name} (neither yes nor no)")


def _count_strays_before(child: etree._Element, unread: Tally) -> None:
    """Count what stands between this child and the one before it."""
    before, parent = child.getprevious(), child.getparent()
    while before is not None and local_name(before) != "Child":
        unread.add(local_name(before))
        if (before.tail or "").strip():
            unread.add(STRAY_TEXT)
        before = before.getprevious()
    text = before.tail if before is not None else None if parent is None else parent.text
    if (text or "").strip():
        unread.add(STRAY_TEXT)

"""What the rows of Annex A's lists tell: contacts, early help assessments, referrals, assessments.

Each list that is read is one function in `LISTS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from caseclock.exchange.cells import (
    cell_date,
    cell_text,
    child_id,
    header_key,
    plain,
    referral_source,
    yes_or_no,
)
from caseclock.exchange.possible import Horizon, not_after, not_before, not_long_before_birth
from caseclock.exchange.records import Source, Unfit
from caseclock.timers.event import Event

#: what list 3, and what list 4, does not tell: timers that wait for it are unknown, not breached
UNTOLD_OF_REFERRAL = ("ContactDecided", "ReferralDecided", "ReferrerInformed", "ReferralClosed")
UNTOLD_OF_ASSESSMENT = ("ReferralReceived", "AssessmentAllocated", "ChildSeen")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list is read by: its title in Annex A, and the others people give it."""

    title: str
    also: tuple[str, ...] = ()
    needed: bool = False

    def keys(self) -> set[str]:
        return {header_key(title) for title in (self.title, *self.also)}


CHILD = Column(
    "Child Unique ID",
    ("Child's Unique ID", "Child Unique Identifier", "Child ID", "LA Child ID", "Unique ID", "Person ID"),
    needed=True,
)
BORN = Column("Date of Birth", ("DOB", "Birth Date", "Child's Date of Birth"))
TEAM = Column("Allocated Team", ("Team",))
WORKER = Column("Allocated Worker", ("Worker", "Allocated Social Worker"))


@dataclass(slots=True)
class Entry:
    """One row of a list, its columns by the names `LISTS` gives them."""

    row: str
    columns: Mapping[str, Column]
    cells: Mapping[str, object]
    source: Source
    horizon: Horizon
    epoch: datetime
    #: episodes told so far in this list: the row that told each, and what it said
    told: dict[tuple[str, str], tuple[str, Mapping[str, object]]]

    @property
    def case_id(self) -> str:
        return child_id(self.columns["child"].title, self.cells.get("child"))

    def text(self, name: str) -> str | None:
        return plain(self.cells.get(name))

    def day(self, name: str) -> date:
        """Read a needed date that can have happened; raises Unfit."""
        on = self.day_if_told(name)
        if on is None:
            title, value = self.columns[name].title, self.cells.get(name)
            shown = f" ({value})" if value else ""
            raise Unfit(
                title, value, f"{title} is missing{shown}. Give the date and send the workbook again."
            )
        return on

    def day_if_told(self, name: str) -> date | None:
        title = self.columns[name].title
        on = cell_date(title, self.cells.get(name), self.epoch)
        if on is not None:
            not_after(title, on, self.horizon)
            not_long_before_birth(title, on, "the date of birth", self.born_on())
        return on

    def born_on(self) -> date | None:
        """Give the date of birth where it is told and can be read: no record needs it."""
        try:
            return cell_date(BORN.title, self.cells.get("born"), self.epoch)
        except Unfit:
            return None

    def episode(self, name: str) -> str:
        """Take an episode's name for this row; raises Unfit where another row has taken it."""
        first, _ = self.told.setdefault((self.case_id, name), (self.row, self.cells))
        if first != self.row:
            title = self.columns["on"].title
            reason = f"This child has a row with the same {title} already ({first}). Take one out, or correct its date."
            raise Unfit(title, self.cells.get("on"), reason)
        return name

    def team(self) -> dict[str, str]:
        named = {"team": cell_text(self.cells.get("team")), "worker": cell_text(self.cells.get("worker"))}
        return {name: text for name, text in named.items() if text}

    def event(self, type_: str, episode: str, on: date, data: Mapping[str, Any] | None = None) -> Event:
        given = {name: value for name, value in (data or {}).items() if value is not None}
        return self.source.event(type_, self.case_id, episode, on, given)


Telling = Callable[[Entry], tuple[str, tuple[Event, ...]]]


@dataclass(frozen=True, slots=True)
class AnnexList:
    """A list that is read: its columns, and the function that tells a row of it."""

    columns: Mapping[str, Column]
    tell: Telling


def _contact(entry: Entry) -> tuple[str, tuple[Event, ...]]:
    on = entry.day("on")
    episode = _episode_of_contact(entry, on)
    data = {"untold": ["ContactDecided"], "source": referral_source(entry.cells.get("source"))}
    return "contact", (entry.event("ContactReceived", episode, on, data),)


def _episode_of_contact(entry: Entry, on: date) -> str:
    """Name a contact's episode. Two contacts on one day are two where they differ; the same row twice is one."""
    name = f"C-{on}"
    for number in range(2, len(entry.told) + 2):
        _, said = entry.told.get((entry.case_id, name), ("", entry.cells))
        if said == entry.cells:
            break
        name = f"C-{on}-{number}"
    return entry.episode(name)


def _early_help(entry: Entry) -> tuple[str, tuple[Event, ...]]:
    start, end = _start_and_end(entry)
    episode = entry.episode(f"EH-{start}")
    events = [entry.event("EarlyHelpAssessmentStarted", episode, start, {"organisation": entry.text("by")})]
    if end is not None:
        events.append(entry.event("EarlyHelpAssessmentCompleted", episode, end))
    return "early_help_assessment", tuple(events)


def _referral(entry: Entry) -> tuple[str, tuple[Event, ...]]:
    on = entry.day("on")
    born_on = entry.born_on()
    data = {
        "untold": list(UNTOLD_OF_REFERRAL),
        "source": referral_source(entry.cells.get("source")),
        "nfa": yes_or_no(entry.cells.get("nfa")),
        "date_of_birth": born_on.isoformat() if born_on else None,
        **entry.team(),
    }
    return "referral", (entry.event("ReferralReceived", entry.episode(f"R-{on}"), on, data),)


def _assessment(entry: Entry) -> tuple[str, tuple[Event, ...]]:
    """Tell an assessment. The list does not tell which referral it answers, and none is guessed."""
    start, end = _start_and_end(entry)
    episode = entry.episode(f"A-{start}")
    data = {"kind": "single", "untold": list(UNTOLD_OF_ASSESSMENT), **entry.team()}
    events = [entry.event("AssessmentStarted", episode, start, data)]
    if end is not None:
        events.append(entry.event("AssessmentAuthorised", episode, end))
    return "assessment", tuple(events)


def _start_and_end(entry: Entry) -> tuple[date, date | None]:
    start, end = entry.day("on"), entry.day_if_told("end")
    if end is not None:
        not_before(entry.columns["end"].title, end, entry.columns["on"].title, start)
    return start, end


LISTS: Mapping[int, AnnexList] = {
    1: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column("Date of Contact", ("Contact Date",), needed=True),
            "source": Column("Contact Source", ("Source of Contact",)),
        },
        _contact,
    ),
    2: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column(
                "Assessment start date", ("Early Help Assessment Start Date", "Start Date"), needed=True
            ),
            "end": Column(
                "Assessment completion date",
                ("Early Help Assessment Completion Date", "Assessment end date", "Completion Date"),
            ),
            "by": Column("Organisation completing assessment", ("Organisation",)),
        },
        _early_help,
    ),
    3: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column("Date of Referral", ("Referral Date",), needed=True),
            "source": Column("Referral Source", ("Source of Referral",)),
            "nfa": Column("Referral NFA?", ("NFA", "No Further Action", "Referral No Further Action")),
            "team": TEAM,
            "worker": WORKER,
        },
        _referral,
    ),
    4: AnnexList(
        {
            "child": CHILD,
            "born": BORN,
            "on": Column("Continuous Assessment Start Date", ("Assessment Start Date",), needed=True),
            "end": Column(
                "Continuous Assessment Date of Authorisation",
                (
                    "Continuous Assessment Authorisation Date",
                    "Assessment Authorisation Date",
                    "Date of Authorisation",
                ),
            ),
            "team": TEAM,
            "worker": WORKER,
        },
        _assessment,
    ),
}

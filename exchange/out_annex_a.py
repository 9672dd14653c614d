"""Annex A out: the lists inspectors ask for, as far as the log tells them, and a sheet that says what it does not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from caseclock.exchange.annex_entry import Column
from caseclock.exchange.annex_lists import LISTS, NOT_READ
from caseclock.exchange.annex_protection import CATEGORY_WORDS
from caseclock.processes.catalogue import OPENERS
from caseclock.processes.looked_after_codes import END_REASON, LEGAL_STATUS
from caseclock.store.protocol import Transaction
from caseclock.timers.durations import add_months
from caseclock.timers.event import Event
from caseclock.timers.history import History
from caseclock.timers.opened import OpenedEpisode
from caseclock.timers.timescale import as_text
from caseclock.workflow.allocation import facts_of
from caseclock.workflow.positions import Question

#: lists of what happened go back so far, and those of plans and care hold what ended since then
MONTHS = 6
TITLES: Mapping[int, str] = {
    1: "Contacts",
    2: "Early help assessments",
    3: "Referrals",
    4: "Assessments",
    5: "Enquiries and conferences",
    7: "Child protection plans",
    8: "Looked-after children",
}
_NOT_FILLED = "Not filled: the log does not tell what this list asks for"
_ABOUT = (
    "Made by Caseclock from its log. A column that Annex A has and a sheet has not is not told by the log: sex, "
    "ethnicity, unborn and disabled children, and what describes a family or a placement beyond its dates and codes."
)
_STATUS_CODES = {words: code for code, words in LEGAL_STATUS.items()}
_REASON_CODES = {words: code for code, words in END_REASON.items()}

Cells = dict[str, Any]


def write_annex_a(unit: Transaction, authority: str, question: Question, into: Path) -> dict[int, int]:
    """Write the workbook of an authority as at a day and as known at a moment; gives the rows of each list."""
    since = add_months(question.as_at, -MONTHS)
    book = Workbook(write_only=True)
    sheets = {number: book.create_sheet(f"List {number}") for number in LISTS}
    for number, sheet in sheets.items():
        sheet.freeze_panes = "A2"
        sheet.append([column.title for column in LISTS[number].columns.values()])
    counts = dict.fromkeys(LISTS, 0)
    for _, case_id in unit.case_ids(authority):
        history = History(
            unit.events(authority, case_id), OPENERS, as_at=question.as_at, known_at=question.known_at
        )
        facts = facts_of(authority, case_id, history)
        known: Cells = {
            "child": case_id,
            "born": facts.date_of_birth,
            "team": facts.team,
            "worker": facts.worker,
        }
        for number, told in _told(history, since):
            cells = known | told
            sheet = sheets[number]
            sheet.append(
                [_cell(sheet, name, column, cells) for name, column in LISTS[number].columns.items()]
            )
            counts[number] += 1
    _write_notes(book, authority, question, since, counts)
    book.save(into)
    return counts


def _cell(sheet: Any, name: str, column: Column, cells: Cells) -> Any:
    value = cells.get(name)
    cell = WriteOnlyCell(sheet, value=value)
    if column.is_day and isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str):
        cell.data_type = "s"  # what somebody typed is never a formula
    return cell


def _told(history: History, since: date) -> Iterator[tuple[int, Cells]]:
    """Give the rows of a case: the number of the list, and the cells by the names `LISTS` gives its columns."""
    for event in history.events:
        if event.type == "ContactReceived" and event.occurred.on >= since:
            yield 1, {"on": event.occurred.on, "source": event.data.get("source")}
        elif event.type == "ReferralReceived" and event.occurred.on >= since:
            yield 3, _referral(history, event)
    for episode in history.episodes.values():
        found = _BY_PROCESS.get(episode.process)
        if found is None:
            continue
        number, tell = found
        events = [event for event in history.events if event.episode_id == episode.episode_id]
        cells = tell(history, episode, events)
        ended = cells.get("end") or cells.get("conference")
        if cells and (cells["on"] >= since or ended is None or ended >= since):
            yield number, cells


def _referral(history: History, event: Event) -> Cells:
    decided = _last(_of(history.events, event.episode_id), "ReferralDecided")
    nfa = None if decided is None else as_text(decided.data.get("outcome")) == "no_further_action"
    return {"on": event.occurred.on, "source": event.data.get("source"), "nfa": _yes(nfa)}


def _early_help(_: History, episode: OpenedEpisode, events: Sequence[Event]) -> Cells:
    return {
        "on": episode.opener.occurred.on,
        "end": _on(_last(events, "EarlyHelpAssessmentCompleted")),
        "by": episode.opener.data.get("organisation"),
    }


def _assessment(_: History, episode: OpenedEpisode, events: Sequence[Event]) -> Cells:
    return {"on": episode.opener.occurred.on, "end": _on(_last(events, "AssessmentAuthorised"))}


def _enquiry(_: History, __: OpenedEpisode, events: Sequence[Event]) -> Cells:
    """Tell an enquiry; a discussion that initiated none has no row."""
    started = [
        event
        for event in events
        if event.type == "Section47Started"
        or (
            event.type == "StrategyDiscussionHeld"
            and as_text(event.data.get("initiates_section_47")) == "true"
        )
    ]
    if not started:
        return {}
    held = [
        event
        for event in events
        if event.type == "InitialConferenceHeld" and event.data.get("outcome") != "adjourned"
    ]
    concluded = _last(events, "Section47Concluded")
    ruled_out = concluded is not None and concluded.data.get("outcome") == "no_conference"
    outcome = as_text(held[-1].data.get("outcome")) if held else ""
    return {
        "on": started[0].occurred.on,
        "unnecessary": _yes(True) if ruled_out and not held else _yes(False) if held else None,
        "conference": _on(held[-1]) if held else None,
        "plan": {"plan": "Yes", "no_plan": "No"}.get(outcome),
        # one that was ruled out has ended, as far as the list goes
        "end": concluded.occurred.on if concluded is not None and ruled_out else None,
    }


def _plan(history: History, episode: OpenedEpisode, events: Sequence[Event]) -> Cells:
    start = episode.opener
    seen = _last(events, "ChildSeen")
    before = sum(
        other.type == "PlanStarted" and other.occurred.on < start.occurred.on for other in history.events
    )
    told = as_text(start.data.get("previous_plans"))
    category = as_text(start.data.get("category"))
    return {
        "on": start.occurred.on,
        "category": CATEGORY_WORDS.get(category, category) or None,
        "visit": _on(seen),
        "alone": _yes({"true": True, "false": False}.get(as_text(seen.data.get("alone")))) if seen else None,
        "review": _on(_last(events, "ReviewConferenceHeld")),
        "end": _on(_last(events, "PlanEnded")),
        "previous": int(told) if told.isdecimal() else before,
    }


def _care(_: History, __: OpenedEpisode, events: Sequence[Event]) -> Cells:
    started = _last(events, "PeriodOfCareStarted")
    if started is None:
        return {}
    status = _last(events, "LegalStatusChanged") or started
    placed = _last(events, "PlacementStarted")
    ended = _last(events, "PeriodOfCareEnded")
    words = as_text(status.data.get("legal_status"))
    reason = as_text(ended.data.get("reason")) if ended is not None else ""
    return {
        "on": started.occurred.on,
        "status_on": status.occurred.on,
        "status": words if words in LEGAL_STATUS else _STATUS_CODES.get(words),
        "review": _on(_last(events, "ReviewHeld")),
        "visit": _on(_last(events, "ChildSeen")),
        "health": _on(_last(events, "HealthAssessmentCompleted")),
        "dental": _on(_last(events, "DentalCheckCompleted")),
        "end": _on(ended),
        "reason": (as_text(ended.data.get("code")) or _REASON_CODES.get(reason))
        if ended is not None
        else None,
        "placed_on": _on(placed),
        "place": (as_text(placed.data.get("place")) or None) if placed is not None else None,
    }


_BY_PROCESS: Mapping[str, tuple[int, Callable[[History, OpenedEpisode, Sequence[Event]], Cells]]] = {
    "early_help": (2, _early_help),
    "assessment": (4, _assessment),
    "section_47": (5, _enquiry),
    "child_protection_plan": (7, _plan),
    "looked_after": (8, _care),
}


def _write_notes(
    book: Workbook, authority: str, question: Question, since: date, counts: Mapping[int, int]
) -> None:
    sheet = book.create_sheet("What is told")
    sheet.append(["list", "rows", "what it holds"])
    sheet.append(
        ["", "", f"{authority}, as at {question.as_at}, as known at {question.known_at.isoformat()}"]
    )
    for number, rows in counts.items():
        held = f"since {since}" if number < 6 else f"in force, or ended since {since}"
        sheet.append([number, rows, f"{TITLES[number]}, {held}"])
    for number in NOT_READ:
        sheet.append([number, None, _NOT_FILLED])
    sheet.append(["", "", _ABOUT])


def _of(events: Sequence[Event], episode_id: str) -> list[Event]:
    return [event for event in events if event.episode_id == episode_id]


def _last(events: Sequence[Event], event_type: str) -> Event | None:
    return next((event for event in reversed(events) if event.type == event_type), None)


def _on(event: Event | None) -> date | None:
    return None if event is None else event.occurred.on


def _yes(told: bool | None) -> str | None:
    return None if told is None else "Yes" if told else "No"

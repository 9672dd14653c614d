"""Why this date? A timer told from its trigger to where it stands, each day counted or skipped, with its source."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from caseclock.timers.anchors import Anchor
from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.caps import earlier_stays
from caseclock.timers.dates_in_words import day_words, either, instant_words, when_words
from caseclock.timers.due import Due, due_by
from caseclock.timers.durations import Counting, LedgerDay, Unit, day_ledger
from caseclock.timers.ending import ending
from caseclock.timers.evaluation import Setting, judged
from caseclock.timers.explain_end import end_words, stands_words
from caseclock.timers.history import History
from caseclock.timers.standing import over, standing
from caseclock.timers.timer import Standing, Timer
from caseclock.timers.timescale import ExtensionKind, Kind, Start, Verification
from caseclock.timers.when import london_date

_COUNTING = {
    Counting.DAY_AFTER_TRIGGER: "the day after is day 1",
    Counting.BEGINNING_WITH: "that day itself is day 1",
    Counting.COURT_DAY: "the day of issue is court day 1",
    Counting.CLEAR_DAYS: (
        "clear days: the first and last are left out, and in seven or fewer the days on which the court does not work"
    ),
}
_VERIFICATION = {
    Verification.V1: "checked against the primary text",
    Verification.V2: "checked against a secondary source only",
    Verification.K: "from knowledge, not checked against a source",
}


class NoSuchTimer(LookupError):
    """No timer of the case has this id, as asked and as known then."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a timer's date is what it is, in sentences, and day by day."""

    timer: Timer
    standing: Standing
    over: int
    #: the pack that holds the version it was judged by, and how far that version's source was checked
    pack: str
    verification: Verification
    #: ids of the events that asked for more time, whether they moved the date or not
    extended_by: tuple[str, ...]
    sentences: tuple[str, ...]
    #: each day from the trigger to the due date; empty for clocks in hours and minimum periods
    ledger: tuple[LedgerDay, ...]

    def lines(self) -> list[str]:
        """Give the explanation as sentences, one a line."""
        return list(self.sentences)

    def as_json(self) -> dict[str, object]:
        """Give the explanation as values that JSON can carry; dates as ISO text."""
        return {
            "timer_id": self.timer.timer_id,
            "timescale": self.timer.timescale,
            "version": self.timer.version,
            "pack": self.pack,
            "source": self.timer.source,
            "verification": str(self.verification),
            "calendar": self.timer.calendar,
            "trigger_event": self.timer.trigger_event,
            "extended_by": list(self.extended_by),
            "stop_event": self.timer.stop_event,
            "standing": str(self.standing),
            "over": self.over,
            "unit": self.timer.unit,
            "sentences": list(self.sentences),
            "days": [{**asdict(row), "day": row.day.isoformat()} for row in self.ledger],
        }


def explain(history: History, setting: Setting, timer_id: str, moment: datetime) -> Explanation:
    """Explain a timer of a case as it stands at an aware instant; raises NoSuchTimer."""
    anchor, timer = _judged(history, setting, timer_id)
    stop, void = ending(history, anchor)
    ended = stop or void
    known_on = ended.recorded.on if ended else (london_date(history.known_at) if history.known_at else None)
    calendar = setting.holidays.as_known(known_on)
    due = due_by(history, anchor, calendar, setting.months)
    stands = standing(timer, moment)
    past = over(timer, moment, calendar)
    ledger = _ledger(anchor, due, calendar)
    sentences = (
        *_start(anchor, timer),
        *_rule(anchor, due),
        *_stays(history, anchor, due),
        *_days(anchor, due, ledger, calendar),
        *_moves(history, setting, anchor, due, known_on),
        *_extensions(anchor, due),
        *end_words(stop, void, timer),
        stands_words(stands, past, timer, moment),
    )
    return Explanation(
        timer,
        stands,
        past,
        anchor.version.pack,
        anchor.version.verification,
        tuple(one.event.event_id for one in due.extensions),
        tuple(sentences),
        tuple(ledger),
    )


def _judged(history: History, setting: Setting, timer_id: str) -> tuple[Anchor, Timer]:
    for anchor, timer in judged(history, setting):
        if timer.timer_id == timer_id:
            return anchor, timer
    raise NoSuchTimer(f"No timer {timer_id} runs in this case by what was known. List its timers first.")


def _start(anchor: Anchor, timer: Timer) -> Iterator[str]:
    version, event = anchor.version, anchor.event
    keyed = f" ({version.key} {anchor.key})" if anchor.key else ""
    yield f"{version.duty}{keyed}: {timer.timescale}, in episode {timer.episode_id} of case {timer.case_id}."
    yield (
        f"The clock started with {event.type} of {when_words(event.occurred)}, "
        f"recorded {when_words(event.recorded)} by {event.by}."
    )
    if anchor.counts_from != event.occurred:
        counted = f"{_counted_from(anchor)}, {when_words(anchor.counts_from)}"
        yield f"It counts from {counted}, not from the day of the event."
    if anchor.start.year_of is not None:
        yield f"Which interval holds is told by the years since {anchor.start.year_of}: {_years(anchor.start)}."
    if anchor.ends_on is None and any(clause.event == event.type for clause in version.stops):
        yield "The interval runs from what really happened, early or late, not from when it was due."
    if version.governed_by is not None:
        yield f"Which rule governs it is chosen by the date of {version.governed_by.event}."


def _counted_from(anchor: Anchor) -> str:
    if anchor.start.from_birth:
        return "the child's birth"
    told = anchor.start.date_from
    return f"data.{told}" if told and anchor.event.data.get(told) else str(anchor.start.counts_from_last)


def _years(start: Start) -> str:
    if start.from_year is None:
        return f"up to year {start.to_year}"
    if start.to_year is None:
        return f"year {start.from_year} and later"
    return f"years {start.from_year} to {start.to_year}"


def _rule(anchor: Anchor, due: Due) -> Iterator[str]:
    version = anchor.version
    until = f" to {day_words(version.effective_to)}" if version.effective_to else ""
    if anchor.ends_on is not None:
        told = f"the order itself sets the last day (data.{anchor.start.ends_from})"
    elif version.kind is Kind.BEFORE:
        told = f"before {anchor.event.type}, or on the same day"
    elif version.kind is Kind.ROLLING_CAP and version.in_any:
        told = f"no more than {due.limit.words()} in any {version.in_any.words()}"
    elif version.kind is Kind.AT_LEAST:
        told = f"not before {due.limit.words()} have passed"
    elif version.kind is Kind.BACKWARDS:
        told = f"{due.limit.words()} before, counted back"
        if anchor.counting is Counting.CLEAR_DAYS:
            told += f" as {_COUNTING[anchor.counting]}"
    elif due.limit.number == 0:
        told = "on the very day"
    elif version.kind is Kind.WINDOW:
        first = next((rule.not_before for rule in version.limits if rule.limit == due.limit), None)
        at_first = f"not before {first.number} and " if first else ""
        told = f"{at_first}not after {due.limit.words()}; {_COUNTING[anchor.counting]}"
    elif due.limit.unit is Unit.HOURS:
        told = f"{due.limit.words()} by the clock, whatever it does on the wall"
    else:
        told = f"{due.limit.words()}; {_COUNTING[anchor.counting]}"
    if version.kind is Kind.RECORDING:
        told = f"written up within {told}"
    if version.early and version.kind is not Kind.BEFORE:
        told += "; done before it started counts too"
    yield f"The limit: {told}."
    yield (
        f"The source: {version.source} ({str(version.basis).replace('_', ' ')}; version in force from "
        f"{day_words(version.effective_from)}{until}; {_VERIFICATION[version.verification]})."
    )
    others = either(rule.limit for rule in version.limits if rule.limit != due.limit)
    if anchor.ends_on is not None and others:
        yield f"Without a day in the order it would be {others}."
    elif others:
        yield f"This limit was chosen by what was known then; otherwise it would be {others}."


def _stays(history: History, anchor: Anchor, due: Due) -> Iterator[str]:
    """Tell which stays before this one a cap on all of them counts in."""
    if anchor.version.kind is not Kind.ROLLING_CAP:
        return
    by_clock = due.limit.unit is Unit.HOURS
    stays = [
        f"{instant_words(start)} to {instant_words(end)}"
        if by_clock
        else f"{day_words(start.date())} to {day_words(end.date())}"
        for start, end in earlier_stays(history, anchor, due.limit)
    ]
    if stays:
        yield f"Earlier stays count too, as far as they lie within that period: {'; '.join(stays)}."


def _ledger(anchor: Anchor, due: Due, calendar: WorkingCalendar) -> list[LedgerDay]:
    if due.on is None or due.limit.unit is Unit.HOURS or anchor.ends_on is not None:
        return []
    if anchor.version.kind in (Kind.ROLLING_CAP, Kind.BEFORE):
        return []
    last = due.first_on or due.on
    return day_ledger(anchor.counts_from.on, last, due.limit, anchor.counting, calendar)


def _days(anchor: Anchor, due: Due, ledger: list[LedgerDay], calendar: WorkingCalendar) -> Iterator[str]:
    if due.not_before is not None:
        yield f"The first lawful day is {day_words(due.not_before)}."
    if due.at is not None:
        if anchor.version.kind is Kind.RECORDING and anchor.counts_from.at is None:
            yield "Only the day on which it happened is known, so the hours are counted from its end."
        yield f"It ends at {instant_words(due.at)}."
    if due.on is None:
        return
    if anchor.version.deemed:
        yield f"Nobody has to act: once {day_words(due.on)} has passed, it stands."
    elif due.first_on is not None and due.first_on != due.on:
        yield f"The last day in time was {day_words(due.first_on)} at first."
    else:
        yield f"The last day in time is {day_words(due.on)}; overdue begins as the next day begins."
    skipped = [row for row in ledger if row.count is None and row.why is not None]
    if skipped:
        weekend = sum(row.why in ("Saturday", "Sunday") for row in skipped)
        named = [
            f"{day_words(row.day)} ({row.why})" for row in skipped if row.why not in ("Saturday", "Sunday")
        ]
        weekends = f"{weekend} {'day' if weekend == 1 else 'days'} at weekends" if weekend else ""
        yield f"Not counted: {'; '.join(part for part in (weekends, *named) if part)}."
    if calendar.certainty(due.on) == "projected":
        yield "Bank holidays around that day are projected by rule, not yet official; the date may move."


def _moves(
    history: History, setting: Setting, anchor: Anchor, due: Due, known_on: date | None
) -> Iterator[str]:
    """Tell how days announced while the clock ran moved the date."""
    if due.on is None:
        return
    before = setting.holidays.as_known(anchor.event.recorded.on)
    was = due_by(history, anchor, before, setting.months).on
    for added in setting.holidays.announcements:
        if added.known_on <= anchor.event.recorded.on:
            continue
        if known_on is not None and added.known_on > known_on:
            continue
        after = setting.holidays.as_known(added.known_on)
        now = due_by(history, anchor, after, setting.months).on
        if was is not None and now is not None and now != was:
            yield (
                f"Until {day_words(added.known_on)} it was due on {day_words(was)}; then {day_words(added.day)} was "
                f"announced as not worked ({added.title}){_instead(added.replaces)}, and it moved to {day_words(now)}."
            )
            was = now


def _instead(replaced: date | None) -> str:
    return "" if replaced is None else f" in place of {day_words(replaced)}"


def _extensions(anchor: Anchor, due: Due) -> Iterator[str]:
    by_court = anchor.version.extension is not None and anchor.version.extension.kind is ExtensionKind.COURT
    for one in due.extensions:
        event = one.event
        said = event.data.get("reason") or event.because or "no reason given"
        approved = f", approved by {event.data['approved_by']}" if event.data.get("approved_by") else ""
        what = f"extended to {day_words(one.until)}" if one.until else "not moved"
        why = f" ({one.why})" if one.why else ""
        who = (
            f"the court gave more time (by {event.by})"
            if by_court
            else f"{event.by} asked for more time{approved}"
        )
        late = f" {one.late}" if one.late else ""
        yield f"On {day_words(event.occurred.on)} {who}: {said}. It was {what}{why}.{late}"
    if due.first_on is not None and due.first_on != due.on:
        yield f"The last day in time is {day_words(due.on)}; overdue begins as the next day begins."

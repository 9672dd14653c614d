"""The report: one page of HTML that needs nothing else, to be opened, printed or sent.

It is self-contained (no script, no request to anywhere), and says beside every figure how it was counted.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from caseclock.desk import words
from caseclock.desk.breaches import AskedBreach
from caseclock.desk.scores import counted_of, recording_words, value_words
from caseclock.indicators.scorecard import Line
from caseclock.processes.catalogue import PROCESSES, rules_of
from caseclock.store.protocol import Quarantined
from caseclock.store.sentences import CAUSES
from caseclock.timers.durations import LedgerDay
from caseclock.timers.explain import Explanation
from caseclock.timers.timer import BREACHED_STANDINGS, Standing
from caseclock.timers.timescale import Basis, Kind, Timescale, Verification
from caseclock.workflow.positions import Position, Question

#: standings in which the duty was done in time, whenever it was written up
IN_TIME = frozenset({Standing.MET, Standing.RECORDED_LATE})
#: rows of each list on the page; the rest is counted, and where to find it is said
MOST_ROWS = 200
#: heading of the standards for writing up, which hold in every process
_RECORDING = "How soon things are written up"
_UNTOLD = frozenset({Standing.UNKNOWN, Standing.VOID})
_SKIPPED_WEEKEND = frozenset({"Saturday", "Sunday"})


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What came of the files that were brought in."""

    #: file, kind and the counts of each, as the import reports them
    files: Sequence[Mapping[str, Any]]
    totals: Mapping[str, Any]
    #: rows that did not go in, each with its reason
    held_back: Sequence[Quarantined]


@dataclass(frozen=True, slots=True)
class TimescaleLine:
    """How the timers of one timescale stood."""

    timescale: str
    duty: str
    process: str
    basis: str
    counts: Mapping[Standing, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def in_time(self) -> int:
        return sum(self.counts.get(one, 0) for one in IN_TIME)

    @property
    def decided(self) -> int:
        """Count those of which it is known whether they were done in time: the denominator."""
        return self.in_time + sum(self.counts.get(one, 0) for one in BREACHED_STANDINGS)

    @property
    def is_told(self) -> bool:
        """Say whether the source tells anything of these timers: whether one is running, or was done."""
        return any(number for one, number in self.counts.items() if one not in _UNTOLD)

    @property
    def percent(self) -> int | None:
        """Give the share in time; 100 and 0 only where it is all or nothing."""
        if not self.decided:
            return None
        share = round(100 * self.in_time / self.decided)
        return share if self.in_time in (0, self.decided) else min(max(share, 1), 99)


@dataclass(frozen=True, slots=True)
class Week:
    """A row of the calendar in an explanation: seven days, Monday first; None outside the count."""

    monday: date
    days: tuple[LedgerDay | None, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that stands on the page."""

    authority: str
    asked: Question
    made_at: datetime
    brought_in: BroughtIn
    positions: Sequence[Position]
    #: furthest past the limit first
    breaches: Sequence[AskedBreach]
    withdrawn: Sequence[AskedBreach]
    explanation: Explanation | None
    #: indicators over the months that end on the day asked about
    scores: Sequence[Line]
    score_months: int
    #: the children in it are invented
    demonstration: bool = False


def lines_of(positions: Iterable[Position], authority: str) -> list[TimescaleLine]:
    """Count how timers stood, timescale by timescale, in the order of the pathway."""
    counts: dict[str, Counter[Standing]] = {}
    for position in positions:
        counts.setdefault(position.timer.timescale, Counter())[position.standing] += 1
    rules = {name: versions[-1] for name, versions in rules_of(authority).rules.items() if name in counts}
    order = {name: place for place, name in enumerate(PROCESSES)}
    lines = [
        TimescaleLine(
            name,
            rules[name].duty,
            _RECORDING if rules[name].kind is Kind.RECORDING else PROCESSES[rules[name].process].title,
            words.BASES[rules[name].basis],
            stands,
        )
        for name, stands in counts.items()
    ]

    def place(line: TimescaleLine) -> tuple[int, str]:
        rule = rules[line.timescale]
        return (
            len(order) if rule.kind is Kind.RECORDING else order.get(rule.process, len(order)),
            rule.id,
        )

    return sorted(lines, key=place)


def weeks_of(ledger: Iterable[LedgerDay]) -> list[Week]:
    """Lay a count of days out as a calendar, a week a row."""
    by_day = {row.day: row for row in ledger}
    if not by_day:
        return []
    first, last = min(by_day), max(by_day)
    monday = first - timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        weeks.append(Week(monday, tuple(by_day.get(monday + timedelta(days=n)) for n in range(7))))
        monday += timedelta(days=7)
    return weeks


def render(report: Report) -> str:
    """Write the report as HTML."""
    environment = Environment(
        loader=PackageLoader("caseclock.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": words.day,
        "short_day": words.short_day,
        "moment": words.moment,
        "short_moment": words.short_moment,
        "groupby_in_order": _grouped,
        "over_by": words.length,
    }
    environment.globals |= {
        "counted": words.counted,
        "value_words": value_words,
        "counted_of": counted_of,
        "recording_words": recording_words,
    }
    style = environment.get_template("report.css").render()
    lines = lines_of(report.positions, report.authority)
    told = [line for line in lines if line.is_told]
    return environment.get_template("report.html").render(
        report=report,
        named=words.named(report.authority),
        unread=sorted(report.brought_in.totals["not_used"].items(), key=lambda one: (-one[1], one[0])),
        files=[file for file in report.brought_in.files if file["records"] or file["reason"]],
        lines=told,
        untold=[line for line in lines if not line.is_told],
        shown=[one for one in words.STANDINGS if any(line.counts.get(one) for line in told)],
        standings=words.STANDINGS,
        meanings=words.MEANINGS,
        breached=BREACHED_STANDINGS,
        total=len(report.positions),
        overdue=sum(position.standing is Standing.OVERDUE for position in report.positions),
        late=sum(
            position.standing in (Standing.MET_LATE, Standing.TOO_EARLY)
            and not position.timer.is_of_recording
            for position in report.positions
        ),
        breaches=[breach for breach in report.breaches if not _is_of_recording(breach)],
        written_late=[breach for breach in report.breaches if _is_of_recording(breach)],
        recorded_late=sum(position.standing is Standing.RECORDED_LATE for position in report.positions),
        unknown=sum(position.standing is Standing.UNKNOWN for position in report.positions),
        weeks=weeks_of(report.explanation.ledger) if report.explanation else [],
        last_day=report.explanation.ledger[-1].day
        if report.explanation and report.explanation.ledger
        else None,
        weekend=_SKIPPED_WEEKEND,
        duties={name: versions[-1].duty for name, versions in rules_of(report.authority).rules.items()},
        causes=CAUSES,
        rules=_rules(told, report.authority),
        bases=words.BASES,
        kinds=words.KINDS,
        verifications=words.VERIFICATIONS,
        most=MOST_ROWS,
        style=Markup(style),  # noqa: S704  # our own file, with nothing filled in
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )


def _is_of_recording(breach: AskedBreach) -> bool:
    return breach.position is not None and breach.position.timer.is_of_recording


def _grouped(lines: Sequence[TimescaleLine], attribute: str) -> list[tuple[str, list[TimescaleLine]]]:
    """Group lines that stand together already, in their order; Jinja's own grouping would sort them."""
    return [(name, list(group)) for name, group in groupby(lines, key=attrgetter(attribute))]


def _rules(lines: Sequence[TimescaleLine], authority: str) -> list[tuple[Timescale, str, str]]:
    """List the timescales that have timers on the page, in every version, with basis and verification."""
    rules = rules_of(authority).rules
    return [
        (version, words.BASES[Basis(version.basis)], words.VERIFICATIONS[Verification(version.verification)])
        for line in lines
        for version in rules[line.timescale]
    ]

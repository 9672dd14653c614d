"""The steps of answering for a breach: what each asks, what is wrong with what was filled in, the event it becomes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from caseclock.desk.forms import Form
from caseclock.desk.refusals import Unfit
from caseclock.desk.roles import Permission
from caseclock.processes.reasons import reasons
from caseclock.store.protocol import Breach
from caseclock.timers.event import Event
from caseclock.timers.when import When, london_date

LONGEST_TEXT, LONGEST_NAME = 4000, 200
#: what names a form, so that it is recorded once though it be sent twice
_TOKEN = re.compile(r"[0-9a-f]{32}")


class Kind(StrEnum):
    """In what way a breach is answered; stands in addresses."""

    EXPLAIN = "explain"
    EXEMPT = "exempt"
    ESCALATE = "escalate"
    REOPEN = "reopen"


class Step(StrEnum):
    """One page of the journey."""

    REASON = "reason"
    TO = "to"
    TEXT = "text"
    NEXT = "next"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer: its pages, its event, who may, and how it is said."""

    event: str
    may: Permission
    steps: tuple[Step, ...]
    #: as a choice, and as the heading of the last page
    words: str
    hint: str
    done: str
    #: what its text is asked for
    text: str


WAYS: Mapping[Kind, Way] = {
    Kind.EXPLAIN: Way(
        "BreachExplained",
        Permission.ANSWER,
        (Step.REASON, Step.TEXT, Step.NEXT, Step.CHECK),
        "Explain it",
        "Say why the duty was not done in time.",
        "The explanation is recorded",
        "What happened?",
    ),
    Kind.EXEMPT: Way(
        "BreachExempted",
        Permission.JUDGE,
        (Step.REASON, Step.TEXT, Step.NEXT, Step.CHECK),
        "Record a justified exception",
        "The guidance allows the delay, or it was right for the child. The duty still counts as late.",
        "The justified exception is recorded",
        "Why is the delay justified?",
    ),
    Kind.ESCALATE: Way(
        "BreachEscalated",
        Permission.ANSWER,
        (Step.TO, Step.TEXT, Step.NEXT, Step.CHECK),
        "Escalate it",
        "Hand it to somebody who can put it right.",
        "The breach is escalated",
        "What do they need to know?",
    ),
    Kind.REOPEN: Way(
        "BreachReopened",
        Permission.JUDGE,
        (Step.TEXT, Step.CHECK),
        "Open it again",
        "The last answer does not stand. It stays in the record.",
        "The breach is open again",
        "Why is it opened again?",
    ),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in so far, as text; carried from page to page in the form itself."""

    reason_code: str = ""
    to: str = ""
    text: str = ""
    action: str = ""
    owner: str = ""
    review_day: str = ""
    review_month: str = ""
    review_year: str = ""

    @property
    def review_on(self) -> date | None:
        """Give the day on which it is looked at again; None where none or no real day was filled in."""
        try:
            return date(int(self.review_year), int(self.review_month), int(self.review_day))
        except ValueError:
            return None

    @property
    def hidden(self) -> Sequence[tuple[str, str]]:
        """Give the form fields that carry it."""
        return [(_FIELDS[name], getattr(self, name)) for name in _FIELDS]


_FIELDS = {
    "reason_code": "reason_code",
    "to": "to",
    "text": "text",
    "action": "action",
    "owner": "owner",
    "review_day": "review_on-day",
    "review_month": "review_on-month",
    "review_year": "review_on-year",
}
_OF_STEP = {
    Step.REASON: ("reason_code",),
    Step.TO: ("to",),
    Step.TEXT: ("text",),
    Step.NEXT: ("action", "owner", "review_on-day", "review_on-month", "review_on-year"),
    Step.CHECK: (),
}


def read_filled(form: Form) -> Filled:
    """Read what a form carries."""
    return Filled(**{name: form.get(field)[: LONGEST_TEXT + 1] for name, field in _FIELDS.items()})


def fields_of(step: Step) -> Sequence[str]:
    """Name the form fields that a page shows; the others it carries hidden."""
    return _OF_STEP[step]


def problems(kind: Kind, step: Step, filled: Filled, today: date) -> dict[str, str]:
    """Give what is wrong with a page as field -> sentence."""
    found: dict[str, str] = {}
    if step is Step.REASON:
        if filled.reason_code not in {code for code, _ in offered(kind)}:
            found["reason_code"] = "Choose a reason"
    elif step is Step.TO:
        _needs(found, "to", filled.to, "Enter whom it is handed to", LONGEST_NAME)
    elif step is Step.TEXT:
        _needs(found, "text", filled.text, f"Fill in an answer to: {WAYS[kind].text}", LONGEST_TEXT)
    elif step is Step.NEXT:
        for name, value, longest in (
            ("action", filled.action, LONGEST_TEXT),
            ("owner", filled.owner, LONGEST_NAME),
        ):
            if len(value) > longest:
                found[name] = f"It can have {longest:,} letters at most"
        if filled.review_day or filled.review_month or filled.review_year:
            if filled.review_on is None:
                found["review_on"] = "The review date must be a real date, such as 27 3 2027"
            elif filled.review_on < today:
                found["review_on"] = "The review date must be today or later"
    return found


def _needs(found: dict[str, str], name: str, value: str, missing: str, longest: int) -> None:
    if not value:
        found[name] = missing
    elif len(value) > longest:
        found[name] = f"It can have {longest:,} letters at most"


def first_problem(kind: Kind, filled: Filled, today: date) -> tuple[Step, dict[str, str]] | None:
    """Give the first page with something wrong on it; None where all is filled in."""
    for step in WAYS[kind].steps:
        found = problems(kind, step, filled, today)
        if found:
            return step, found
    return None


def after(kind: Kind, step: Step) -> Step:
    """Give the page that follows one."""
    steps = WAYS[kind].steps
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def following(kind: Kind, form: Form, filled: Filled, today: date) -> tuple[Step, dict[str, str]] | None:
    """Give the page to show after one was sent, and what is wrong with it; None where all is to be recorded.

    Raises Unfit for a form that no page of the desk has.
    """
    step = form.get("step")
    if (
        step not in list(Step)
        or Step(step) not in WAYS[kind].steps
        or not _TOKEN.fullmatch(form.get("token"))
    ):
        raise Unfit("This form is not one of this desk. Open the list of breaches and start there.")
    at = Step(step)
    if wrong := problems(kind, at, filled, today):
        return at, wrong
    if (back := form.get("change")) in list(Step) and Step(back) in WAYS[kind].steps:
        return Step(back), {}
    if at is not Step.CHECK:
        return (Step.CHECK if form.get("checked") else after(kind, at)), {}
    return first_problem(kind, filled, today)


def offered(kind: Kind) -> Sequence[tuple[str, str]]:
    """List the reasons that can be chosen today, as (code, words)."""
    answer = {Kind.EXPLAIN: "explained", Kind.EXEMPT: "exempted"}.get(kind, "")
    return [
        (one.code, one.words) for one in reasons().values() if answer in one.answers and one.until is None
    ]


def event_of(kind: Kind, breach: Breach, filled: Filled, *, token: str, by: str, at: datetime) -> Event:
    """Make the event an answer becomes.

    The same form sent twice makes the same event, which is recorded once: it tells the day, not the second.
    """
    data: dict[str, str] = {"breach_id": breach.breach_id}
    if kind is Kind.REOPEN:
        data["reason"] = filled.text
    else:
        data["text"] = filled.text
    if Step.REASON in WAYS[kind].steps:
        data["reason_code"] = filled.reason_code
    if kind is Kind.ESCALATE:
        data["to"] = filled.to
    if Step.NEXT in WAYS[kind].steps:
        more = {"action": filled.action, "owner": filled.owner}
        data |= {name: value for name, value in more.items() if value}
        if filled.review_on is not None:
            data["review_on"] = filled.review_on.isoformat()
    event = WAYS[kind].event
    return Event(
        event_id=f"{event}:{breach.breach_id}:{token}",
        type=event,
        authority=breach.authority,
        case_id=breach.case_id,
        episode_id=breach.episode_id,
        occurred=When(london_date(at)),
        recorded=When.instant(at),
        by=by,
        because=filled.text,
        data=data,
    )

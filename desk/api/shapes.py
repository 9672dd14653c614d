"""What the API takes and gives, as the OpenAPI document says it. Answers are written from the rows themselves."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from caseclock.desk.api import examples
from caseclock.desk.fields import FIELDS
from caseclock.desk.rows import BREACH_COLUMNS, TIMER_COLUMNS
from caseclock.desk.rules import RULE_COLUMNS
from caseclock.timers.timer import Standing
from caseclock.timers.timescale import Basis, Verification
from caseclock.workflow.answers import Answer

_Text = str | None
_Day = date | None
_Instant = datetime | None

_TYPES: dict[str, Any] = {
    "version": str,
    "key": _Text,
    "started_on": _Day,
    "due_on": _Day,
    "due_at": _Instant,
    "standing": Standing,
    "stopped_on": _Day,
    "recorded_on": _Day,
    "over": int,
    "basis": Basis,
    "first_due_on": _Day,
    "not_before": _Day,
    "stop_event": _Text,
    # what became of a breach, and how it was answered
    "breach": Literal["open", "closed", "withdrawn"],
    "fell_on": _Day,
    "raised_at": _Instant,
    "cause": Literal["recorded_late", "rescheduled", "void", "retracted"] | None,
    "raised_event": _Text,
    "answer": Answer,
    "reason_code": _Text,
    "answer_text": _Text,
    "escalated_to": _Text,
    "answered_by": _Text,
    "answered_on": _Day,
    "back_dated": bool,
    "review_on": _Day,
}
#: fields of a timer that a breach lacks where its timer is gone
_GONE = (
    "version",
    "unit",
    "basis",
    "source",
    "trigger_event",
    "calendar",
    "started_on",
    "reason",
    "episode_id",
    "process",
)


def _fields(names: tuple[str, ...], *, missing: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        name: (
            (_TYPES.get(name, str) | None) if name in missing else _TYPES.get(name, str),
            Field(description=FIELDS[name]),
        )
        for name in names
    }


def example(example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]}, extra="forbid")


class Chance(BaseModel):
    """How likely a running timer is to run out undone, as the forecast tells that was kept last."""

    model_config = ConfigDict(extra="forbid")
    of_running_out: Annotated[float, Field(ge=0, le=1, description="The probability, from 0 to 1.")]
    alike: Annotated[
        int,
        Field(
            description="Timers of the same timescale, of the same authority, that were as near to their last day and "
            "not known to be done: the chance is the share of those that ran out, recent ones counting for more, "
            "drawn towards the team's."
        ),
    ]
    ran_out: Annotated[int, Field(description="How many of those ran out.")]
    told_on: Annotated[date, Field(description="The day whose running timers the forecast is of.")]
    days: Annotated[
        int, Field(description="How far it looks ahead: timers whose last day was so near are told of.")
    ]


CaseTimer = create_model(
    "CaseTimer",
    __config__=ConfigDict(extra="forbid"),
    __doc__="A timer as a case shows it.",
    **_fields(TIMER_COLUMNS),
)
Timer = create_model(
    "Timer",
    __config__=example(examples.TIMER_AHEAD),
    __doc__="One running of one timescale in one episode, where it stands, and how likely it is to run out.",
    **_fields(TIMER_COLUMNS),
    chance=(
        Chance | None,
        Field(
            description="How likely it is to run out. Null where no forecast that was kept tells it: its last day is "
            "too far, too few alike are known, it runs no more, or a past day is asked about."
        ),
    ),
)
Breach = create_model(
    "Breach",
    __config__=example(examples.BREACH),
    __doc__="A timer that ran out undischarged, what became of that, and how it was answered.",
    **_fields(BREACH_COLUMNS, missing=_GONE),
)
CaseBreach = create_model(
    "CaseBreach",
    __config__=ConfigDict(extra="forbid"),
    __doc__="A breach as a case shows it.",
    **_fields(
        (*TIMER_COLUMNS, "breach_id", "breach", "fell_on", "raised_at", "cause", "answer"), missing=_GONE
    ),
)


class _AsAt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    as_at: Annotated[date, Field(description="The day the answer is as at.")]
    known_at: Annotated[datetime, Field(description="The instant by which what it rests on was known.")]


Next = Annotated[
    str | None,
    Field(
        description="Send it as `cursor` to get the next page; null where there is none. A page may hold fewer rows "
        "than the limit, even none, and still have a next one."
    ),
]


class TimerPage(_AsAt):
    """A page of timers, by case and id."""

    model_config = example({**examples.AS_AT, "items": [examples.TIMER_AHEAD], "next": examples.CURSOR})
    items: list[Timer]  # type: ignore[valid-type]
    next: Next


class BreachPage(_AsAt):
    """A page of breaches, by case and id."""

    model_config = example({**examples.AS_AT, "items": [examples.BREACH], "next": None})
    items: list[Breach]  # type: ignore[valid-type]
    next: Next


class Episode(BaseModel):
    """One run of a process in a case."""

    model_config = ConfigDict(extra="forbid")
    episode_id: str
    process: str
    state: str
    words: Annotated[str, Field(description="The state, as a manager would say it.")]
    opened_on: date
    closed_on: date | None
    follows: Annotated[str | None, Field(description="The episode it follows from.")]
    may_happen: Annotated[list[str], Field(description="Types of events that may happen in that state.")]
    re_referral_of: Annotated[
        date | None, Field(description="Day of the earlier referral, where this one is a re-referral.")
    ]


class HistoryEntry(BaseModel):
    """One event of a case, in a sentence."""

    model_config = ConfigDict(extra="forbid")
    seq: int
    event_id: str
    episode_id: str
    type: str
    occurred_at: Annotated[str, Field(description="An instant, or a date where only that is known.")]
    recorded_at: Annotated[str, Field(description="When it was written down; likewise.")]
    by: str
    because: str
    sentence: str
    mended: Annotated[str, Field(description="`taken back` or what it was corrected to; else empty.")]


class Case(_AsAt):
    """One case: its episodes, timers, breaches and history."""

    model_config = example(examples.CASE)
    authority: str
    case_id: str
    re_referral: bool
    episodes: list[Episode]
    timers: list[CaseTimer]  # type: ignore[valid-type]
    breaches: list[CaseBreach]  # type: ignore[valid-type]
    history: list[HistoryEntry]


class OpenEpisode(BaseModel):
    """An episode that goes on."""

    model_config = ConfigDict(extra="forbid")
    episode_id: str
    process: str
    state: str
    opened_on: date


class CaseSummary(BaseModel):
    """A case in a list."""

    model_config = example(examples.CASE_SUMMARY)
    case_id: str
    events: Annotated[int, Field(description="How many events its log held of what is taken in.")]
    team: Annotated[str | None, Field(description=FIELDS["team"])]
    worker: Annotated[str | None, Field(description=FIELDS["worker"])]
    family: Annotated[str | None, Field(description=FIELDS["family"])]
    open_episodes: list[OpenEpisode]


class CasePage(_AsAt):
    """A page of cases, by id."""

    model_config = example({**examples.AS_AT, "items": [examples.CASE_SUMMARY], "next": None})
    items: list[CaseSummary]
    next: Next


class Explanation(BaseModel):
    """Why a timer is due when it is: trigger, limit, each day counted or passed over and why, source, version."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [examples.EXPLANATION]})
    timer_id: str
    as_at: date
    known_at: datetime


_RULE_TYPES: dict[str, Any] = {
    "effective_from": date,
    "effective_to": _Day,
    "commenced": bool,
    "in_force": bool,
    "authority": _Text,
    "source_url": _Text,
    "target_percent": float | None,
    "basis": Basis,
    "verification": Verification,
}
_rule_fields: dict[str, Any] = {name: (_RULE_TYPES.get(name, str), ...) for name in RULE_COLUMNS}
Rule = create_model(
    "Rule", __config__=example(examples.RULE), __doc__="One version of a timescale.", **_rule_fields
)


class RuleList(BaseModel):
    """Timescales, by id and version."""

    model_config = example({"as_at": "2026-11-22", "items": [examples.RULE]})
    as_at: date
    items: list[Rule]  # type: ignore[valid-type]


class Indicator(BaseModel):
    """One indicator, with what it is counted of."""

    model_config = ConfigDict(extra="forbid")
    id: str
    group: str
    name: str
    unit: Literal["percent", "rate", "count", "days"]
    numerator: int
    denominator: int | None
    value: float | None
    recorded_late: int
    recording_value: float | None
    recording_numerator: int | None
    recording_denominator: int | None
    small: Annotated[bool, Field(description="Counted from fewer than five: not for publication.")]
    numerator_is: str
    denominator_is: str
    definition: str
    source: str
    comparators: Annotated[dict[str, float], Field(description="Published figures, by what they are of.")]


class Scorecard(_AsAt):
    """Indicators over the months that end on a day."""

    model_config = example(examples.SCORECARD)
    authority: str
    months: int
    counted_at: Annotated[datetime, Field(description="When it was counted.")]
    indicators: list[Indicator]


class ProblemDetails(BaseModel):
    """Why something was refused (RFC 9457); nothing was changed."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [examples.PROBLEM]})
    type: Annotated[str, Field(description="Names the kind of problem: `urn:caseclock:problem:...`.")]
    title: str
    status: int
    detail: Annotated[str, Field(description="A sentence: what was tried, why not, what to do now.")]

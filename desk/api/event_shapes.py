"""Events as the API takes and gives them, as the OpenAPI document says it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from caseclock.desk.api import examples
from caseclock.desk.api.shapes import Next, example

#: text that is not blank, and has no NUL
_TOLD = r"^[^\x00]*[^\s\x00][^\x00]*$"
_WHEN = (
    r"^(19|20|21)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))?$"
)


class EventLine(BaseModel):
    """One fact of one case."""

    model_config = example(examples.EVENT)
    event_id: Annotated[
        str, Field(pattern=_TOLD, description="Any unique text; the same id twice is the same event.")
    ]
    type: Annotated[
        str, Field(pattern="^[A-Z][A-Za-z0-9]{0,99}$", description="Past tense: ReferralReceived.")
    ]
    authority: Annotated[str | None, Field(description="The token's own where it is left out.")] = None
    case_id: Annotated[str, Field(pattern=_TOLD)]
    episode_id: Annotated[str, Field(pattern=_TOLD, description="Unique within the case.")]
    occurred_at: Annotated[str, Field(pattern=_WHEN, description="An instant with its offset, or a date.")]
    recorded_at: Annotated[
        str | None, Field(pattern=_WHEN, description="When it was written down; now where it is left out.")
    ] = None
    by: Annotated[str, Field(pattern=_TOLD, description="Who says so.")]
    because: str = ""
    data: dict[str, Any] = Field(default_factory=dict)


class LoggedEvent(EventLine):
    """An event as the log holds it."""

    model_config = example(examples.LOGGED)
    seq: Annotated[int, Field(description="Its place in the case's log, from 1.")]
    authority: str
    recorded_at: str


class EventPage(BaseModel):
    """Events of one case in the order of writing."""

    model_config = example({"items": [examples.LOGGED], "next": None})
    items: list[LoggedEvent]
    next: Next


class TakenEvent(BaseModel):
    """What came of one event that was sent."""

    model_config = ConfigDict(extra="forbid")
    event_id: str
    status: Literal["recorded", "unchanged"]


class Recorded(BaseModel):
    """What came of recording; either all that was sent is in the log now, or nothing of it."""

    model_config = example(examples.RECORDED)
    recorded: Annotated[int, Field(description="How many were new.")]
    unchanged: Annotated[int, Field(description="How many were in the log already, with the same content.")]
    timers: Annotated[int, Field(description="How many timers were written because of them.")]
    events: list[TakenEvent]

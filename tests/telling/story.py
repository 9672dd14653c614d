"""Words in which tests tell what happened to a child's case, and ask where its timers stand.

Days are written `2026-05-07`, moments `2026-05-07 16:40` by the clock on a London wall.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from caseclock.processes.catalogue import OPENERS, rules_of
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Breach, Store
from caseclock.timers.event import Event
from caseclock.timers.packs import read_pack
from caseclock.timers.rulebook import Rulebook, rulebook
from caseclock.timers.timer import Standing
from caseclock.timers.when import LONDON, When
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import Position, asked, positions
from caseclock.workflow.sweep import sweep

#: an authority without local standards: only the national timescales run
ANYWHERE = "anywhere"
#: when nothing said otherwise: long after every story
LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)


def when(text: str) -> When:
    """Read a day or a moment by the London clock.

    >>> when("2026-05-22 16:40").at.isoformat()
    '2026-05-22T15:40:00+00:00'
    """
    if len(text) <= 10:
        return When.parse(text)
    moment = datetime.fromisoformat(text)
    return When.instant(moment if moment.tzinfo else moment.replace(tzinfo=LONDON))


def instant(text: str) -> datetime:
    """Read a moment by the London clock; of a day, its last microsecond."""
    return when(text).latest()


@dataclass
class Told:
    """One child's case: what happened to it, told in order of writing, and where its timers stand."""

    engine: Engine
    authority: str = ANYWHERE
    case_id: str = "C-1042"
    written: int = 0

    def happened(
        self,
        event_type: str,
        on: str,
        episode: str,
        *,
        recorded: str | None = None,
        by: str = "sw.jones",
        because: str = "",
        **data: object,
    ) -> Event:
        """Record that something happened; written up on the same day (or at the same moment) unless told."""
        self.written += 1
        event = Event(
            event_id=f"{self.case_id}/{self.written}",
            type=event_type,
            authority=self.authority,
            case_id=self.case_id,
            episode_id=episode,
            occurred=when(on),
            recorded=when(recorded or on),
            by=by,
            because=because,
            data=data,
        )
        self.engine.record(event, at=event.recorded.latest())
        return event

    def referral(self, on: str, *, decided: str | None = None, episode: str = "R-1") -> Event:
        """A referral, decided to need an assessment on the same day (or moment) unless told."""
        received = self.happened("ReferralReceived", on, episode, source="school")
        if decided != "not yet":
            self.happened("ReferralDecided", decided or on, episode, outcome="assessment")
        return received

    def assessment(
        self, on: str, *, kind: str = "single", follows: str = "R-1", episode: str = "A-1"
    ) -> Event:
        """An assessment that follows a referral is started."""
        return self.happened("AssessmentStarted", on, episode, kind=kind, follows=follows)

    def authorised(self, on: str, *, recorded: str | None = None, episode: str = "A-1") -> Event:
        """A manager authorises the assessment, which completes it."""
        return self.happened(
            "AssessmentAuthorised", on, episode, recorded=recorded, by="mgr.khan", outcome="child_in_need"
        )

    def corrected(
        self, event: Event, to: str, *, recorded: str, reason: str = "wrong date written down"
    ) -> Event:
        """What was recorded under a wrong date is put right."""
        return self.happened(
            "EventCorrected",
            recorded,
            event.episode_id,
            event_id=event.event_id,
            occurred_at=str(when(to)),
            reason=reason,
        )

    def retracted(self, event: Event, *, recorded: str, reason: str = "recorded on the wrong child") -> Event:
        """What was recorded and never happened is taken back."""
        return self.happened(
            "EventRetracted", recorded, event.episode_id, event_id=event.event_id, reason=reason
        )

    def swept(self, at: str) -> int:
        """The worker sweeps at a moment; gives how many breaches it raised, in all cases."""
        return sweep(self.engine, instant(at)).raised

    def positions(self, on: str | None = None, *, known: str | None = None) -> list[Position]:
        """Where every timer of the case stood on a day (told at its end) or at a moment; in the end unless told.

        `known` judges that day by what had been written down by then rather than by the end of the day itself.
        """
        now = LONG_AFTER if on is None else instant(on)
        question = asked(now=now, known_at=None if known is None else instant(known))
        with self.engine.store.snapshot() as unit:
            return list(
                positions(self.engine, unit, question, authority=self.authority, case_id=self.case_id)
            )

    def timer(self, timescale: str, on: str | None = None, *, known: str | None = None) -> Position:
        """Where the one timer of a timescale stood; fails where there is none or more than one."""
        found = [one for one in self.positions(on, known=known) if one.timer.timescale == timescale]
        assert 1 == len(found), f"{len(found)} timers of {timescale} at {on}"
        return found[0]

    def due(self, timescale: str, on: str | None = None, *, known: str | None = None) -> str:
        """The last day in time of a timescale's one timer, or its last moment by the London clock."""
        timer = self.timer(timescale, on, known=known).timer
        if timer.due_at is not None:
            return f"{timer.due_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
        return str(timer.due_on)

    def standing(self, timescale: str, on: str | None = None, *, known: str | None = None) -> Standing:
        return self.timer(timescale, on, known=known).standing

    def breaches(self) -> list[Breach]:
        """Every breach ever raised in the case, withdrawn ones included."""
        with self.engine.store.snapshot() as unit:
            return unit.breaches(self.authority, self.case_id)

    def log(self) -> list[str]:
        """The types of the case's events, in the order of writing."""
        with self.engine.store.snapshot() as unit:
            return [event.type for event in unit.events(self.authority, self.case_id)]


def begin(
    *,
    authority: str = ANYWHERE,
    case_id: str = "C-1042",
    store: Store | None = None,
    rulebooks: Callable[[str | None], Rulebook] = rules_of,
) -> Told:
    """Open a case in an empty store, under the national rules unless told."""
    return Told(Engine(store or InMemoryStore(), rulebooks=rulebooks), authority, case_id)


def standings(found: Iterable[Position]) -> dict[str, str]:
    """Say each timescale's standing, and by how much it is over where it is."""
    return {
        one.timer.timescale: f"{one.standing}, {one.over} over" if one.over else str(one.standing)
        for one in found
    }


_USUAL = """
id = "test.limit"
duty = "Do what the test asks for"
basis = "local"
source = "this test"
verification = "K"
effective_from = 2000-01-01
counting = "day_after_trigger"
starts = [{ event = "ReferralReceived" }]
stops = [{ event = "ReferralDecided" }]
voids = [{ event = "ReferralClosed" }]
"""


def under(*timescales: str) -> Callable[[str | None], Rulebook]:
    """Give every authority a rulebook of these timescales alone, each written as lines of a pack.

    What the lines do not say is as usual: `test.limit` runs from ReferralReceived to ReferralDecided, and ends with
    ReferralClosed.
    """
    text = (
        '[pack]\nid = "test"\ntitle = "Made for a test"\nprocess = "front_door"\nreviewed_on = 2026-01-01\n'
    )
    for lines in timescales:
        said = {line.partition(" =")[0] for line in lines.splitlines()}
        usual = [line for line in _USUAL.splitlines() if line.partition(" =")[0] not in said]
        text += "\n".join(["[[timescale]]", *usual, lines, ""])
    pack = read_pack(text, "a test")
    return lambda authority: rulebook([pack], authority=authority, openers=OPENERS)

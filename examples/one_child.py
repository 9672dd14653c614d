"""One child's case, from a referral to an assessment authorised a day too late for one clock and in time for another.

Run it with `python examples/one_child.py`. Nothing is kept: the store is in memory.
"""

from datetime import UTC, date, datetime

from caseclock import Engine, Event, When, asked, positions, sweep
from caseclock.processes.catalogue import OPENERS
from caseclock.testing import InMemoryStore
from caseclock.timers.explain import explain
from caseclock.timers.history import History

AUTHORITY, CASE = "thurrock", "C-1042"


def told(number: int, event_type: str, episode: str, on: str, **data: object) -> Event:
    """Tell a fact known to the day, written up on that day."""
    when = When.parse(on)
    return Event(f"example-{number}", event_type, AUTHORITY, CASE, episode, when, when, "sw.jones", "", data)


STORY = (
    told(1, "ReferralReceived", "R-1", "2025-11-14", source="school"),
    told(2, "ReferralDecided", "R-1", "2025-11-14", outcome="assessment"),
    told(3, "AssessmentStarted", "A-1", "2025-11-17", kind="single", follows="R-1"),
    told(4, "ChildSeen", "A-1", "2025-11-26", alone=True),
    told(5, "AssessmentAuthorised", "A-1", "2026-01-22", outcome="child_in_need"),
)


def main() -> None:
    now = datetime(2026, 2, 2, 9, tzinfo=UTC)
    store = InMemoryStore()
    engine = Engine(store)
    for fact in STORY:
        engine.record(fact, at=now)
    print(f"Breaches raised: {sweep(engine, now).raised}\n")
    with store.snapshot() as unit:
        for position in positions(engine, unit, asked(now=now, as_at=date(2026, 1, 31)), authority=AUTHORITY):
            timer = position.timer
            print(f"{timer.timescale:35} due {timer.due_on or timer.due_at}  {position.standing}")
        history = History(unit.events(AUTHORITY, CASE), OPENERS)
        late = next(
            kept.timer
            for kept in unit.timers(AUTHORITY, CASE)
            if kept.timer.timescale == "assessment.single.45wd"
        )
        print("\nWhy that date?")
        print("\n".join(explain(history, engine.setting(unit, AUTHORITY), late.timer_id, now).lines()))


if __name__ == "__main__":
    main()

"""Write docs/explanation/kinds-of-clock.md: each kind of clock, explained by Caseclock itself.

python tools/explain_kinds.py            write it
python tools/explain_kinds.py --check    exit with 1 where it differs from what Caseclock would say now
"""

import difflib
import sys
from datetime import datetime

from kinds_of_clock import KINDS, Happening, Kind
from project_files import ROOT

from caseclock.processes.catalogue import OPENERS
from caseclock.testing import InMemoryStore
from caseclock.timers.event import Event
from caseclock.timers.explain import explain
from caseclock.timers.history import History
from caseclock.timers.when import LONDON, When
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, case_positions

PAGE = ROOT / "docs" / "explanation" / "kinds-of-clock.md"
CASE = "C-1042"
OPENING = """# Kinds of clock

<!-- Made by tools/explain_kinds.py, which holds the words and the cases: change those, and run it. -->

Every timescale is a clock with a source, but not every clock has the same shape.
Below is one of each kind, on an invented case, in the words of `caseclock explain`.
The limits are those of the [timescales that ship](../reference/timescales.md),
the words those of the [glossary](../glossary.md).
"""


def when(text: str) -> When:
    """Read a day, or a moment by the London clock."""
    if len(text) <= 10:
        return When.parse(text)
    return When.instant(datetime.fromisoformat(text).replace(tzinfo=LONDON))


def event(number: int, happening: Happening, authority: str) -> Event:
    at = when(happening.on)
    return Event(
        event_id=f"{CASE}/{number}",
        type=happening.event,
        authority=authority,
        case_id=CASE,
        episode_id=happening.episode,
        occurred=at,
        recorded=when(happening.recorded) if happening.recorded else at,
        by=happening.by,
        data=happening.data,
    )


def explained(kind: Kind) -> list[str]:
    """Explain the timer of a kind's case that started last, as at its moment."""
    engine = Engine(InMemoryStore())
    for number, happening in enumerate(kind.case, start=1):
        told = event(number, happening, kind.authority)
        engine.record(told, at=told.recorded.latest())
    question = asked(now=when(kind.as_at).latest())
    with engine.store.snapshot() as unit:
        setting = engine.setting(unit, kind.authority)
        found = [
            position.timer
            for position in case_positions(unit, setting, question, kind.authority, CASE)
            if position.timer.timescale == kind.timescale
            and (kind.key or position.timer.key) == position.timer.key
        ]
        history = History(
            unit.events(kind.authority, CASE), OPENERS, as_at=question.as_at, known_at=question.known_at
        )
    if not found:
        raise LookupError(
            f"{kind.name}: no timer of {kind.timescale} runs. Mend its case in kinds_of_clock.py."
        )
    timer = max(found, key=lambda one: one.started_on)
    return explain(history, setting, timer.timer_id, question.moment).lines()


def page() -> str:
    parts = [OPENING]
    for kind in KINDS:
        lines = "\n".join(explained(kind))
        parts.append(f"## {kind.name}\n\n{kind.words}\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)


def main(*, check: bool) -> int:
    made = page()
    if not check:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(made, "utf-8")
        return 0
    kept = PAGE.read_text("utf-8") if PAGE.exists() else ""
    drift = list(
        difflib.unified_diff(kept.splitlines(), made.splitlines(), str(PAGE), "made anew", lineterm="")
    )
    if drift:
        print("\n".join(drift[:60]))
        print(
            f"{PAGE.name} no longer says what Caseclock says. Run: python tools/explain_kinds.py",
            file=sys.stderr,
        )
    return 1 if drift else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))

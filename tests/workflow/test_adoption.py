"""The law changes by adding a version from a day on; what runs keeps the version it began under."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from story import ANYWHERE, Told

from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import AdoptedPack
from caseclock.timers.packs import PackRefused
from caseclock.timers.timer import Standing
from caseclock.workflow.adoption import AdoptionRefused, adopt_pack
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions
from caseclock.workflow.sweep import sweep
from caseclock.workflow.verification import verify

PACK = """
[pack]
id = "amended"
title = "Assessment, amended"
process = "assessment"
reviewed_on = 2026-03-01

[[timescale]]
id = "{name}"
duty = "Complete the assessment within its own limit"
basis = "statistic"
source = "An amendment for this test"
verification = "K"
effective_from = {begins}
counting = "day_after_trigger"
limit = {{ working_days = {days} }}
starts = [{{ event = "AssessmentStarted" }}]
stops = [{{ event = "AssessmentAuthorised" }}]
"""
RULE = "assessment.stat.duration"
ADOPTED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def amendment(begins: str, days: int, name: str = RULE, at: datetime = ADOPTED_AT) -> AdoptedPack:
    text = PACK.format(name=name, begins=begins, days=days)
    return AdoptedPack(f"amended from {begins}", text, at, "head.of.service", "the guidance was amended")


@pytest.fixture
def engine() -> Engine:
    return Engine(InMemoryStore())


def started(engine: Engine, on: str, case: str = "C-1042") -> Told:
    told = Told(engine, case_id=case)
    told.happened("AssessmentStarted", on, "A-1", kind="single")
    return told


def due(
    engine: Engine, case: str = "C-1042", known_at: datetime | None = None
) -> tuple[date | None, Standing]:
    question = asked(now=datetime(2026, 7, 1, tzinfo=UTC), known_at=known_at)
    with engine.store.snapshot() as unit:
        found = positions(engine, unit, question, authority=ANYWHERE, case_id=case)
        return next((one.timer.due_on, one.standing) for one in found if one.timer.timescale == RULE)


def test_a_version_from_next_month_governs_what_starts_then_and_moves_nothing_that_runs(
    engine: Engine,
) -> None:
    started(engine, "2026-03-02")
    adopted = adopt_pack(engine, amendment("2026-04-01", 40))
    started(engine, "2026-04-01", "C-2")

    assert 0 == adopted.moved.timers
    assert date(2026, 5, 7) == due(engine)[0]
    assert date(2026, 6, 2) == due(engine, "C-2")[0]


def test_a_version_that_lengthens_a_limit_from_a_past_day_moves_what_runs_and_says_why(
    engine: Engine,
) -> None:
    started(engine, "2025-12-01")
    sweep(engine, datetime(2026, 2, 20, tzinfo=UTC))
    adopted = adopt_pack(engine, amendment("2025-11-01", 65))

    assert 1 == adopted.moved.timers
    assert date(2026, 3, 5) == due(engine)[0]
    with engine.store.snapshot() as unit:
        told = {event.type: event for event in unit.events(ANYWHERE, "C-1042")}
        withdrawn = [breach.cause for breach in unit.breaches(ANYWHERE, "C-1042") if breach.timescale == RULE]
    assert "Assessment, amended was adopted: the guidance was amended" == told["TimersMoved"].because
    assert [{"from": "2026-02-05", "to": "2026-03-05"}] == [
        {"from": one["from"], "to": one["to"]}
        for one in told["TimersMoved"].data["moved"]
        if one["timescale"] == RULE
    ]
    assert ["rescheduled"] == withdrawn


def test_what_was_known_before_the_adoption_stays_what_it_was(engine: Engine) -> None:
    started(engine, "2025-12-01")
    adopt_pack(engine, amendment("2025-11-01", 65))

    assert date(2026, 2, 5) == due(engine, known_at=datetime(2026, 3, 1, 12, tzinfo=UTC))[0]
    assert date(2026, 3, 5) == due(engine, known_at=datetime(2026, 3, 3, 12, tzinfo=UTC))[0]


def test_a_timer_that_ended_before_keeps_what_it_was_judged_by(engine: Engine) -> None:
    told = started(engine, "2025-12-01")
    told.happened("AssessmentAuthorised", "2026-02-10", "A-1")
    sweep(engine, datetime(2026, 2, 20, tzinfo=UTC))
    adopt_pack(engine, amendment("2025-11-01", 65))

    assert (date(2026, 2, 5), Standing.MET_LATE) == due(engine)
    assert () == verify(engine, datetime(2026, 3, 3, tzinfo=UTC)).findings


def test_a_pack_that_would_shorten_the_law_backwards_is_refused_with_the_conflict(engine: Engine) -> None:
    with pytest.raises(
        AdoptionRefused, match=r"shorten 2013-04-15 of england\.assessment \(45 working days to 40"
    ):
        adopt_pack(engine, amendment("2026-01-01", 40))
    with engine.store.snapshot() as unit:
        assert [] == unit.adopted_packs()


def test_a_pack_that_would_make_a_new_duty_of_past_days_is_refused(engine: Engine) -> None:
    with pytest.raises(AdoptionRefused, match="of days already past"):
        adopt_pack(engine, amendment("2026-01-01", 10, name="local.new.duty"))


def test_a_version_is_never_edited(engine: Engine) -> None:
    with pytest.raises(AdoptionRefused, match="never by editing one"):
        adopt_pack(engine, amendment("2013-04-15", 60))


def test_a_pack_that_does_not_load_is_not_adopted(engine: Engine) -> None:
    broken = amendment("2026-04-01", 40)
    with pytest.raises(PackRefused, match="source is missing"):
        adopt_pack(
            engine,
            AdoptedPack(
                "broken",
                broken.text.replace('source = "An amendment for this test"\n', ""),
                ADOPTED_AT,
                "x",
                "y",
            ),
        )


def test_adopting_the_same_pack_twice_is_adopting_it_once(engine: Engine) -> None:
    started(engine, "2025-12-01")
    adopt_pack(engine, amendment("2025-11-01", 65))
    again = adopt_pack(engine, amendment("2025-11-01", 65))

    assert (False, 0) == (again.new, again.moved.timers)
    with engine.store.snapshot() as unit:
        assert 1 == len(unit.adopted_packs())


def local(begins: str, days: int, name: str, *, authority: str | None = None) -> AdoptedPack:
    """Local standards of Thurrock, to be adopted for an authority."""
    text = amendment(begins, days, name).text.replace(
        "reviewed_on =", 'authority = "thurrock"\nreviewed_on =', 1
    )
    return AdoptedPack("local", text, ADOPTED_AT, "head.of.service", "a new standard", authority)


def test_a_pack_that_names_an_authority_is_adopted_for_that_one(engine: Engine) -> None:
    adopted = adopt_pack(engine, local("2026-04-01", 5, "local.new.duty"))

    assert "thurrock" == adopted.authority
    with engine.store.snapshot() as unit:
        assert ["thurrock"] == [one.authority for one in unit.adopted_packs()]
        assert "local.new.duty" in engine.setting(unit, "thurrock").rulebook.rules
        assert "local.new.duty" not in engine.setting(unit, ANYWHERE).rulebook.rules


def test_a_pack_of_one_authority_is_not_adopted_for_another(engine: Engine) -> None:
    with pytest.raises(AdoptionRefused, match="local standards of thurrock"):
        adopt_pack(engine, local("2026-04-01", 5, "local.new.duty", authority=ANYWHERE))


def test_a_local_standard_is_held_against_those_of_its_own_authority(engine: Engine) -> None:
    with pytest.raises(AdoptionRefused, match=r"shorten 2017-04-01 of thurrock \(10 working days to 9"):
        adopt_pack(engine, local("2026-01-01", 9, "local.assessment.child_seen.10wd"))


def test_a_pack_for_all_that_contradicts_one_authoritys_is_refused_for_all(engine: Engine) -> None:
    adopt_pack(engine, local("2026-04-01", 5, "local.new.duty"))

    with pytest.raises(
        AdoptionRefused, match=r"local\.new\.duty from 2026-04-01 is there already, from amended"
    ):
        adopt_pack(engine, amendment("2026-04-01", 6, "local.new.duty"))


def test_two_editions_of_a_pack_may_move_the_same_case(engine: Engine) -> None:
    told = started(engine, "2025-12-01")
    first, second = amendment("2025-11-01", 65), amendment("2025-11-15", 70)
    adopt_pack(engine, replace(first, pack_id="amended"))
    adopt_pack(engine, replace(second, pack_id="amended"))

    assert date(2026, 3, 12) == due(engine)[0]
    assert 2 == told.log().count("TimersMoved")

"""What if the law had been: the same events judged by other packs, with nothing stored changed."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from story import Told

from caseclock.processes.catalogue import rules_judged_by
from caseclock.store.memory import InMemoryStore
from caseclock.timers.packs import PackRefused
from caseclock.timers.timer import Standing
from caseclock.workflow.engine import Engine
from caseclock.workflow.positions import asked, positions

FORTY_DAYS = """
[pack]
id = "what_if"
title = "An assessment in forty working days"
process = "assessment"
reviewed_on = 2026-11-21

[[timescale]]
id = "assessment.stat.duration"
duty = "Complete the assessment within 40 working days of its own start"
basis = "statistic"
source = "A question asked of the figures"
verification = "K"
effective_from = 2013-04-15
counting = "day_after_trigger"
limit = { working_days = 40 }
starts = [{ event = "AssessmentStarted" }]
stops = [{ event = "AssessmentAuthorised" }]
"""


def test_an_assessment_in_45_working_days_would_have_been_late_under_40(tmp_path: Path) -> None:
    engine = Engine(InMemoryStore())
    told = Told(engine)
    told.referral("2025-11-14")
    told.assessment("2025-11-17")
    told.happened("AssessmentAuthorised", "2026-01-22", "A-1")
    pack = tmp_path / "forty.toml"
    pack.write_text(FORTY_DAYS)
    question = asked(now=datetime(2026, 2, 1, tzinfo=UTC), as_at=date(2026, 1, 31))

    def stands(**judged: object) -> Standing:
        with engine.store.snapshot() as unit:
            found = positions(engine, unit, question, **judged)  # type: ignore[arg-type]
            return next(one.standing for one in found if one.timer.timescale == "assessment.stat.duration")

    assert Standing.MET == stands()
    assert Standing.MET_LATE == stands(judged_by=rules_judged_by([pack], None))
    assert Standing.MET == stands()


def test_a_pack_that_does_not_load_judges_nothing(tmp_path: Path) -> None:
    pack = tmp_path / "forty.toml"
    pack.write_text(FORTY_DAYS.replace('source = "A question asked of the figures"\n', ""))

    with pytest.raises(PackRefused, match="source is missing"):
        rules_judged_by([pack], None)

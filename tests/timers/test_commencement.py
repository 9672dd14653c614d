"""Law commences on several axes: by date, by authority, by court, for a time, or not yet."""

from datetime import date

import pytest

from caseclock.timers.packs import Pack, read_pack
from caseclock.timers.rulebook import RulebookRefused, rulebook

HEAD = """
[pack]
id = "trial"
title = "A trial of two forms of assessment"
process = "assessment"
reviewed_on = 2026-11-21
"""
ENTRY = """
[[timescale]]
id = "assessment.trial"
duty = "Complete the assessment"
basis = "statutory_guidance"
source = "A document for this test"
verification = "K"
effective_from = {begins}
counting = "day_after_trigger"
starts = [{{ event = "AssessmentStarted" }}]
stops = [{{ event = "AssessmentAuthorised" }}]
limit = {{ working_days = {days} }}
{more}
"""


def pack(*entries: tuple[str, int, str]) -> Pack:
    text = HEAD + "".join(ENTRY.format(begins=begins, days=days, more=more) for begins, days, more in entries)
    return read_pack(text, "trial.toml")


def limit_in(authority: str | None, on: date, *packs: Pack) -> list[int]:
    book = rulebook(packs, authority=authority, openers={})
    return [version.limits[0].limit.number for version in book.in_force(on)]


def test_trap_13_a_pilot_holds_only_where_it_was_commenced_and_the_country_follows_later() -> None:
    trial = pack(
        ("2011-03-01", 20, 'only_in = ["cumbria"]\neffective_to = 2013-04-14'),
        ("2001-04-01", 35, 'not_in = ["cumbria"]\neffective_to = 2013-04-14'),
        ("2013-04-15", 45, ""),
    )

    assert [20] == limit_in("cumbria", date(2012, 6, 1), trial)
    assert [35] == limit_in("thurrock", date(2012, 6, 1), trial)
    assert [35] == limit_in(None, date(2012, 6, 1), trial)
    assert [45] == limit_in("cumbria", date(2013, 4, 15), trial)


def test_trap_13_an_authority_that_cuts_over_late_keeps_the_old_rule_until_its_own_day() -> None:
    trial = pack(
        ("2001-04-01", 35, 'only_in = ["herefordshire"]\neffective_to = 2016-09-30'),
        ("2001-04-02", 35, 'not_in = ["herefordshire"]\neffective_to = 2013-04-14'),
        ("2013-04-15", 45, 'not_in = ["herefordshire"]'),
        ("2016-10-01", 45, 'only_in = ["herefordshire"]'),
    )

    assert [35] == limit_in("herefordshire", date(2016, 9, 30), trial)
    assert [45] == limit_in("herefordshire", date(2016, 10, 1), trial)
    assert [45] == limit_in("thurrock", date(2016, 9, 30), trial)


def test_a_rule_enacted_but_not_commenced_is_listed_and_never_in_force() -> None:
    book = rulebook([pack(("2026-04-29", 10, "commenced = false"))], authority=None, openers={})

    assert ["assessment.trial"] == list(book.rules)
    assert [] == book.in_force(date(2030, 1, 1))


def test_a_temporary_rule_holds_to_its_last_day_and_no_longer() -> None:
    trial = pack(
        ("2013-04-15", 45, "effective_to = 2020-04-23"),
        ("2020-04-24", 90, "effective_to = 2020-09-25"),
        ("2020-09-26", 45, ""),
    )

    assert [[45], [90], [90], [45]] == [
        limit_in(None, day, trial)
        for day in (date(2020, 4, 23), date(2020, 4, 24), date(2020, 9, 25), date(2020, 9, 26))
    ]


def test_two_versions_that_hold_on_the_same_day_in_one_authority_are_refused() -> None:
    trial = pack(("2001-04-01", 35, ""), ("2011-03-01", 20, 'only_in = ["cumbria"]'))

    assert [35] == limit_in("thurrock", date(2012, 6, 1), trial)
    with pytest.raises(RulebookRefused, match=r"two versions in force on 2011-03-01.*End the older one"):
        limit_in("cumbria", date(2012, 6, 1), trial)

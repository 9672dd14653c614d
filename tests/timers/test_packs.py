"""Packs are read strictly: what is missing, misspelt or contradicts is refused with file, line and remedy."""

import re
from datetime import date
from pathlib import Path

import pytest

from caseclock.processes.catalogue import OPENERS, PROCESSES, rules_of, shipped_packs
from caseclock.timers.durations import Counting, Limit, Unit
from caseclock.timers.packs import PackRefused, load_pack, read_pack
from caseclock.timers.rulebook import RulebookRefused, rulebook
from caseclock.timers.timescale import Basis, Kind, Timescale, Verification

HEAD = """\
# a comment that says source = nothing
[pack]
id = "test"
title = "Made for a test"
process = "front_door"
reviewed_on = 2026-01-01
"""
FIRST = """
[[timescale]]
id = "test.first"
duty = "Decide on a referral"  # counting = "day_after_trigger"
basis = "local"
source = "this test"
source_url = "https://example.org/source"
verification = "K"
effective_from = 2010-01-01
counting = "day_after_trigger"
limit = { working_days = 1 }
starts = [{ event = "ReferralReceived" }]
stops = [{ event = "ReferralDecided" }]
"""
SECOND = FIRST.replace("test.first", "test.second")
#: the line on which the second timescale begins
SECOND_LINE = 21


def refusal(text: str) -> str:
    with pytest.raises(PackRefused) as refused:
        read_pack(text, "packs/test.toml")
    return str(refused.value)


def test_a_pack_becomes_timescales() -> None:
    pack = read_pack(HEAD + FIRST + SECOND, "packs/test.toml")
    first = pack.timescales[0]

    assert ("test", None, ["test.first", "test.second"]) == (
        pack.id,
        pack.authority,
        [one.id for one in pack.timescales],
    )
    assert (
        Limit(1, Unit.WORKING_DAYS),
        Counting.DAY_AFTER_TRIGGER,
        Basis.LOCAL,
        Verification.K,
        Kind.WITHIN,
    ) == (
        first.limits[0].limit,
        first.counting,
        first.basis,
        first.verification,
        first.kind,
    )
    assert ("front_door", "2010-01-01", date(2026, 1, 1)) == (first.process, first.version, first.reviewed_on)


@pytest.mark.parametrize(
    "key", ["id", "duty", "basis", "source", "verification", "effective_from", "counting"]
)
def test_a_timescale_that_does_not_answer_for_itself_is_refused_where_it_begins(key: str) -> None:
    without = re.sub(rf"^{key} = .*\n", "", SECOND, flags=re.MULTILINE)

    assert refusal(HEAD + FIRST + without).startswith(
        f"packs/test.toml, line {SECOND_LINE}: timescale.1.{key} is missing. "
        f"A timescale is not answerable without it; add '{key} = ...'."
    )


@pytest.mark.parametrize("key", ["id", "title", "process", "reviewed_on"])
def test_a_pack_that_does_not_say_what_it_is_is_refused_at_its_head(key: str) -> None:
    without = re.sub(rf"^{key} = .*\n", "", HEAD, flags=re.MULTILINE)

    assert refusal(without + FIRST).startswith(f"packs/test.toml, line 2: pack.{key} is missing.")


@pytest.mark.parametrize(
    ("written", "instead", "line", "says"),
    [
        ("duty", "dutty", 23, "'dutty' is not a key here; did you mean 'duty'? Mend the name or remove it."),
        ("limit", "limits_", 30, "'limits_' is not a key here; did you mean 'limits'?"),
        ("{ event", "{ evnt", 31, "'evnt' is not a key here; did you mean 'event'?"),
        (
            "working_days",
            "workingdays",
            30,
            "timescale.1.limit: 'workingdays' is not a unit; did you mean 'working_days'? Mend the value",
        ),
        (
            "working_days",
            "fortnights",
            30,
            "timescale.1.limit: 'fortnights' is not a unit; units are hours, working_days, ",
        ),
        (
            "working_days = 1",
            "working_days = 1.5",
            30,
            "timescale.1.limit: 1.5 is not a whole number of working_days",
        ),
        (
            "working_days = 1",
            "working_days = -1",
            30,
            "timescale.1.limit: -1 is not a whole number of working_days",
        ),
        (
            "working_days = 1",
            "working_days = true",
            30,
            "timescale.1.limit: True is not a whole number of working_days",
        ),
        (
            "working_days = 1",
            "weeks = 1, hours = 2",
            30,
            "timescale.1.limit: write one unit and one whole number",
        ),
        ('basis = "local"', 'basis = "custom"', 24, "timescale.1.basis: Input should be 'act', 'regulation'"),
        ('"K"', '"V3"', 27, "timescale.1.verification: Input should be 'V1', 'V2' or 'K'"),
        ("= 2010-01-01", '= "soon"', 28, "timescale.1.effective_from: Input should be a valid date"),
        (
            'counting = "day_after_trigger"\nlimit',
            'counting = "from_day_one"\nlimit',
            29,
            "timescale.1.counting: ",
        ),
        ('"this test"', '""', 25, "timescale.1.source: String should have at least 3 characters"),
        ('"test.second"', '"Second"', 22, "timescale.1.id: String should match pattern"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_was_probably_meant(
    written: str, instead: str, line: int, says: str
) -> None:
    messages = refusal(HEAD + FIRST + SECOND.replace(written, instead, 1)).splitlines()

    assert [message for message in messages if f"packs/test.toml, line {line}: {says}" in message]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("effective_to = 2009-12-31", "effective_to is before effective_from"),
        ("limits = [{ limit = { weeks = 1 } }]", "give either limit or limits"),
        ('extension = { kind = "capped" }', "an extension that moves the date needs 'by'"),
        ("target_percent = 101", "Input should be less than or equal to 100"),
        ("in_any = { months = 12 }", "a rolling cap needs in_any"),
    ],
)
def test_what_contradicts_itself_is_refused(lines: str, says: str) -> None:
    message = refusal(HEAD + FIRST + SECOND + lines + "\n")

    assert re.match(r"packs/test.toml, line (2[1-9]|3\d): ", message)
    assert says in message


def test_a_clock_needs_something_to_start_and_stop_it_and_a_duty_without_a_number_has_none() -> None:
    without = FIRST.replace('stops = [{ event = "ReferralDecided" }]\n', "")

    assert "a timescale with a clock needs starts and stops" in refusal(HEAD + without)
    assert not read_pack(HEAD + without + 'kind = "no_clock"\n', "test").timescales[0].has_clock()


def test_text_that_is_not_toml_is_told_with_its_line() -> None:
    message = refusal(HEAD + FIRST + SECOND.replace('"this test"', "this test"))

    assert message.startswith("packs/test.toml is not valid TOML: ")
    assert "at line 25" in message
    assert message.endswith("Mend that line and load it again.")


def test_every_fault_is_told_at_once() -> None:
    message = refusal(HEAD + FIRST.replace("duty", "dutty") + SECOND.replace("basis", "bassis"))

    assert 4 == len(message.splitlines())  # two keys nobody knows, two that are missing


def test_two_versions_in_force_on_one_day_are_refused() -> None:
    older = FIRST + "effective_to = 2013-04-15\n"
    newer = FIRST.replace("2010-01-01", "2013-04-15")
    pack = read_pack(HEAD + older + newer, "test.toml")

    with pytest.raises(
        RulebookRefused,
        match=re.escape(
            "test.first has two versions in force on 2013-04-15: test (2010-01-01) and test (2013-04-15). "
            "End the older one the day before the newer begins."
        ),
    ):
        rulebook([pack], authority=None, openers=OPENERS)


def test_a_version_that_never_ended_is_not_overlaid() -> None:
    pack = read_pack(HEAD + FIRST + FIRST.replace("2010-01-01", "2013-04-15"), "test.toml")

    with pytest.raises(RulebookRefused, match="two versions in force on 2013-04-15"):
        rulebook([pack], authority=None, openers=OPENERS)


def test_versions_that_follow_each_other_hold_each_on_its_own_days() -> None:
    older = FIRST + "effective_to = 2013-04-14\n"
    newer = FIRST.replace("2010-01-01", "2013-04-15").replace("= 1 }", "= 2 }")
    rules = rulebook([read_pack(HEAD + newer + older, "test.toml")], authority=None, openers=OPENERS)

    assert [[], ["2010-01-01"], ["2010-01-01"], ["2013-04-15"]] == [
        [version.version for version in rules.in_force(day)]
        for day in (date(2009, 12, 31), date(2010, 1, 1), date(2013, 4, 14), date(2013, 4, 15))
    ]


def test_local_standards_hold_for_their_own_authority_only() -> None:
    local = read_pack(HEAD.replace('id = "test"', 'id = "kent"\nauthority = "kent"') + FIRST, "kent.toml")
    national = read_pack(HEAD + SECOND, "test.toml")

    assert [["test.first", "test.second"], ["test.second"], ["test.second"]] == [
        sorted(rulebook([national, local], authority=authority, openers=OPENERS).rules)
        for authority in ("kent", "thurrock", None)
    ]


def test_every_pack_that_ships_loads_and_every_authority_has_a_rulebook() -> None:
    assert {"england.front_door", "england.assessment", "thurrock"} <= {pack.id for pack in shipped_packs()}
    assert set(rules_of(None).rules) < set(rules_of("thurrock").rules)


def test_a_pack_is_read_from_its_file_and_named_by_it(tmp_path: Path) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(HEAD + FIRST.replace("duty", "dutty"), encoding="utf-8")

    with pytest.raises(PackRefused, match=re.escape(f"{path}, line 10: 'dutty'")):
        load_pack(path)


SHIPPED = [one for pack in shipped_packs() for one in pack.timescales]


@pytest.mark.parametrize("timescale", SHIPPED, ids=[f"{one.id} {one.version}" for one in SHIPPED])
def test_a_shipped_timescale_says_how_far_its_source_was_checked(timescale: Timescale) -> None:
    """A number from knowledge alone, or whose day or paragraph is not verified, may not claim its text was read."""
    assert timescale.process in PROCESSES
    if re.search(r"\b(unverified|not (yet )?verified|not checked|from knowledge)\b", timescale.notes):
        assert timescale.verification is not Verification.V1


@pytest.mark.parametrize(
    ("timescale", "verification"),
    [
        ("assessment.single.45wd", "V2"),
        ("assessment.stat.duration", "V1"),
        ("assessment.child_seen", "K"),
        ("referral.decision.1wd", "V2"),
        ("local.contact.decision.24h", "V2"),
    ],
)
def test_the_marks_of_the_catalogue_reach_the_rulebook(timescale: str, verification: str) -> None:
    assert [verification] == [version.verification for version in rules_of("thurrock").rules[timescale]]

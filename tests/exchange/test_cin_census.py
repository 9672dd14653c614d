"""The children in need census: what it tells, and what of it is left unread."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caseclock.exchange.cin_census import read_cin_census
from caseclock.exchange.records import FileRefused, NotUsed, Refused, Told

Record = Told | Refused | NotUsed


def read(path: Path) -> list[Record]:
    return list(read_cin_census(path, authority="thurrock", imported_at=datetime(2026, 11, 20, tzinfo=UTC)))


def refusals(path: Path) -> list[tuple[str | None, str | None]]:
    """Give the columns and values at fault."""
    return [(record.column, record.value) for record in read(path) if isinstance(record, Refused)]


def told(path: Path) -> list[tuple[str, date, str]]:
    """Give the events told, as type, day and episode, without what says how far the return tells."""
    return [
        (event.type, event.occurred.on, event.episode_id)
        for record in read(path)
        if isinstance(record, Told)
        for event in record.events
        if event.type != "SourceTold"
    ]


def not_used(path: Path) -> dict[str, int]:
    return {record.what: record.count for record in read(path) if isinstance(record, NotUsed)}


def test_a_referral_its_assessment_and_its_closure_are_three_records(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    path = census(child(details("2024-05-01", assessment("2024-05-02", "2024-06-14"), closure="2024-07-01")))

    assert [
        ("ReferralReceived", date(2024, 5, 1), "R-2024-05-01"),
        ("AssessmentStarted", date(2024, 5, 2), "A-2024-05-02"),
        ("AssessmentAuthorised", date(2024, 6, 14), "A-2024-05-02"),
        ("ReferralClosed", date(2024, 7, 1), "R-2024-05-01"),
    ] == told(path)
    assert ["referral", "assessment", "closure"] == [r.kind for r in read(path) if isinstance(r, Told)]


def test_a_referral_says_what_the_return_does_not_tell(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    (referral,) = read(census(child(details())))

    assert isinstance(referral, Told)
    assert {
        "source": "2A",
        "nfa": False,
        "date_of_birth": "2015-03-27",
        "untold": ["ContactDecided", "ReferralDecided", "ReferrerInformed"],
    } == referral.events[0].data


def test_events_are_dated_to_the_day_in_both_times_and_name_the_return(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    (referral,) = read(census(child(details())))

    assert isinstance(referral, Told)
    event, _ = referral.events
    assert "cin:C-1042:R-2024-05-01:ReferralReceived" == event.event_id
    assert event.recorded == event.occurred
    assert (None, "return:cin_census") == (event.occurred.at, event.by)


@pytest.mark.parametrize(
    ("flag", "nfa"), [("0", False), ("1", True), ("false", False), ("true", True), (" True ", True)]
)
def test_flags_are_read_in_their_old_and_their_new_form(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str], flag: str, nfa: bool
) -> None:
    (referral,) = read(census(child(details(nfa=flag))))

    assert isinstance(referral, Told)
    assert nfa == referral.events[0].data["nfa"]


def test_a_flag_that_says_neither_is_counted_and_left_out(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details(nfa="perhaps")))

    assert {"ReferralNFA (neither yes nor no)": 1} == not_used(path)
    assert [("ReferralReceived", date(2024, 5, 1), "R-2024-05-01")] == told(path)


def test_a_referral_without_further_action_has_no_closure_to_wait_for(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    (referral,) = read(census(child(details(nfa="1"))))

    assert isinstance(referral, Told)
    assert "ReferralClosed" in referral.events[0].data["untold"]


def test_the_earliest_assessment_answers_the_referral_and_later_ones_assess_an_open_case(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    later, first = assessment("2024-09-02", "2024-10-01"), assessment("2024-05-02", "2024-06-14")
    records = read(census(child(details("2024-05-01", later, first))))
    started = [r.events[0].data for r in records if isinstance(r, Told) and r.kind == "assessment"]

    assert [
        {"kind": "single", "untold": ["AssessmentAllocated", "ChildSeen"], "follows": "R-2024-05-01"},
        {
            "kind": "single",
            "untold": ["AssessmentAllocated", "ChildSeen"],
            "follows": "R-2024-05-01",
            "open_case": True,
        },
    ] == started


def test_behind_a_refused_assessment_nobody_can_say_which_answered_the_referral(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    slip, other = assessment("2042-05-02", "2024-06-14"), assessment("2024-09-02", "2024-10-01")
    records = read(census(child(details("2024-05-01", slip, other))))
    (started,) = [r.events[0].data for r in records if isinstance(r, Told) and r.kind == "assessment"]

    assert ["AssessmentAllocated", "ChildSeen", "ReferralReceived"] == started["untold"]
    assert "follows" not in started


def test_without_a_reference_date_the_day_of_the_import_is_the_last_possible(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details("2026-11-20")), child(details("2026-11-21"), case_id="C-2"), reference=None)

    assert [("CINreferralDate", "2026-11-21")] == refusals(path)


def test_a_reference_date_that_is_none_refuses_the_file(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    with pytest.raises(FileRefused, match="ReferenceDate is '31 March'"):
        read(census(child(details()), reference="31 March"))


def test_another_collections_return_is_refused(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    with pytest.raises(FileRefused, match="it is a CLA return"):
        read(census(child(details()), collection="CLA"))


def test_a_return_without_children_is_refused(census: Callable[..., Path]) -> None:
    with pytest.raises(FileRefused, match="holds no child"):
        read(census())


def test_what_is_not_read_is_counted_by_name(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    disability = "<Disability>NONE</Disability>"
    path = census(
        child(details("2024-05-01", disability, disability), more="<GenderCurrent>1</GenderCurrent>"),
        child(details("2024-05-01", disability), case_id="C-2", more="<Sex>M</Sex>"),
    )

    assert {"GenderCurrent": 1, "Sex": 1, "Disability": 3} == not_used(path)


def test_stray_text_is_tolerated_wherever_it_stands_and_counted(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    inside = child(details(), more="<UPNunknown>UN3</UPNunknown>PersonBirthDate").replace(
        "<ReferralSource>", "stray<ReferralSource>"
    )
    path = census("stray", inside, "stray", child(details(), case_id="C-2"), "stray")

    assert {"text between elements": 5, "UPNunknown": 1} == not_used(path)
    assert 2 == len(told(path))


def test_elements_where_only_children_belong_are_counted(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census("<Chlid/>", child(details()), "<Adult/>", child(details(), case_id="C-2"))

    assert {"Chlid": 1, "Adult": 1} == not_used(path)


def test_a_child_within_a_child_is_counted_and_not_read(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details(), child(details("2024-06-03"), case_id="C-2")))

    assert [("ReferralReceived", date(2024, 5, 1), "R-2024-05-01")] == told(path)
    assert 1 == not_used(path)["Child outside Children"]


def test_a_return_in_a_namespace_is_read_all_the_same(
    census: Callable[..., Path], child: Callable[..., str], details: Callable[..., str]
) -> None:
    path = census(child(details()))
    path.write_text(path.read_text("utf-8").replace("<Message>", '<Message xmlns="urn:census">'), "utf-8")

    assert [("ReferralReceived", date(2024, 5, 1), "R-2024-05-01")] == told(path)


def test_the_same_file_gives_the_same_records(
    census: Callable[..., Path],
    child: Callable[..., str],
    details: Callable[..., str],
    assessment: Callable[..., str],
) -> None:
    path = census(child(details("2024-05-01", assessment("2024-05-02"), closure="2024-07-01")))

    assert read(path) == read(path)

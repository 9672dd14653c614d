"""Big files of event lines: in parts by case, in few commits, over several processes, and from where it broke off."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from whole import whole

from caseclock.exchange import taking_in
from caseclock.exchange.importing import import_files
from caseclock.exchange.parts import LONGEST_LINE, all_lines, parts_of
from caseclock.exchange.reports import ImportReport
from caseclock.exchange.spreading import ProcessLost, Spread
from caseclock.store.memory import InMemoryStore
from caseclock.store.protocol import Store
from caseclock.store.sql import open_store
from caseclock.workflow.bulk import take_in_several
from caseclock.workflow.engine import Engine
from caseclock.workflow.event_lines import parse_line
from caseclock.workflow.refusals import DifferentContent

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CASES = 30


def line(number: int, case: int, type_: str, day: date, **data: object) -> str:
    told = {
        "event_id": f"e-{number}",
        "type": type_,
        "authority": "anywhere",
        "case_id": f"C-{case}",
        "episode_id": f"R-{case}",
        "occurred_at": day.isoformat(),
        "by": "sw.jones",
        "data": data,
    }
    return json.dumps(told)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three events of each of thirty cases, by day, and some lines that can't go in."""
    first = date(2026, 3, 2)
    told = [line(n, n, "ReferralReceived", first, source="school") for n in range(CASES)]
    told += [
        line(100 + n, n, "ReferralDecided", first + timedelta(days=1), outcome="assessment")
        for n in range(CASES)
    ]
    told += [line(200 + n, n, "ReferrerInformed", first + timedelta(days=2)) for n in range(CASES)]
    told += [
        "not a line",
        line(300, 3, "AssessmentAuthorised", first),
        "",
    ]  # a case it does not fit, and a blank
    path = tmp_path / "events.jsonl"
    path.write_text("\r\n".join(told) + "\r\n", "utf-8")
    return path


def bring_in(
    store: Store, path: Path, spread: Spread | None = None, cases_at_once: int = 100
) -> ImportReport:
    return import_files(
        [path],
        engine=Engine(store),
        authority="anywhere",
        imported_at=NOW,
        spread=spread,
        cases_at_once=cases_at_once,
    )


def counts(report: ImportReport) -> dict[str, int]:
    totals = report.totals()
    return {name: totals[name] for name in ("records", "accepted", "refused", "quarantined", "unchanged")}


EXPECTED = {"records": 92, "accepted": 90, "refused": 1, "quarantined": 1, "unchanged": 0}


def test_a_file_is_divided_by_its_cases_and_each_line_is_read_once(file: Path) -> None:
    parts = parts_of(file, part_bytes=2000)
    read = [list(part.lines(file)) for part in parts]
    owners: dict[str, set[int]] = {}
    for place, lines in enumerate(read):
        for one in lines:
            if one.text.startswith(b"{"):
                owners.setdefault(json.loads(one.text)["case_id"], set()).add(place)

    assert len(parts) > 3
    assert sorted((one.number, one.text) for one in all_lines(file)) == sorted(
        (one.number, one.text) for lines in read for one in lines
    )
    assert all(sorted(lines, key=lambda one: one.number) == lines for lines in read)
    assert {1} == {len(places) for places in owners.values()}


def test_lines_too_long_and_the_mark_of_an_editor_are_passed_over_in_parts_too(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    long = b'{"case_id": "' + b"x" * (LONGEST_LINE + 10) + b'"}\n'
    path.write_bytes(b"\xef\xbb\xbf" + b'{"case_id": "C-1"}\n' + long + b'{"case_id": "C-1"}')
    (part,) = parts_of(path)

    assert [(1, True), (2, False), (3, True)] == [(one.number, one.is_whole) for one in part.lines(path)]
    assert [b'{"case_id": "C-1"}'] * 2 == [one.text.strip() for one in part.lines(path) if one.is_whole]


def test_however_it_is_divided_the_same_goes_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole_file, in_parts = InMemoryStore(), InMemoryStore()
    report = bring_in(whole_file, file)
    monkeypatch.setattr(
        taking_in, "parts_of", lambda path, processes: parts_of(path, processes=processes, part_bytes=2000)
    )
    divided = bring_in(in_parts, file, cases_at_once=4)

    assert EXPECTED == counts(report) == counts(divided)
    assert whole(whole_file).apart_from_order() == whole(in_parts).apart_from_order()


def test_one_by_one_or_all_at_once_the_same_follows(file: Path) -> None:
    """What is worked out once for a case is what is worked out event by event."""
    together, one_by_one = InMemoryStore(), InMemoryStore()
    bring_in(together, file)
    engine = Engine(one_by_one)
    for one in all_lines(file):
        if one.text.startswith(b"{"):
            event = parse_line(one.text, at=NOW)
            engine.take_in("anywhere", event.case_id, [[event]], NOW)
    with together.snapshot() as first, one_by_one.snapshot() as second:
        for case in range(CASES):
            name = "anywhere", f"C-{case}"
            assert second.timers(*name) == first.timers(*name)
            assert second.episodes(*name) == first.episodes(*name)


def test_the_same_file_again_changes_nothing_and_a_part_of_it_before_does_no_harm(
    file: Path, tmp_path: Path
) -> None:
    store = InMemoryStore()
    begun = tmp_path / "part" / "events.jsonl"
    begun.parent.mkdir()
    begun.write_text("\n".join(file.read_text("utf-8").splitlines()[:40]), "utf-8")
    bring_in(store, begun)
    rest = bring_in(store, file)
    again = bring_in(store, file)

    assert EXPECTED | {"accepted": 50, "unchanged": 40} == counts(rest)
    assert EXPECTED | {"accepted": 0, "unchanged": 90} == counts(again)


def test_an_id_of_another_case_spoils_only_its_own_record(file: Path) -> None:
    store = InMemoryStore()
    with file.open("a") as more:
        more.write(line(5, 99, "ReferralReceived", date(2026, 3, 2), source="school"))  # e-5 is of C-5
    report = bring_in(store, file)

    assert EXPECTED | {"records": 93, "quarantined": 2} == counts(report)
    assert any("belongs to an event of another case" in row.reason for row in report.kept)


def test_of_cases_taken_in_together_all_go_in_or_none() -> None:
    store = InMemoryStore()
    events = [
        parse_line(line(n, n, "ReferralReceived", date(2026, 3, 2), source="school"), at=NOW)
        for n in (1, 1, 2)
    ]
    other = parse_line(line(1, 7, "ReferralReceived", date(2026, 3, 2), source="school"), at=NOW)
    cases = {"C-1": [[events[0]]], "C-2": [[events[2]]], "C-7": [[other]]}

    with pytest.raises(DifferentContent):
        take_in_several(Engine(store), "anywhere", cases, NOW)
    with store.snapshot() as unit:
        assert [] == list(unit.case_ids())


@pytest.mark.slow
def test_cases_are_spread_over_processes_and_the_same_goes_in(file: Path, postgres_database: str) -> None:
    alone = InMemoryStore()
    bring_in(alone, file)
    with open_store(postgres_database) as store:
        report = bring_in(store, file, Spread(2, postgres_database))
        again = bring_in(store, file, Spread(2, postgres_database))

        assert (EXPECTED, EXPECTED | {"accepted": 0, "unchanged": 90}) == (counts(report), counts(again))
        assert {"C-3"} == {row.case_id for row in report.kept}
        assert [2, 1] == [len(report.refusals) + len(report.kept), len(whole(store).imports)]
        assert whole(alone).apart_from_order().timers == whole(store).apart_from_order().timers
        assert Counter(whole(alone).events()) == Counter(whole(store).events())


@pytest.mark.slow
def test_a_process_that_dies_is_told_and_the_next_import_goes_on(file: Path, tmp_path: Path) -> None:
    gone = f"sqlite:///{tmp_path / 'no such folder' / 'cases.db'}"  # its processes can't begin
    store = InMemoryStore()

    with pytest.raises(ProcessLost, match="run the same import again"):
        bring_in(store, file, Spread(2, gone))
    assert EXPECTED == counts(bring_in(store, file))

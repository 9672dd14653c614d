"""Runs: the same to the byte whoever does the work, kept piece by piece, and gone on with after an interruption."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from caseclock.simulation.clocks import clock_rows, timers_in
from caseclock.simulation.engines import Dask, Processes, here
from caseclock.simulation.manifest import AnotherRun, begin, made_from
from caseclock.simulation.nation import authorities
from caseclock.simulation.results import Figure, Figures
from caseclock.simulation.running import Piece, Run, Stopped, do, run
from caseclock.simulation.scenario import Scenario, ScenarioRefused, load_scenario
from caseclock.simulation.world import simulate
from caseclock.timers.evaluation import evaluate
from caseclock.timers.standing import standing


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    return load_scenario("small").changed({"children": 900, "months": 2, "warm_up_months": 1})


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def by_one(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of three replications."""
    out = tmp_path_factory.mktemp("one")
    run(Run(tiny, 7, 3, out=out), here)
    return contents(out)


def test_each_replication_has_its_folder_with_event_lines_and_figures(by_one: dict[str, bytes]) -> None:
    assert [
        f"replication-000{n}/{name}" for n in (1, 2, 3) for name in ("events.jsonl", "figures.json")
    ] == sorted(by_one)
    line = json.loads(by_one["replication-0001/events.jsonl"].splitlines()[0])
    assert {"event_id", "type", "authority", "case_id", "episode_id", "occurred_at", "recorded_at"} <= set(
        line
    )


def test_replications_differ(by_one: dict[str, bytes]) -> None:
    assert by_one["replication-0001/events.jsonl"] != by_one["replication-0002/events.jsonl"]


def test_event_lines_stand_in_the_order_in_which_they_were_written_up(by_one: dict[str, bytes]) -> None:
    recorded = [
        json.loads(line)["recorded_at"] for line in by_one["replication-0001/events.jsonl"].splitlines()
    ]

    assert sorted(recorded) == recorded


def test_two_processes_make_the_same_to_the_byte(
    tiny: Scenario, by_one: dict[str, bytes], tmp_path: Path
) -> None:
    run(Run(tiny, 7, 3, out=tmp_path), Processes(2))

    assert by_one == contents(tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the cluster's own
def test_dask_makes_the_same_to_the_byte(tiny: Scenario, by_one: dict[str, bytes], tmp_path: Path) -> None:
    run(Run(tiny, 7, 3, out=tmp_path), Dask(processes=1))

    assert by_one == contents(tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the cluster's own
def test_a_cluster_reached_by_its_address_makes_the_same_to_the_byte(
    tiny: Scenario, by_one: dict[str, bytes], tmp_path: Path
) -> None:
    """Two workers that are processes of their own, reached over TCP, as those of other machines would be."""
    with distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, protocol="tcp://", dashboard_address=None
    ) as cluster:
        assert cluster.scheduler_address.startswith("tcp://")
        assert 2 == len({worker["nanny"] for worker in cluster.scheduler_info["workers"].values()})
        run(Run(tiny, 7, 3, out=tmp_path), Dask(cluster.scheduler_address))

    assert by_one == contents(tmp_path)


def test_a_run_that_was_cut_off_goes_on_with_what_is_missing(
    tiny: Scenario, by_one: dict[str, bytes], tmp_path: Path
) -> None:
    """The second piece is cut off in the middle: the first stays, nothing is half-written, two are done anew."""

    def cut_off(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
        yield pieces[0], do(pieces[0])
        looks = iter([False, False, True])
        yield pieces[1], do(pieces[1], lambda: next(looks))

    small = Run(tiny.changed({"children": 9000, "teams.assessment.workers": 9}), 7, 3, out=tmp_path / "cut")
    with pytest.raises(Stopped):
        run(small, cut_off)
    left = contents(tmp_path / "cut")
    assert {"replication-0001/events.jsonl", "replication-0001/figures.json"} == set(left)

    done: list[int] = []

    def counting(pieces: list[Piece]) -> Iterator[tuple[Piece, Figures]]:
        for piece, found in here(pieces):
            done.append(piece.replication)
            yield piece, found

    again = Run(tiny, 7, 3, out=tmp_path / "again")
    first = tmp_path / "again" / "replication-0001"
    first.mkdir(parents=True)
    for name in ("events.jsonl", "figures.json"):
        (first / name).write_bytes(by_one[f"replication-0001/{name}"])
    found = run(again, counting)

    assert [2, 3] == done
    assert 3 == len(found)
    assert by_one == contents(tmp_path / "again")


def test_progress_tells_what_was_finished_before(tiny: Scenario, tmp_path: Path) -> None:
    what = Run(tiny, 7, 2, out=tmp_path, with_events=False)
    run(what, here)
    told: list[tuple[int, int]] = []

    run(what, here, lambda done, of: told.append((done, of)))

    assert [(2, 2)] == told


def test_every_clock_is_judged_where_a_run_asks_for_it(tiny: Scenario, tmp_path: Path) -> None:
    """What is counted is what the production evaluation says of each case, of timers that ran in the period."""
    found = run(Run(tiny, 7, 2, out=tmp_path, with_events=False, with_clocks=True), here)
    simulated = simulate(tiny, 7, 1)
    stood = Counter(
        (timer.timescale, standing(timer, simulated.known_at))
        for case_id in simulated.cases.keys() - simulated.over
        for timer in evaluate(simulated.history(case_id), simulated.setting)
        if timer.stopped_on is None or timer.stopped_on >= tiny.first_day
    )

    counted = {name: one.numerator for name, one in found[0].items() if name.startswith("clock:")}
    assert {f"clock:{rule}:{where}": number for (rule, where), number in stood.items()} == counted
    assert stood.total() == timers_in(found[0]) > 500
    rows = {(row["timescale"], row["standing"]): row for row in clock_rows(found)}
    first, second = (one["clock:assessment.single.45wd:met"].numerator for one in found)
    assert (first + second) / 2 == rows["assessment.single.45wd", "met"]["mean"]


def test_a_standing_that_only_one_replication_has_counts_as_none_in_the_other() -> None:
    (row,) = clock_rows([{"clock:cp.icpc.stat:overdue": Figure(4)}, {}])

    assert ("cp.icpc.stat", "overdue", 2.0) == (row["timescale"], row["standing"], row["mean"])


def test_a_folder_of_another_run_is_refused_and_left_as_it_is(tiny: Scenario, tmp_path: Path) -> None:
    begin(tmp_path / "out", made_from(tiny, 7, 2, 1))
    before = contents(tmp_path)

    with pytest.raises(AnotherRun, match=r"holds another run: its seed differ\. Give another --out"):
        begin(tmp_path / "out", made_from(tiny, 8, 2, 1))
    assert before == contents(tmp_path)


def test_a_folder_that_holds_anything_else_is_refused(tiny: Scenario, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")

    with pytest.raises(AnotherRun, match="no simulation made"):
        begin(tmp_path, made_from(tiny, 7, 2, 1))


def test_the_manifest_says_what_a_run_depends_on(tiny: Scenario) -> None:
    made = made_from(tiny, 7, 2, 1)

    assert 7 == made["seed"]
    assert 900 == made["scenario"]["children"]
    assert made["calendar"].startswith("england_and_wales:")
    assert "england.assessment" in made["packs"]
    shorter = tiny.changed({"rules.limits": {"assessment.single.45wd": {"working_days": 40}}})
    assert made["packs"] != made_from(shorter, 7, 2, 1)["packs"]


def test_a_nation_is_so_many_services_of_spread_sizes_with_as_many_children_in_all(tiny: Scenario) -> None:
    services = authorities(tiny.changed({"children": 77_700}), 153)

    assert 153 == len({service.authority for service in services})
    assert 153 * 77_700 == pytest.approx(sum(service.children for service in services), rel=0.001)
    assert max(one.children for one in services) > 10 * min(one.children for one in services)


def test_no_authority_at_all_is_refused(tiny: Scenario) -> None:
    with pytest.raises(ScenarioRefused, match="Give from 1 to 2000"):
        authorities(tiny, 0)

"""`caseclock packs`: what ships, what was adopted, and how a version is added to the law."""

from hashlib import sha256
from pathlib import Path

import pytest
from calling import Call
from story import Told

from caseclock.processes.catalogue import shipped_packs
from caseclock.store.sql import open_store

PACK = """
[pack]
id = "amended"
title = "Assessment, amended"
process = "assessment"
{authority}
reviewed_on = 2026-03-01

[[timescale]]
id = "assessment.stat.duration"
duty = "Complete the assessment within its own limit"
basis = "statistic"
source = "An amendment"
verification = "K"
effective_from = {begins}
counting = "day_after_trigger"
limit = {{ working_days = {days} }}
starts = [{{ event = "AssessmentStarted" }}]
stops = [{{ event = "AssessmentAuthorised" }}]
"""
SAID = ("--by", "head.of.service", "--because", "the guidance was amended")
NOW = ("--now", "2026-03-02T09:00:00Z")


def pack(tmp_path: Path, begins: str = "2026-04-01", days: int = 40, authority: str = "") -> Path:
    path = tmp_path / "amended.toml"
    named = f'authority = "{authority}"' if authority else ""
    path.write_text(PACK.format(begins=begins, days=days, authority=named), "utf-8")
    return path


@pytest.fixture
def empty(db: str) -> str:
    with open_store(db):
        return db


def test_a_version_adopted_governs_what_starts_under_it(
    call: Call, db: str, told: Told, tmp_path: Path
) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    done = call("packs", "adopt", pack(tmp_path), "--db", db, *SAID, *NOW)
    told.assessment("2026-04-01", episode="A-2")

    rows = call("timers", "--db", db, "--timescale", "assessment.stat.duration", "--format", "json").json()

    assert (0, True) == (done.status, "0 running timers moved, in 0 cases." in done.out)
    assert [("2013-04-15", "2026-05-07"), ("2026-04-01", "2026-06-02")] == [
        (row["version"], row["due_on"]) for row in rows
    ]


def test_a_limit_lengthened_moves_what_runs_and_says_how_many(
    call: Call, db: str, told: Told, tmp_path: Path
) -> None:
    told.referral("2026-03-02")
    told.assessment("2026-03-02")
    words = ("packs", "adopt", pack(tmp_path, "2026-01-01", 65), "--db", db, *SAID, *NOW, "--format", "json")

    first, again = call(*words).json(), call(*words).json()

    assert (True, 1, 1) == (first["new"], first["cases"], first["timers"])
    assert (False, 0, 0) == (again["new"], again["cases"], again["timers"])
    assert [("assessment.stat.duration", "2026-01-01")] == [
        (one["id"], one["version"]) for one in first["timescales"]
    ]


def test_what_was_adopted_is_listed_behind_what_ships(call: Call, empty: str, tmp_path: Path) -> None:
    file = pack(tmp_path)
    call("packs", "adopt", file, "--db", empty, "--authority", "anywhere", *SAID, *NOW)

    *shipped, adopted = call("packs", "list", "--db", empty, "--format", "json").json()

    assert [one.id for one in shipped_packs()] == [row["pack"] for row in shipped]
    assert {
        "pack": "amended",
        "title": "Assessment, amended",
        "process": "assessment",
        "authority": "anywhere",
        "timescales": 1,
        "adopted": True,
        "known_at": "2026-03-02T09:00:00+00:00",
        "by": "head.of.service",
        "because": "the guidance was amended",
        "sha256": sha256(file.read_bytes()).hexdigest(),
    } == adopted


def test_packs_of_other_authorities_are_left_out(call: Call, empty: str, tmp_path: Path) -> None:
    call("packs", "adopt", pack(tmp_path), "--db", empty, "--authority", "anywhere", *SAID, *NOW)

    def whose(authority: str) -> set[str | None]:
        rows = call("packs", "list", "--db", empty, "--authority", authority, "--format", "json").json()
        return {row["authority"] for row in rows}

    assert {None, "anywhere"} == whose("anywhere")
    assert {None, "thurrock"} == whose("thurrock")


def test_what_ships_is_listed_without_a_database(call: Call, empty: str) -> None:
    without, empty_one = call("packs", "list"), call("packs", "list", "--db", empty)

    assert (0, True, True) == (without.status, "thurrock" in without.out, "Give --db" in without.out)
    assert f"{len(shipped_packs())} packs shipped, 0 adopted since." in empty_one.out


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"begins": "2013-04-15"}, "never by editing one"),
        ({"begins": "2026-01-01"}, "would shorten"),
        ({"begins": "2026-04-01", "authority": "elsewhere"}, "local standards of elsewhere"),
    ],
    ids=["edits", "shortens", "of another"],
)
def test_what_may_not_be_adopted_is_refused_and_not_kept(
    call: Call, empty: str, tmp_path: Path, file: dict[str, str], said: str
) -> None:
    words = ("--db", empty, "--authority", "anywhere", *SAID, *NOW)
    done = call("packs", "adopt", pack(tmp_path, **file), *words)  # type: ignore[arg-type]

    assert (1, "", True) == (done.status, done.out, said in done.err)
    assert not [
        row for row in call("packs", "list", "--db", empty, "--format", "json").json() if row["adopted"]
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"[pack", "is not valid TOML"),
        (b'[pack]\nid = "\xff"\n', "is not UTF-8 text"),
        (b'[pack]\nid = "x"\n', "title is missing"),
    ],
    ids=["torn", "latin", "bare"],
)
def test_a_file_that_is_no_pack_is_refused(
    call: Call, empty: str, tmp_path: Path, written: bytes, said: str
) -> None:
    file = tmp_path / "no_pack.toml"
    file.write_bytes(written)

    done = call("packs", "adopt", file, "--db", empty, *SAID)

    assert (1, "", True) == (done.status, done.out, said in done.err)


def test_a_file_that_is_not_there_is_a_wrong_call(call: Call, empty: str, tmp_path: Path) -> None:
    done = call("packs", "adopt", tmp_path / "none.toml", "--db", empty, *SAID)

    assert (2, "", True) == (done.status, done.out, "none.toml" in done.err)


@pytest.mark.parametrize("missing", ["--by", "--because"])
def test_nothing_is_adopted_by_nobody_or_for_no_reason(
    call: Call, empty: str, tmp_path: Path, missing: str
) -> None:
    words = [*SAID]
    words[words.index(missing) + 1] = " "

    done = call("packs", "adopt", pack(tmp_path), "--db", empty, *words)

    assert (2, "", True) == (done.status, done.out, "an author and a reason" in " ".join(done.err.split()))


def test_rules_show_what_a_database_has_adopted(call: Call, empty: str, tmp_path: Path) -> None:
    call("packs", "adopt", pack(tmp_path), "--db", empty, "--authority", "anywhere", *SAID, *NOW)
    asked = ("rules", "--as-at", "2026-05-01", "--process", "assessment", "--format", "json")

    def duration(*words: str) -> list[tuple[str, str, str]]:
        rows = call(*asked, *words).json()
        return [
            (row["effective_from"], row["limit"], row["pack"])
            for row in rows
            if row["id"] == "assessment.stat.duration"
        ]

    as_shipped = [("2013-04-15", "45 working days", "england.assessment")]
    assert [("2026-04-01", "40 working days", "amended")] == duration("--db", empty, "-a", "anywhere")
    assert as_shipped == duration("--db", empty, "-a", "elsewhere") == duration("-a", "anywhere")
    assert as_shipped == duration("--db", empty, "-a", "anywhere", "--as-at", "2026-03-31")

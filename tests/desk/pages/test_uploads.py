"""Bringing files in from a page: the same import, with its limits, its refusals and its line in the audit."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from desk_told import app_of, sign_in, token_for
from httpx2 import Response
from page_faults import faults
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

import caseclock
from caseclock.desk import routes
from caseclock.desk.pages import uploads
from caseclock.desk.pages.uploads import file_name
from caseclock.exchange.importing import import_files
from caseclock.store.access_tables import desk_audit
from caseclock.store.memory import InMemoryStore
from caseclock.workflow.engine import Engine

SAMPLES = Path(caseclock.__file__).parent / "samples"
CENSUS = SAMPLES / "cin_census" / "CIN_Census_2022.xml"
FAULTY = SAMPLES / "cin_census" / "CIN_Census_2024.xml"
ANNEX_A = SAMPLES / "annex_a" / "Annex_A_2024_Jan.xlsx"
LINES = SAMPLES / "event_lines" / "live_cases.jsonl"
RETURN = [SAMPLES / "ssda903" / "2021" / name for name in ("header.csv", "episodes.csv", "reviews.csv")]


def send(browser: TestClient, *files: Path | tuple[str, bytes], token: str | None = None) -> Response:
    """Choose files on the page and send them."""
    named = [(one.name, one.read_bytes()) if isinstance(one, Path) else one for one in files]
    return browser.post(
        "/imports",
        data={"csrf_token": token_for(browser) if token is None else token},
        files=[("files", one) for one in named],
    )


def log_of(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.store.snapshot() as unit:
        return sorted(
            (event.case_id, event.event_id, str(event.occurred))
            for _, case_id in unit.case_ids("thurrock")
            for event in unit.events("thurrock", case_id)
        )


@pytest.mark.parametrize(
    "files", [[CENSUS], [FAULTY], [ANNEX_A], [LINES], RETURN], ids=lambda one: one[0].name
)
def test_a_file_from_a_page_goes_through_the_same_import(officer: TestClient, files: list[Path]) -> None:
    desk = app_of(officer).state.desk
    before = set(log_of(desk.engine))
    alone = Engine(InMemoryStore())
    report = import_files(files, engine=alone, authority="thurrock", imported_at=desk.now())
    answer = send(officer, *files)

    assert 200 == answer.status_code
    assert [] == faults(answer.text)
    assert f"{report.totals()['accepted']:,}" in answer.text
    own = {one for one in log_of(desk.engine) if one not in before}
    assert set(log_of(alone)) == own
    assert set(log_of(alone))


def test_what_did_not_go_in_is_listed_with_its_reason_and_its_row(officer: TestClient) -> None:
    answer = send(officer, FAULTY)

    assert "AssessmentActualStartDate is 2028-04-28" in answer.text
    assert 'href="/imports/rows/' in answer.text
    assert "CIN_Census_2024.xml" in officer.get("/imports").text


def test_the_same_file_again_changes_nothing(officer: TestClient) -> None:
    send(officer, CENSUS)
    desk = app_of(officer).state.desk
    before = log_of(desk.engine)
    again = send(officer, CENSUS)

    assert "Everything in it was known before" in again.text
    assert before == log_of(desk.engine)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("census.xml", b"", "it is empty"),
        ("census.xml", b"<html><body>Sign in</body></html>", "a web page"),
        ("census.xml", b'{"event_id": "1"}\n', "its name says"),
        ("census.pdf", b"%PDF-1.7", "is not a file that can be brought in"),
        ("list.xlsx", b"PK\x03\x04damaged", "damaged workbook"),
        (
            "census.xml",
            b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Message>&b;</Message>',
            "t bring in census.xml",
        ),
    ],
)
def test_what_can_not_be_brought_in_is_refused_whole_in_a_sentence(
    officer: TestClient, name: str, content: bytes, said: str
) -> None:
    before = log_of(app_of(officer).state.desk.engine)
    answer = send(officer, (name, content))

    assert 422 == answer.status_code
    assert said in answer.text
    assert [] == faults(answer.text)
    assert before == log_of(app_of(officer).state.desk.engine)


def test_no_file_and_two_of_one_name_are_told_at_the_field(officer: TestClient) -> None:
    none = officer.post("/imports", data={"csrf_token": token_for(officer)})
    two = send(officer, CENSUS, CENSUS)

    assert (422, 422) == (none.status_code, two.status_code)
    assert 2 == none.text.count("Choose a file")
    assert "Two of the files have the same name" in two.text
    assert [] == faults(none.text)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("../../etc/cron.d/census.xml", "census.xml"),
        ("C:\\returns\\census.xml", "census.xml"),
        ("..", "file"),
        ("/", "file"),
        ("a\r\nset-cookie: b=c.xml", "aset-cookie: b=c.xml"),
        ("x" * 400 + ".xml", "x" * 96 + ".xml"),
        ("census.xml ", "census.xml"),
    ],
)
def test_a_files_name_leads_nowhere(told: str, kept: str) -> None:
    assert kept == file_name(told)


def test_a_file_whose_name_leads_elsewhere_is_kept_in_its_own_folder(
    officer: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "in" / "a" / "folder"))
    (tmp_path / "in" / "a" / "folder").mkdir(parents=True)
    answer = send(officer, ("../../escaped.xml", CENSUS.read_bytes()))

    assert 200 == answer.status_code
    assert [] == list(tmp_path.rglob("*.xml"))


def test_more_than_may_come_is_refused_before_it_is_read(desk: Callable[..., TestClient]) -> None:
    browser = desk(largest_upload=10_000)
    answer = send(browser, ("census.xml", b"<Message>" + b" " * 20_000))

    assert 413 == answer.status_code
    assert "larger than 10,000 bytes" in answer.text


@pytest.mark.parametrize("who", ["viewer", "worker", "manager", "administrator"])
def test_only_who_may_brings_files_in(desk: Callable[..., TestClient], who: str) -> None:
    answer = send(desk(who), CENSUS)

    assert 403 == answer.status_code


def test_of_a_stranger_not_a_byte_of_a_file_is_read(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unread(*_: object, **__: object) -> None:
        raise AssertionError("the form was read")

    monkeypatch.setattr(routes, "read_form", unread)
    stranger = TestClient(app_of(officer), follow_redirects=False)
    answer = send(stranger, CENSUS, token="none")  # noqa: S106  # names a form

    assert 401 == answer.status_code


def test_a_form_that_was_not_given_to_the_sender_brings_nothing_in(officer: TestClient) -> None:
    before = log_of(app_of(officer).state.desk.engine)

    assert 403 == send(officer, CENSUS, token="forged").status_code  # noqa: S106  # names a form
    assert before == log_of(app_of(officer).state.desk.engine)


def test_who_is_there_for_some_teams_brings_nothing_in(desk: Callable[..., TestClient]) -> None:
    browser = desk()
    app = app_of(browser)
    people = tuple(
        replace(one, grants=tuple(replace(grant, teams=frozenset({"North"})) for grant in one.grants))
        if one.name == "compliance"
        else one
        for one in app.state.desk.settings.demo_people
    )
    answer = send(desk(demo_people=people), CENSUS)

    assert 403 == answer.status_code
    assert "your role is for some teams" in answer.text


def test_who_brought_what_in_is_in_the_audit(officer: TestClient) -> None:
    send(officer, CENSUS)
    with app_of(officer).state.desk.reading() as connection:
        (line,) = connection.execute(select(desk_audit).where(desk_audit.c.what == "brought_in")).all()

    assert ("compliance", "CIN_Census_2022.xml: 36 records accepted") == (line.who, line.subject)
    assert "brought in a file" in officer.get("/audit").text


def test_one_file_is_brought_in_at_a_time(officer: TestClient) -> None:
    desk = app_of(officer).state.desk
    with desk.bringing_in:
        meanwhile = send(officer, CENSUS)

    assert 409 == meanwhile.status_code
    assert "Another file is being brought in just now" in meanwhile.text
    assert 200 == send(officer, CENSUS).status_code


def test_an_import_that_breaks_off_says_how_to_go_on(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(uploads, "import_files", away)
    answer = send(officer, CENSUS)
    monkeypatch.undo()

    assert 503 == answer.status_code
    assert "send the same file again: it goes on from there" in answer.text
    assert 200 == send(officer, CENSUS).status_code


def test_what_is_said_of_restricted_cases_is_shown_to_nobody_else(officer: TestClient) -> None:
    """A file tells of a case that is restricted: it goes in, and whoever sent it sees no row of it."""
    desk = app_of(officer).state.desk
    with desk.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO restricted_cases VALUES ('thurrock', 'T-1', '2026-05-01T09:00:00.000000Z', 'administrator', "
            "'A relative of a member of staff')"
        )
    line = {"event_id": "x-1", "type": "AssessmentAuthorised", "case_id": "T-1", "episode_id": "A-77"}
    misfit = line | {"occurred_at": "2026-02-03", "by": "sw.jones", "data": {"outcome": "child_in_need"}}
    unread = line | {"occurred_at": "2026-02-31", "by": "sw.jones"}
    answer = send(officer, ("lines.jsonl", f"{json.dumps(misfit)}\n{json.dumps(unread)}\n".encode()))

    assert "Nothing" not in answer.text
    assert "0 records of 2 went in" in answer.text
    assert "T-1" not in answer.text
    assert "T-1" not in officer.get("/imports").text


def test_a_signed_out_officer_is_sent_to_sign_in(officer: TestClient) -> None:
    stranger = TestClient(app_of(officer), follow_redirects=False)

    assert 303 == stranger.get("/imports/new").status_code
    assert 200 == sign_in(stranger, "compliance").get("/imports/new").status_code

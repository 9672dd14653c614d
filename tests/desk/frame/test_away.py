"""A database that goes away gives a plain page, and when it comes back the desk goes on without a restart."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from desk_told import Clock, settings_for, sign_in, token_for
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from caseclock.desk.guard import BrokenOff
from caseclock.desk.keeping import audit_pages, health_pages
from caseclock.desk.settings import DeskSettings

Made = Callable[[DeskSettings], TestClient]


def is_plain(browser: TestClient, path: str = "/health") -> bool:
    answer = browser.get(path)
    told = "The service is not available just now" in answer.text and "desk-header" in answer.text
    return (503, "30", True) == (answer.status_code, answer.headers.get("retry-after"), told)


@contextmanager
def away(server: str, name: str) -> Iterator[None]:
    """Let nobody into a database of PostgreSQL, and end every connection there is."""
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
    try:
        yield
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))


def test_a_server_that_goes_away_and_comes_back(
    made: Made, postgres_url: str, postgres_database: str, clock: Clock
) -> None:
    browser = sign_in(made(settings_for(postgres_database, clock)), "compliance")
    token = token_for(browser)
    name = make_url(postgres_database).database or ""
    with away(postgres_url, name):
        gone = [is_plain(browser) for _ in range(3)]
        post = browser.post("/session", data={"csrf_token": token}).status_code
        still_there = browser.get("/help").status_code
        up = browser.get("/up").status_code
    back = browser.get("/health")

    assert [True, True, True] == gone
    assert (503, 200, 503) == (post, still_there, up)
    assert (200, 200) == (back.status_code, browser.get("/up").status_code)
    assert "Signed in as" in back.text


def test_connections_that_were_cut_are_no_more_than_a_moment(
    made: Made, postgres_url: str, postgres_database: str, clock: Clock
) -> None:
    browser = sign_in(made(settings_for(postgres_database, clock)), "compliance")
    with away(postgres_url, make_url(postgres_database).database or ""):
        pass
    statuses = [browser.get("/health").status_code for _ in range(3)]

    assert [200, 200] == statuses[1:]


def test_a_file_that_goes_away_and_comes_back(browser: TestClient, settings: DeskSettings) -> None:
    sign_in(browser, "compliance")
    from pathlib import Path

    file = Path(make_url(settings.db).database or "")
    elsewhere = file.with_name("elsewhere.db")
    with browser.app.state.desk.store.engine.connect() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    browser.app.state.desk.store.engine.dispose()  # type: ignore[attr-defined]
    file.rename(elsewhere)
    file.mkdir()  # what is there can't be opened as a database
    gone = is_plain(browser)
    file.rmdir()
    elsewhere.rename(file)

    assert gone
    assert 200 == browser.get("/health").status_code


def test_what_nobody_expected_is_a_page_with_a_reference_and_says_nothing_of_what_it_was(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser, "compliance")

    def fails(*_: object) -> object:
        raise LookupError("Maya Example, born 3 May 2015, is not there")

    monkeypatch.setattr(health_pages, "findings", fails)
    with capture_logs() as lines:
        answer = browser.get("/health")
    (line,) = [one for one in lines if one["event"] == "desk.failed"]

    assert 500 == answer.status_code
    assert "Sorry, there is a problem with the service" in answer.text
    assert line["reference"] in answer.text
    assert "Maya" not in answer.text + str(lines)
    assert {"event", "log_level", "fault", "place", "reference", "method"} == set(line)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_half_an_answer_does_not_pass_for_a_whole_one(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails while a file goes out breaks it off, and is not told to whoever reads the server's log."""
    sign_in(browser, "compliance")

    def breaks_off(*_: object) -> Iterator[bytes]:
        yield b"\xef\xbb\xbfat,who\r\n"
        raise LookupError("Maya Example, born 3 May 2015, is not there")

    monkeypatch.setattr(audit_pages, "csv_pieces", breaks_off)
    with capture_logs() as lines, pytest.raises(BrokenOff) as broken:
        browser.get("/audit.csv")

    assert broken.value.__suppress_context__
    assert ["LookupError"] == [line["fault"] for line in lines if line["event"] == "desk.failed"]
    assert "Maya" not in f"{lines} {broken.value}"

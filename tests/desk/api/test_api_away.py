"""When the database goes away the API says so, says when to come back, and comes back by itself."""

import pytest
from api_told import Api
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from caseclock.store.protocol import StoreBusy, StoreFull
from caseclock.workflow.engine import Engine
from caseclock.workflow.refusals import CaseBusy, OutboxFull

EVENT = {
    "event_id": "e-1",
    "type": "ReferralReceived",
    "case_id": "NEW-1",
    "episode_id": "R-1",
    "occurred_at": "2026-05-18",
    "by": "sw.jones",
}


def test_connections_that_were_cut_give_503_and_the_next_request_is_answered(postgres_api: Api) -> None:
    token = postgres_api.token()
    before = postgres_api.call("GET", "/cases", token).status_code
    url = postgres_api.desk.store.engine.url
    own = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    cut = postgres_api.call("GET", "/cases", token)
    after = postgres_api.call("GET", "/cases", token).status_code

    assert [200, 503, 200] == [before, cut.status_code, after]
    assert ("5", "urn:caseclock:problem:away") == (cut.headers["retry-after"], cut.json()["type"])
    assert "may have been recorded or not" in cut.json()["detail"]


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (StoreBusy("Can't write: another program has been writing."), "5"),
        (StoreFull("Can't write: the disk of the database is full."), "5"),
        (CaseBusy("Tried 8 times."), "5"),
        (OutboxFull(waiting=100, retry_after_seconds=30), "30"),
    ],
    ids=repr,
)
def test_a_database_or_case_that_stays_busy_gives_503_and_nothing_is_recorded(
    api: Api, monkeypatch: pytest.MonkeyPatch, fault: Exception, after: str
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise fault

    token = api.token()
    with monkeypatch.context() as patched:
        patched.setattr(Engine, "record", busy)
        refused = api.call("POST", "/events", token, json=EVENT)
    again = api.call("POST", "/events", token, json=EVENT)

    assert (503, after) == (refused.status_code, refused.headers["retry-after"])
    assert 201 == again.status_code


def test_a_fault_of_its_own_tells_nothing_of_what_it_was(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("T-1 at 7 High Street")

    token = api.token()
    monkeypatch.setattr(Engine, "record", broken)

    answer = api.call("POST", "/events", token, json=EVENT)

    assert (500, "urn:caseclock:problem:fault") == (answer.status_code, answer.json()["type"])
    assert "High Street" not in answer.text

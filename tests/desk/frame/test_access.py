"""Restricted cases: closed to all but those named, opened in an emergency on the record; and tokens."""

import re
from collections.abc import Callable

import pytest
from desk_told import MORNING, Clock, app_of, person, sign_in, token_for
from starlette.testclient import TestClient

from caseclock.desk.api.tokens import find_token
from caseclock.desk.audit import Filter, entries
from caseclock.desk.keeping.access import last_opening
from caseclock.desk.roles import Permission, Person, Role
from caseclock.desk.seeing import may_for_case, may_see, seen_by
from caseclock.desk.settings import DeskSettings
from caseclock.store.schema import cases


def sees(browser: TestClient, who: Person, case_id: str) -> bool:
    desk = app_of(browser).state.desk
    with desk.reading() as connection:
        there = may_see(connection, who, case_id, desk.now())
        listed = connection.scalars(
            cases.select()
            .with_only_columns(cases.c.case_id)
            .where(*seen_by(who, desk.now(), cases.c.authority, cases.c.case_id))
        ).all()
    assert there == (case_id in listed), "a list and a page must not differ in whom they show"
    return there


def record_of(browser: TestClient, **asked: str) -> list[tuple[str, str, str | None, str | None]]:
    with app_of(browser).state.desk.reading() as connection:
        return [
            (one.who, one.what, one.case_id, one.because)
            for one in entries(connection, "thurrock", Filter(**asked))
        ]


def post(browser: TestClient, path: str, **data: str) -> object:
    return browser.post(path, data={"csrf_token": token_for(browser), **data})


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (person("viewer", Role.VIEWER), {"T-1", "T-2", "T-9"}),
        (person("compliance", Role.COMPLIANCE), {"T-1", "T-2", "T-9"}),
        (person("named", Role.WORKER), {"T-1", "T-2", "T-3", "T-9"}),
        (person("north.worker", Role.WORKER, "thurrock", "North"), {"T-1"}),
        (person("administrator", Role.ADMINISTRATOR), set()),
        (person("camden", Role.COMPLIANCE, "camden"), {"K-1", "K-2", "K-9"}),
    ],
    ids=lambda one: one.name if isinstance(one, Person) else "",
)
def test_who_sees_which_case(browser: TestClient, who: Person, seen: set[str]) -> None:
    ours = [f"{mark}-{number}" for mark in "TK" for number in (1, 2, 3, 9)]

    assert seen == {case_id for case_id in ours if sees(browser, who, case_id)}


def test_a_role_for_some_teams_does_not_reach_beyond_them(browser: TestClient) -> None:
    of_north = person("north.manager", Role.MANAGER, "thurrock", "North")
    with app_of(browser).state.desk.reading() as connection:
        may = {
            case_id: may_for_case(connection, of_north, case_id, Permission.JUDGE)
            for case_id in ("T-1", "T-2", "T-9")
        }

    assert {"T-1": True, "T-2": False, "T-9": False} == may


def test_an_administrator_closes_a_case_names_somebody_and_opens_it_again(browser: TestClient) -> None:
    viewer = person("viewer", Role.VIEWER)
    sign_in(browser, "administrator")
    post(browser, "/access", case="T-1", because="related to a councillor")
    closed = sees(browser, viewer, "T-1")
    post(browser, "/access/cases/T-1", deed="add", who="viewer")
    named = sees(browser, viewer, "T-1")
    post(browser, "/access/cases/T-1", deed="remove", who="viewer")
    removed = sees(browser, viewer, "T-1")
    post(browser, "/access/cases/T-1", deed="open", because="no longer so")

    assert (False, True, False, True) == (closed, named, removed, sees(browser, viewer, "T-1"))
    assert [
        ("administrator", "unrestricted", "T-1", "no longer so"),
        ("administrator", "removed_reader", "T-1", None),
        ("administrator", "named_reader", "T-1", None),
        ("administrator", "restricted", "T-1", "related to a councillor"),
    ] == record_of(browser, case_id="T-1")


def test_restricting_needs_a_case_and_a_reason(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    answer = browser.post("/access", data={"csrf_token": token_for(browser), "case": "", "because": " "})

    assert 422 == answer.status_code
    assert '<a href="#case">Enter the reference of the case</a>' in answer.text
    assert '<a href="#because">Say why</a>' in answer.text
    assert "<title>Error: Access - Caseclock</title>" in answer.text


def test_restricting_twice_is_told(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    answer = browser.post(
        "/access", data={"csrf_token": token_for(browser), "case": "T-3", "because": "again"}
    )

    assert 409 == answer.status_code
    assert "Case T-3 is restricted already" in answer.text


def test_the_glass_is_broken_for_some_hours_and_on_the_record(browser: TestClient, clock: Clock) -> None:
    worker = person("worker", Role.WORKER)
    sign_in(browser, "worker")
    answer = browser.post(
        "/break-glass", data={"csrf_token": token_for(browser), "case": "T-3", "because": "child at the door"}
    )
    opened = sees(browser, worker, "T-3")
    others = sees(browser, person("viewer", Role.VIEWER), "T-3")
    clock.later(hours=4)

    assert "/cases/T-3" == answer.headers["location"]
    assert (True, False, False) == (opened, others, sees(browser, worker, "T-3"))
    assert ("worker", "broke_glass", "T-3", "child at the door") in record_of(browser, what="broke_glass")


def test_a_broken_glass_is_shown_to_administrators(browser: TestClient, clock: Clock) -> None:
    sign_in(browser, "worker")
    post(browser, "/break-glass", case="T-3", because="child at the door")
    browser.cookies.clear()
    sign_in(browser, "administrator")
    desk = app_of(browser).state.desk
    with desk.reading() as connection:
        last = last_opening(connection, "thurrock", "T-3", desk.settings.glass_broken_for, clock())

    assert "child at the door" in browser.get("/access").text
    assert "child at the door" in browser.get("/access/cases/T-3").text
    assert last is not None
    assert ("worker", MORNING) == (last.who, last.broken_at)


@pytest.mark.parametrize("case_id", ["T-4444", "K-3", "K-1"])
def test_trying_references_gives_nothing_away_and_is_on_the_record(browser: TestClient, case_id: str) -> None:
    sign_in(browser, "worker")
    answer = browser.post(
        "/break-glass", data={"csrf_token": token_for(browser), "case": case_id, "because": "trying"}
    )

    assert 422 == answer.status_code
    assert "There is no case of this reference that you could be shown" in answer.text
    assert ("worker", "broke_glass", case_id, "trying") in record_of(browser)


def test_the_glass_does_not_open_other_teams_cases(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    post(browser, "/access", case="T-2", because="of South, restricted")
    browser.cookies.clear()
    sign_in(browser, "north.worker")
    post(browser, "/break-glass", case="T-2", because="trying")

    assert not sees(browser, person("north.worker", Role.WORKER, "thurrock", "North"), "T-2")


def test_a_viewer_can_not_break_the_glass_and_the_attempt_is_on_the_record(browser: TestClient) -> None:
    sign_in(browser, "viewer")

    assert 403 == browser.get("/break-glass").status_code
    assert ("viewer", "refused", None, None) in record_of(browser, who="viewer")


def test_who_looks_at_a_case_is_on_the_record_and_sees_who_opened_it(browser: TestClient) -> None:
    sign_in(browser, "worker")
    post(browser, "/break-glass", case="T-3", because="child at the door")
    page = browser.get("/cases/T-3").text

    assert "worker opened this restricted case in an emergency on 20 May 2026 at 10:30am" in page
    assert ("worker", "looked", "T-3", None) in record_of(browser, case_id="T-3")


def test_the_audit_shows_who_did_what_and_filters_it(
    browser: TestClient, made: Callable[[DeskSettings], TestClient], settings: DeskSettings
) -> None:
    other = sign_in(made(settings), "worker")
    post(other, "/break-glass", case="T-3", because="child at the door")
    sign_in(browser, "compliance")
    everything = browser.get("/audit").text
    of_worker = browser.get("/audit?who=worker&what=broke_glass").text
    nothing = browser.get("/audit?who=nobody").text

    assert "opened in an emergency" in everything
    assert "child at the door" in of_worker
    assert "restricted" not in of_worker.partition("What was done</h2>")[2]
    assert "Nothing on the record fits" in nothing


def test_the_audit_of_another_authority_is_not_shown(browser: TestClient) -> None:
    sign_in(browser, "camden")

    assert "T-3" not in browser.get("/audit").text
    assert "T-3" not in browser.get("/audit.csv").text


def test_the_audit_can_be_taken_away_and_that_is_on_the_record(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    post(browser, "/access", case="T-1", because='=HYPERLINK("https://evil.example")')
    browser.cookies.clear()
    sign_in(browser, "compliance")
    file = browser.get("/audit.csv?case=T-1")

    assert 'attachment; filename="audit-2026-05-20.csv"' == file.headers["content-disposition"]
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in file.text
    assert ("compliance", "exported", "T-1", None) in record_of(browser, who="compliance")


def test_whether_logs_are_whole_is_said_in_words(browser: TestClient) -> None:
    sign_in(browser, "compliance")
    one = browser.get("/audit?case=T-1").text
    some = browser.get("/audit?check=some").text
    with app_of(browser).state.desk.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER events_no_update")
        connection.exec_driver_sql("UPDATE events SET because = 'altered' WHERE case_id = 'T-1' AND seq = 2")
    broken = browser.get("/audit?case=T-1").text

    assert re.search(r"1 log of 1 checked, with \d+ events: each event fits the one before it", one)
    assert "4 logs of 4 checked" in some
    assert "1 log of 1 checked is not whole" in broken
    assert "Event 2" in broken


def test_a_token_is_made_shown_once_and_revoked(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    token = token_for(browser)
    page = browser.post(
        "/access/tokens",
        data={
            "csrf_token": token,
            "name": "Case system",
            "scope": ["events:write", "cases:read"],
            "until": "2027-03-31",
        },
    )
    secret = re.search(r"<code>(caseclock_[^<]+)</code>", page.text)
    assert secret
    listed = browser.get("/access/tokens").text
    number = re.search(r"/access/tokens/(\w+)/revoke", listed)
    assert number
    answer = browser.post(f"/access/tokens/{number[1]}/revoke", data={"csrf_token": token})
    with app_of(browser).state.desk.reading() as connection:
        found = find_token(connection, secret[1])

    assert secret[1] not in listed
    assert "31 March 2027" in listed
    assert 303 == answer.status_code
    assert found is not None
    assert not found.holds(MORNING)


def test_a_token_needs_a_name_a_use_and_a_day_to_come(browser: TestClient) -> None:
    sign_in(browser, "administrator")
    token = token_for(browser)
    empty = browser.post("/access/tokens", data={"csrf_token": token, "until": "31/03/2027"})
    past = browser.post(
        "/access/tokens",
        data={"csrf_token": token, "name": "x", "scope": "cases:read", "until": "2020-01-01"},
    )

    assert (422, 422) == (empty.status_code, past.status_code)
    for told in (
        "Say which system it is for",
        "Choose what it may be used for",
        "Write the day as 2027-03-31",
    ):
        assert told in empty.text
    assert "run out before it is made" in past.text

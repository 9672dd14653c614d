"""Answering for several breaches with one explanation: each by itself, and what is not recorded is said plainly."""

import re
from collections.abc import Callable

import pytest
from desk_told import app_of, token_for
from page_faults import faults
from several import CASES, TEXT, Journey, breaches_of, carried, given, heading
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from story import Told

from caseclock.desk.pages import together
from caseclock.desk.pages.reviewed import record_unless_changed
from caseclock.store.access_tables import desk_audit
from caseclock.workflow.answers import Answer, Answered


def test_one_explanation_is_recorded_for_each_of_those_chosen(officer: TestClient) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    headings = [heading(journey.page)]
    assert [] == faults(journey.page.text)
    for address, filled in (
        ("/answers", {"kind": "explain"}),
        ("", {"reason_code": "workload"}),
        ("", {"text": TEXT}),
        ("", {}),
        ("", {}),
    ):
        headings.append(heading(journey.send(address, **filled)))
        assert [] == faults(journey.page.text)

    assert [
        "Answer for 3 breaches together",
        "What is the reason?",
        "What happened?",
        "What happens now?",
        "Check your answers",
        "Your answer is recorded for all 3 breaches",
    ] == headings
    for case_id in CASES:
        told = given(officer, case_id)
        assert (Answer.EXPLAINED, "compliance", "workload", TEXT, 1) == (
            told.answer, told.by, told.reason_code, told.text, len(told.history),
        )  # fmt: skip


def test_each_answer_has_its_own_line_in_the_audit(officer: TestClient) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    journey.to_check()
    journey.send()
    with app_of(officer).state.desk.reading() as connection:
        lines = connection.scalars(select(desk_audit.c.case_id).where(desk_audit.c.what == "answered")).all()

    assert sorted(CASES) == sorted(lines)


def test_one_can_be_left_out_before_going_on(officer: TestClient) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    (left_out,) = breaches_of(officer, "T-2")
    told = [(name, value) for name, value in carried(journey.page) if (name, value) != ("breach", left_out)]
    journey.page = officer.post(
        "/answers",
        data={"kind": "explain"} | {name: [v for n, v in told if n == name] for name, _ in told},
    )
    journey.send(reason_code="workload")
    journey.send(text=TEXT)
    journey.send()
    journey.send()

    assert "Your answer is recorded for all 2 breaches" == heading(journey.page)
    assert [Answer.EXPLAINED, Answer.UNANSWERED, Answer.EXPLAINED] == [
        given(officer, one).answer for one in CASES
    ]


def test_where_somebody_answered_meanwhile_the_others_are_recorded_and_that_one_is_told(
    desk: Callable[..., TestClient],
) -> None:
    officer = desk()
    journey = Journey(officer, breaches_of(officer, *CASES))
    journey.to_check()
    other = Journey(desk("manager"), breaches_of(officer, "T-2"), "exempt")
    other.to_check()
    other.send()
    done = journey.send()

    assert 409 == done.status_code
    assert "Your answer is recorded for 2 of 3 breaches" == heading(done)
    assert "Somebody else answered first" in done.text
    assert TEXT in done.text
    assert [] == faults(done.text)
    assert [Answer.EXPLAINED, Answer.EXEMPTED, Answer.EXPLAINED] == [
        given(officer, one).answer for one in CASES
    ]

    again = journey.send()

    assert "Your answer is recorded for 1 breach" == heading(again)
    assert ["BreachExempted", "BreachExplained"] == [one.type for one in given(officer, "T-2").history]
    assert [1, 1] == [len(given(officer, one).history) for one in ("T-1", "T-3")]


def test_the_same_form_sent_twice_records_each_answer_once(officer: TestClient) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    checked = journey.to_check()
    journey.send()
    journey.page = checked
    again = journey.send()

    assert (200, "Your answer is recorded for all 3 breaches") == (again.status_code, heading(again))
    assert [1, 1, 1] == [len(given(officer, one).history) for one in CASES]


def test_where_the_database_goes_away_half_way_it_is_said_which_are_recorded(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    checked = journey.to_check()
    record, tried = record_unless_changed, []

    def away(*told: object) -> Answered | None:
        tried.append(told)
        if len(tried) == 2:
            raise OperationalError("INSERT", {}, Exception("the server closed the connection"))
        return record(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(together, "record_unless_changed", away)
    broken = journey.send()
    answers = [given(officer, one).answer for one in CASES]

    assert (503, 2) == (broken.status_code, len(tried))
    assert "Your answer is recorded for 1 of 3 breaches" == heading(broken)
    assert "The database did not answer" in broken.text
    assert "It was not tried" in broken.text
    assert [Answer.EXPLAINED, Answer.UNANSWERED, Answer.UNANSWERED] == answers

    monkeypatch.undo()
    journey.page = checked
    journey.send()

    assert "Your answer is recorded for all 3 breaches" == heading(journey.page)
    assert [1, 1, 1] == [len(given(officer, one).history) for one in CASES]


def test_what_is_restricted_meanwhile_is_said_to_be_gone(officer: TestClient) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    journey.to_check()
    with app_of(officer).state.desk.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO restricted_cases VALUES ('thurrock', 'T-3', '2026-05-20T09:00:00.000000Z', 'administrator', "
            "'A relative of a member of staff')"
        )
    done = journey.send()

    assert "Your answer is recorded for all 2 breaches" == heading(done)
    assert "1 breach you chose is not there any more, or not open to you. Nothing is recorded" in done.text
    assert Answer.UNANSWERED is given(officer, "T-3").answer


def test_what_is_answered_already_is_left_out_of_the_choice(officer: TestClient) -> None:
    first = Journey(officer, breaches_of(officer, "T-1"))
    first.to_check()
    first.send()
    second = Journey(officer, breaches_of(officer, *CASES))

    assert "It is answered already" in second.page.text
    assert 2 == len([name for name, _ in carried(second.page) if name == "breach"])


def test_a_sibling_group_is_chosen_by_one_button(officer: TestClient) -> None:
    told = app_of(officer).state.desk
    for case_id in ("T-51", "T-52"):
        sibling = Told(told.engine, "thurrock", case_id)
        sibling.happened("ReferralReceived", "2025-11-14", "R-1", source="school", team="North", family="F-7")
        sibling.happened("ReferralDecided", "2025-11-17", "R-1", outcome="assessment")
        sibling.assessment("2025-11-17")
    Told(told.engine).swept("2026-05-20 06:00")
    listed = officer.get("/breaches?group=family")
    chosen = officer.post("/answers", data={"csrf_token": token_for(officer), "family": "F-7"})

    assert [] == faults(listed.text)
    assert 'name="family" value="F-7">Answer for all of sibling group F-7</button>' in listed.text
    assert {"T-51", "T-52"} == set(re.findall(r'href="/cases/(T-[^"]+)"', chosen.text))


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [("viewer", "explain", 403), ("administrator", "explain", 403), ("worker", "exempt", 403)],
)
def test_who_may_not_answer_is_refused_and_nothing_recorded(
    desk: Callable[..., TestClient], who: str, kind: str, status: int
) -> None:
    browser = desk(who)
    token, ids = token_for(browser), breaches_of(browser, *CASES)
    told = {"csrf_token": token, "breach": ids, "step": "check", "token": "a" * 32, "text": TEXT}
    answer = browser.post(f"/answers/{kind}", data=told | {"reason_code": "child_interest"})

    assert status == answer.status_code
    assert [Answer.UNANSWERED] * 3 == [given(browser, one).answer for one in CASES]


def test_breaches_of_others_are_as_if_they_were_not_there(desk: Callable[..., TestClient]) -> None:
    """Of another authority, of another team, or nobody's: the three answers are one."""
    browser = desk("north.worker")
    token = token_for(browser)
    others = [breaches_of(browser, "K-1", authority="camden"), breaches_of(browser, "T-2"), ["nobody's"]]
    pages = [browser.post("/answers", data={"csrf_token": token, "breach": one}) for one in others]
    mixed = browser.post(
        "/answers", data={"csrf_token": token, "breach": [*breaches_of(browser, "T-1"), *others[0]]}
    )

    assert [404] * 3 == [one.status_code for one in pages]
    assert 1 == len({re.sub(r'value="[^"]*"', "", one.text) for one in pages})
    assert "1 breach you chose is not there any more, or not open to you" in mixed.text
    assert "K-1" not in mixed.text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "You chose no breach"),
        ({"breach": [str(number) for number in range(101)]}, "100 at most are answered at once"),
    ],
)
def test_no_breach_and_too_many_are_refused_in_a_sentence(
    officer: TestClient, told: dict[str, list[str]], said: str
) -> None:
    answer = officer.post("/answers", data={"csrf_token": token_for(officer)} | told)

    assert 422 == answer.status_code
    assert said in answer.text


def test_what_to_do_has_to_be_chosen(officer: TestClient) -> None:
    journey = Journey(officer, breaches_of(officer, *CASES))
    answer = journey.send("/answers")

    assert 422 == answer.status_code
    assert 2 == answer.text.count("Choose what to do about them")
    assert [] == faults(answer.text)

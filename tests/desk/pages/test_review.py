"""Answering for a breach: one thing a page, nothing lost, nobody who may not, and what happened stays as it was."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from desk_told import app_of, token_for
from httpx2 import Response
from page_faults import faults
from starlette.testclient import TestClient

from caseclock.workflow.answers import Answer, Answered, answered

EXPLAINED = {"reason_code": "workload", "text": "Two workers were away.\nBoth are back."}


def breach_of(browser: TestClient, case_id: str = "T-1") -> str:
    with app_of(browser).state.desk.store.snapshot() as unit:
        found: str = next(
            one.breach_id
            for one in unit.breaches("thurrock", case_id)
            if one.timescale == "assessment.single.45wd"
        )
    return found


def given(browser: TestClient, breach_id: str, case_id: str = "T-1") -> Answered:
    with app_of(browser).state.desk.store.snapshot() as unit:
        return answered(unit.events("thurrock", case_id), breach_id)


def carried(page: Response) -> dict[str, str]:
    """What the form of a page carries hidden."""
    main = page.text[page.text.index('id="main-content"') :]
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    }


def heading(page: Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", "", found[1]).strip()


class Journey:
    """One person's way through the pages of one answer."""

    def __init__(self, browser: TestClient, kind: str, breach_id: str | None = None) -> None:
        self.browser = browser
        self.breach_id = breach_id or breach_of(browser)
        self.address = f"/breaches/{self.breach_id}/{kind}"
        self.page: Response = browser.get(self.address)

    def send(self, **filled: Any) -> Response:
        """Fill a page in and send it."""
        named = {name.replace("__", "-"): value for name, value in filled.items()}
        self.page = self.browser.post(self.address, data=carried(self.page) | named)
        return self.page

    def explain(self) -> Response:
        """Walk through all pages of an explanation to the one on which it is checked."""
        self.send(reason_code=EXPLAINED["reason_code"])
        self.send(text=EXPLAINED["text"])
        return self.send(
            action="Supervision on Friday",
            owner="manager",
            review_on__day="3",
            review_on__month="6",
            review_on__year="2026",
        )


def test_an_explanation_is_given_page_by_page_and_stands_in_the_log(officer: TestClient) -> None:
    journey = Journey(officer, "explain")
    headings = [heading(journey.page)]
    for filled in ({"reason_code": "workload"}, {"text": EXPLAINED["text"]}, {}):
        headings.append(heading(journey.send(**filled)))
        assert [] == faults(journey.page.text)
    recorded = journey.send()
    told = given(officer, journey.breach_id)

    assert ["What is the reason?", "What happened?", "What happens now?", "Check your answers"] == headings
    assert (303, f"/breaches/{journey.breach_id}?done=explain") == (
        recorded.status_code,
        recorded.headers["location"],
    )
    assert (Answer.EXPLAINED, "compliance", "workload", EXPLAINED["text"]) == (
        told.answer, told.by, told.reason_code, told.text,
    )  # fmt: skip
    after = officer.get(recorded.headers["location"])
    assert "The explanation is recorded" in after.text
    assert [] == faults(after.text)


def test_what_was_filled_in_is_carried_along_and_can_be_changed_at_the_end(officer: TestClient) -> None:
    journey = Journey(officer, "explain")
    journey.explain()
    back = journey.send(change="text")

    assert "What happened?" == heading(back)
    assert "Two workers were away." in back.text

    checked = journey.send(text="Three workers were away.")

    assert "Check your answers" == heading(checked)
    assert "Three workers were away." in checked.text
    assert "3 June 2026" in checked.text


def on(day: str, month: str) -> dict[str, str]:
    """A review date of 2026 as it is filled in."""
    return {"review_on__day": day, "review_on__month": month, "review_on__year": "2026"}


@pytest.mark.parametrize(
    ("kind", "filled", "said"),
    [
        ("explain", [{}], "Choose a reason"),
        ("explain", [{"reason_code": "made_up"}], "Choose a reason"),
        ("explain", [{"reason_code": "workload"}, {"text": "   "}], "Fill in an answer to: What happened?"),
        ("explain", [{"reason_code": "workload"}, {"text": "x" * 4001}], "4,000 letters at most"),
        ("explain", [{"reason_code": "workload"}, {"text": "x"}, on("31", "6")], "must be a real date"),
        ("explain", [{"reason_code": "workload"}, {"text": "x"}, on("19", "5")], "must be today or later"),
        ("escalate", [{"to": ""}], "Enter whom it is handed to"),
        ("exempt", [{"reason_code": "workload"}], "Choose a reason"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_the_top_and_at_the_field(
    officer: TestClient, kind: str, filled: list[dict[str, str]], said: str
) -> None:
    journey = Journey(officer, kind)
    for one in filled:
        journey.send(**one)

    assert 422 == journey.page.status_code
    assert 2 <= journey.page.text.count(said)
    assert "<title>Error: " in journey.page.text
    assert [] == faults(journey.page.text)


def test_a_form_sent_twice_is_recorded_once(officer: TestClient) -> None:
    journey = Journey(officer, "explain")
    checked = journey.explain()
    journey.send()
    journey.page = checked
    again = journey.send()

    assert (303, f"/breaches/{journey.breach_id}?done=explain") == (
        again.status_code,
        again.headers["location"],
    )
    assert 1 == len(given(officer, journey.breach_id).history)


def test_of_two_who_answer_at_once_neither_loses_their_answer(desk: Callable[..., TestClient]) -> None:
    worker, manager = Journey(desk("worker"), "explain"), Journey(desk("manager"), "exempt")
    worker.explain()
    manager.send(reason_code="child_interest")
    manager.send(text="Seen twice a week meanwhile.")
    manager.send()
    worker.send()
    both = manager.send()

    assert 409 == both.status_code
    assert "Two workers were away." in both.text
    assert "Seen twice a week meanwhile." in both.text
    assert [] == faults(both.text)
    assert ["BreachExplained"] == [one.type for one in given(worker.browser, worker.breach_id).history]

    manager.send()

    assert ["BreachExplained", "BreachExempted"] == [
        one.type for one in given(worker.browser, worker.breach_id).history
    ]


def test_an_answered_breach_can_be_opened_again_and_keeps_its_answers(officer: TestClient) -> None:
    explained = Journey(officer, "explain")
    explained.explain()
    explained.send()
    again = Journey(officer, "reopen")
    again.send(text="The reason does not hold.")
    again.send()

    assert Answer.REOPENED is given(officer, again.breach_id).answer
    assert 2 == officer.get(f"/breaches/{again.breach_id}").text.count('class="moj-timeline__item"')


def test_an_escalated_breach_names_to_whom(officer: TestClient) -> None:
    journey = Journey(officer, "escalate")
    journey.send(to="head of service")
    journey.send(text="It needs a decision on staffing.")
    journey.send()
    journey.send()

    assert "head of service" == given(officer, journey.breach_id).to
    assert "Escalated to head of service" in officer.get("/breaches?case=T-1").text


def test_an_answer_changes_no_timer_and_no_breach(officer: TestClient) -> None:
    def stored() -> tuple[object, object]:
        with app_of(officer).state.desk.store.snapshot() as unit:
            return unit.timers("thurrock", "T-1"), unit.breaches("thurrock", "T-1")

    before, journey = stored(), Journey(officer, "exempt")
    journey.send(reason_code="child_interest")
    journey.send(text="Right for the child.")
    journey.send()
    journey.send()

    assert Answer.EXEMPTED is given(officer, journey.breach_id).answer
    assert before == stored()
    assert "Justified exception" in officer.get(f"/breaches/{journey.breach_id}").text


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("viewer", "explain", 403),
        ("worker", "exempt", 403),
        ("worker", "reopen", 403),
        ("administrator", "explain", 403),
        ("camden", "explain", 404),
    ],
)
def test_who_may_not_answer_is_refused_and_nothing_recorded(
    desk: Callable[..., TestClient], who: str, kind: str, status: int
) -> None:
    breach_id = breach_of(desk())
    browser = desk(who)

    assert status == browser.get(f"/breaches/{breach_id}/{kind}").status_code
    assert Answer.UNANSWERED is given(browser, breach_id).answer


def test_a_form_that_is_none_of_ours_is_refused(officer: TestClient) -> None:
    journey = Journey(officer, "explain")

    assert 422 == journey.send(step="nothing").status_code
    journey.page = officer.get(journey.address)
    assert 422 == journey.send(reason_code="workload", token="../x").status_code  # noqa: S106  # names a form
    assert 404 == officer.get(f"/breaches/{journey.breach_id}/forgive").status_code


def test_where_two_people_are_asked_for_an_answer_counts_once_the_second_agrees(
    desk: Callable[..., TestClient],
) -> None:
    proposing = Journey(desk("worker", two_person=True), "explain")
    proposing.explain()
    sent = proposing.send()

    assert f"/breaches/{proposing.breach_id}?done=proposed" == sent.headers["location"]
    assert Answer.UNANSWERED is given(proposing.browser, proposing.breach_id).answer

    manager = desk("manager", two_person=True)
    waiting = manager.get("/sign-offs")
    address = re.search(r'action="(/sign-offs/[^"]+)"', waiting.text)
    assert address
    assert [] == faults(waiting.text)
    token = carried(waiting)["csrf_token"]
    agreed = manager.post(address[1], data={"csrf_token": token, "decision": "agreed"})
    told = given(manager, proposing.breach_id)

    assert "/sign-offs?done=agreed" == agreed.headers["location"]
    assert (Answer.EXPLAINED, "worker", "manager") == (
        told.answer,
        told.by,
        told.history[-1].data["signed_off_by"],
    )
    assert 409 == manager.post(address[1], data={"csrf_token": token, "decision": "declined"}).status_code


def test_nobody_agrees_to_their_own_answer(desk: Callable[..., TestClient]) -> None:
    proposing = Journey(desk("manager", two_person=True), "explain")
    proposing.explain()
    proposing.send()
    waiting = proposing.browser.get("/sign-offs")
    with app_of(proposing.browser).state.desk.store.snapshot() as unit:
        (proposal,) = unit.connection.exec_driver_sql("SELECT proposal_id FROM breach_proposals").scalars()
    answer = {"csrf_token": token_for(proposing.browser), "decision": "agreed"}
    own = proposing.browser.post(f"/sign-offs/{proposal}", data=answer)

    assert "somebody else has to decide" in waiting.text
    assert 403 == own.status_code
    assert Answer.UNANSWERED is given(proposing.browser, proposing.breach_id).answer

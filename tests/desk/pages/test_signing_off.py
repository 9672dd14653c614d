"""Several answers that wait for a second person: each waits by itself, and is decided by itself."""

import re
from collections.abc import Callable

from desk_told import app_of, token_for
from page_faults import faults
from several import CASES, Journey, breaches_of, given, heading
from starlette.testclient import TestClient

from caseclock.workflow.answers import Answer


def test_where_two_people_are_asked_for_each_answer_waits_by_itself(desk: Callable[..., TestClient]) -> None:
    journey = Journey(desk("worker", two_person=True), breaches_of(desk(), *CASES))
    journey.to_check()
    sent = journey.send()
    waiting = desk("manager", two_person=True).get("/sign-offs")

    assert "Your answer waits for a second person to agree for all 3 breaches" == heading(sent)
    assert "Answers that wait for a second person: 3" == heading(waiting)
    assert [Answer.UNANSWERED] * 3 == [given(journey.browser, one).answer for one in CASES]


def waiting_ids(manager: TestClient) -> list[str]:
    return re.findall(r'name="proposal" type="checkbox" value="([^"]+)"', manager.get("/sign-offs").text)


def test_several_answers_are_agreed_to_at_once_each_recorded_by_itself(
    desk: Callable[..., TestClient],
) -> None:
    journey = Journey(desk("worker", two_person=True), breaches_of(desk(), *CASES))
    journey.to_check()
    journey.send()
    manager = desk("manager", two_person=True)
    ids = waiting_ids(manager)
    told = {"csrf_token": token_for(manager), "decision": "agreed", "proposal": ids}
    agreed = manager.post("/sign-offs", data=told)
    page = manager.get(agreed.headers["location"])

    assert 3 == len(ids)
    assert "3 answers are recorded" in page.text
    assert [] == faults(page.text)
    assert [("worker", "manager")] * 3 == [
        (given(manager, one).by, given(manager, one).history[-1].data["signed_off_by"]) for one in CASES
    ]


def test_of_several_those_that_can_not_be_agreed_to_are_told_and_the_others_recorded(
    desk: Callable[..., TestClient],
) -> None:
    """One is decided by somebody else meanwhile."""
    journey = Journey(desk("worker", two_person=True), breaches_of(desk(), *CASES))
    journey.to_check()
    journey.send()
    manager = desk("manager", two_person=True)
    token, ids = token_for(manager), waiting_ids(manager)
    manager.post(f"/sign-offs/{ids[0]}", data={"csrf_token": token, "decision": "declined"})
    page = manager.post(
        "/sign-offs", data={"csrf_token": token, "decision": "agreed", "proposal": [*ids, "nobody's"]}
    )

    assert 409 == page.status_code
    assert "2 answers could not be decided" in page.text
    assert "2 answers are recorded" in page.text
    assert [] == faults(page.text)
    assert 2 == [given(manager, one).answer for one in CASES].count(Answer.EXPLAINED)


def test_nobody_agrees_to_their_own_among_several(desk: Callable[..., TestClient]) -> None:
    journey = Journey(desk("manager", two_person=True), breaches_of(desk(), *CASES))
    journey.to_check()
    journey.send()
    with app_of(journey.browser).state.desk.store.snapshot() as unit:
        own = list(unit.connection.exec_driver_sql("SELECT proposal_id FROM breach_proposals").scalars())
    told = {"csrf_token": token_for(journey.browser), "decision": "agreed", "proposal": own}
    page = journey.browser.post("/sign-offs", data=told)

    assert 409 == page.status_code
    assert "somebody else has to decide" in page.text
    assert "is recorded" not in page.text
    assert [Answer.UNANSWERED] * 3 == [given(journey.browser, one).answer for one in CASES]

"""What the desk is filtered by, in SQL: the facts of cases, and the answers to breaches."""

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter

from caseclock.store.desk_tables import breach_answers, case_facts
from caseclock.store.protocol import BreachAnswer, CaseFacts
from caseclock.store.sql_base import OnConnection
from caseclock.store.sql_statements import CaseRows, replacing

_FACTS = tuple(field.name for field in fields(CaseFacts))
_ANSWER = tuple(field.name for field in fields(BreachAnswer))
_facts_values, _answer_values = attrgetter(*_FACTS), attrgetter(*_ANSWER)

FACTS = CaseRows.read(
    [case_facts.c[name] for name in _FACTS], lambda row: CaseFacts(*row), [case_facts.c.case_id]
)
ANSWERS = CaseRows.read(
    [breach_answers.c[name] for name in _ANSWER],
    lambda row: BreachAnswer(*row),
    [breach_answers.c.breach_id],
)
WRITE_FACTS, WRITE_ANSWERS = replacing(case_facts), replacing(breach_answers)


class FactsInSql(OnConnection):
    """The part of an SQL transaction that keeps what the desk is filtered by."""

    __slots__ = ()

    def facts(self, authority: str, case_id: str) -> CaseFacts | None:
        found = self._of_case(FACTS, authority, case_id)
        return found[0] if found else None

    def write_facts(self, facts: Sequence[CaseFacts]) -> None:
        rows = (dict(zip(_FACTS, _facts_values(one), strict=True)) for one in facts)
        self._later(case_facts, WRITE_FACTS, rows)

    def breach_answers(self, authority: str, case_id: str) -> list[BreachAnswer]:
        return self._of_case(ANSWERS, authority, case_id)

    def write_breach_answers(self, answers: Sequence[BreachAnswer]) -> None:
        rows = (dict(zip(_ANSWER, _answer_values(one), strict=True)) for one in answers)
        self._later(breach_answers, WRITE_ANSWERS, rows)

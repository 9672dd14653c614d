"""Tables that the desk reads: to whom each case is allocated, how each breach was answered, what the board showed.

All are derived from the log, like timers and breaches: the first two so that a queue can be filtered and ordered by the
database, the last so that a large authority need not be counted while somebody waits.
"""

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, Text

from caseclock.store.columns import Big, Key, key, metadata, text
from caseclock.store.types import CanonicalJson, LocalDate, UtcDateTime

#: a case of which nothing of the kind was ever told has no row, or one of nulls
case_facts = Table(
    "case_facts",
    metadata,
    key("authority"),
    key("case_id"),
    Column("team", Key),
    Column("worker", Key),
    #: the sibling group's id
    Column("family", Key),
    Column("date_of_birth", LocalDate),
    PrimaryKeyConstraint("authority", "case_id"),
)
Index("case_facts_team", case_facts.c.authority, case_facts.c.team, case_facts.c.case_id)
Index("case_facts_worker", case_facts.c.authority, case_facts.c.worker, case_facts.c.case_id)
Index(
    "case_facts_family",
    case_facts.c.authority,
    case_facts.c.family,
    case_facts.c.case_id,
    sqlite_where=case_facts.c.family.is_not(None),
    postgresql_where=case_facts.c.family.is_not(None),
)

#: the last answer to each breach that was ever answered
breach_answers = Table(
    "breach_answers",
    metadata,
    key("authority"),
    key("breach_id"),
    key("case_id"),
    text("answer"),
    text("answered_by"),
    Column("answered_on", LocalDate, nullable=False),
    Column("reason_code", Text),
    #: to whom it was escalated
    Column("owner", Text),
    Column("review_on", LocalDate),
    PrimaryKeyConstraint("authority", "breach_id"),
    CheckConstraint(
        "answer IN ('explained', 'exempted', 'escalated', 'reopened')", name="breach_answers_answer"
    ),
)
Index("breach_answers_case", breach_answers.c.authority, breach_answers.c.case_id, breach_answers.c.breach_id)

#: the figures of an authority as they were last counted; whoever counts them anew puts them in the place of these
board_figures = Table(
    "board_figures",
    metadata,
    key("authority"),
    #: over which months, and of which teams' cases: JSON
    key("which"),
    Column("counted_at", UtcDateTime, nullable=False),
    #: events there were of the authority then: where there are more now, the figures are behind
    Column("written", Big, nullable=False),
    Column("content", CanonicalJson, nullable=False),
    PrimaryKeyConstraint("authority", "which"),
)

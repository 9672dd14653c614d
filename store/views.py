"""Views for other tools, such as Power BI: cases, timers and breaches as they stand when they are asked.

They read only, and hold nothing of their own. Where a timer stands is decided in timers/standing.py; a test holds the
view to it. "Now" is the clock of the database, and today is London's.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

#: view -> its columns, in order
VIEWS: dict[str, Sequence[str]] = {
    "v_cases": (
        "authority",
        "case_id",
        "events",
        "team",
        "worker",
        "family",
        "date_of_birth",
        "open_episodes",
    ),
    "v_timers": (
        "authority",
        "timer_id",
        "case_id",
        "episode_id",
        "process",
        "timescale",
        "version",
        "key",
        "started_on",
        "due_on",
        "due_at",
        "standing",
        "stopped_on",
        "recorded_on",
        "over_at_stop",
        "unit",
        "basis",
        "source",
        "first_due_on",
        "not_before",
        "reason",
        "trigger_event",
        "stop_event",
        "team",
        "worker",
        "family",
    ),
    "v_breaches": (
        "authority",
        "breach_id",
        "timer_id",
        "case_id",
        "episode_id",
        "process",
        "timescale",
        "key",
        "due_on",
        "due_at",
        "fell_at",
        "raised_at",
        "breach",
        "closed_on",
        "cause",
        "answer",
        "reason_code",
        "escalated_to",
        "answered_by",
        "answered_on",
        "review_on",
        "team",
        "worker",
        "family",
    ),
}

_NOW = {"sqlite": "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "postgresql": "now()"}
#: from the last Sunday of March to the last of October, each at one in the morning UTC, London is an hour ahead
_AHEAD = (
    "CASE WHEN substr({now}, 1, 16) >= date(substr({now}, 1, 4) || '-03-25', 'weekday 0') || 'T01:00'"
    " AND substr({now}, 1, 16) < date(substr({now}, 1, 4) || '-10-25', 'weekday 0') || 'T01:00'"
    " THEN '+1 hour' ELSE '+0 hours' END"
)
_TODAY = {
    "sqlite": f"date(substr({{now}}, 1, 19), {_AHEAD})",
    "postgresql": "(({now}) AT TIME ZONE 'Europe/London')::date",
}
_STANDING = (
    "CASE WHEN t.outcome = 'lapsed' THEN 'overdue' WHEN t.outcome <> 'running' THEN t.outcome"
    " WHEN t.at_end = 'nothing' THEN 'running'"
    " WHEN t.falls_at <= {now} THEN CASE t.at_end WHEN 'overdue' THEN 'overdue' WHEN 'stands' THEN 'met'"
    " ELSE 'unknown' END"
    " WHEN t.first_due_on IS NOT NULL AND t.first_due_on < {today} THEN 'extended'"
    " WHEN t.warns_at <= {now} THEN 'due_soon' ELSE 'running' END"
)
_FACTS = "LEFT JOIN case_facts f ON f.authority = {of}.authority AND f.case_id = {of}.case_id"
_FROM = {
    "v_cases": f"cases c {_FACTS.format(of='c')}",
    "v_timers": f"timers t {_FACTS.format(of='t')}",
    "v_breaches": "breaches b LEFT JOIN breach_answers a ON a.authority = b.authority AND a.breach_id = b.breach_id "
    + _FACTS.format(of="b"),
}
_OF_FACTS = frozenset({"team", "worker", "family", "date_of_birth"})
_OF_ANSWERS = {"reason_code": "reason_code", "escalated_to": "owner", "answered_by": "answered_by"}
_OF_ANSWERS |= {"answered_on": "answered_on", "review_on": "review_on"}
_OPEN = (
    "(SELECT count(*) FROM episodes e WHERE e.authority = c.authority AND e.case_id = c.case_id"
    " AND e.closed_on IS NULL)"
)


def view_query(name: str, dialect: str, now: str | None = None) -> str:
    """Give the query of a view; `now` is an SQL expression that takes the place of the database's clock."""
    at = now or _NOW[dialect]
    columns = ", ".join(_column(name, column, dialect, at) for column in VIEWS[name])
    return " ".join(("SELECT", columns, "FROM", _FROM[name]))


def make_views(connection: Connection) -> list[str]:
    """Make the views, or make them anew; names them."""
    drop_views(connection)
    for name in VIEWS:
        connection.execute(
            text(f"CREATE VIEW {name} AS {_escaped(view_query(name, connection.dialect.name))}")
        )
    return list(VIEWS)


def drop_views(connection: Connection) -> None:
    """Take the views away. A later version may need that before it changes a table."""
    for name in VIEWS:
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def _column(view: str, column: str, dialect: str, now: str) -> str:
    own = {"v_cases": "c", "v_timers": "t", "v_breaches": "b"}[view]
    if column in _OF_FACTS:
        return f"f.{column}"
    if column == "events":
        return "c.version AS events"
    if column == "open_episodes":
        return f"{_OPEN} AS open_episodes"
    if column == "standing":
        return _STANDING.format(now=now, today=_TODAY[dialect].format(now=now)) + " AS standing"
    if column == "breach":
        return "b.standing AS breach"
    if column == "answer":
        return "coalesce(a.answer, 'unanswered') AS answer"
    if view == "v_breaches" and column in _OF_ANSWERS:
        return f"a.{_OF_ANSWERS[column]} AS {column}"
    return f'{own}."{column}"' if column == "key" else f"{own}.{column}"


def _escaped(query: str) -> str:
    r"""Keep SQLAlchemy from taking the colons of a query for its own parameters."""
    return (
        query.replace("::", r"\:\:")
        .replace(":%M", r"\:%M")
        .replace(":%f", r"\:%f")
        .replace("T01:00", r"T01\:00")
    )

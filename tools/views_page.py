"""The reference page of the views for other tools, made from their columns."""

from markdown_text import paragraphs, table

from caseclock.desk.fields import FIELDS
from caseclock.store.views import VIEWS

_ABOUT = (
    "`caseclock db views --db URL` makes three views that tools such as Power BI can read. They tell how things stand "
    "when they are asked, by the clock of the database; for a past day ask the API or the command line. Let such a "
    "tool connect as a user that may read these views and nothing else, and filter by `authority`: a view shows all "
    "of them, and restricted cases too."
)
_UPGRADE = "An upgrade that changes a table may need `caseclock db views --drop` first."
_OF = {"v_cases": "a case", "v_timers": "a timer", "v_breaches": "a breach"}


def views_page(generated: str) -> str:
    """Make the page; `generated` is the line that says so."""
    parts = ["# Views for other tools", generated, _ABOUT, _UPGRADE]
    for name, columns in VIEWS.items():
        parts += [
            f"## {name}",
            f"One row for {_OF[name]}.",
            table(("column", "means"), ((f"`{column}`", FIELDS[column]) for column in columns)),
        ]
    return paragraphs(parts)

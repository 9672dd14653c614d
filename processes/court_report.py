"""A report that a court asks of the authority, in proceedings that need not be its own."""

from caseclock.processes.definition import NOT_BEGUN, Field, Move, Process, State

COURT_REPORT = Process(
    name="court_report",
    title="Report to the court",
    version="1",
    words=(
        "In proceedings about a family a court may direct the authority to look into the child's circumstances "
        "(section 37 of the Children Act 1989) or to report on the child's welfare (section 7). One episode for each "
        "direction."
    ),
    states=(
        State("directed", "the court waits for the authority's report"),
        State("reported", "the court has been told", final=True),
        State("discharged", "the court no longer wants the report", final=True),
    ),
    moves=(
        Move("CourtReportDirected", when=(NOT_BEGUN,), to="directed"),
        Move("CourtReportMade", when=("directed",), to="reported"),
        Move("CourtReportMade", when=("reported",)),
        Move("CourtReportDischarged", when=("directed",), to="discharged"),
    ),
    fields={
        "CourtReportDirected": (
            Field("kind", ("section_37", "section_7"), required=True),
            Field("due_on", is_date=True),
            Field("follows"),
        ),
        "CourtReportMade": (Field("outcome"),),
        "CourtReportDischarged": (Field("reason"),),
    },
)

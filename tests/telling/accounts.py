"""What became of the records of an import, as tests count it."""

from datetime import datetime, timedelta

from caseclock.exchange.reports import ImportReport

#: Friday 20 November 2026, nine in the morning: when tests bring returns in
NOW = datetime.fromisoformat("2026-11-20T09:00:00+00:00")
LATER = NOW + timedelta(days=30)


def outcomes(report: ImportReport) -> tuple[int, int, int, int]:
    """Accepted, refused, quarantined, unchanged; together they are all records."""
    totals = report.totals()
    counted = totals["accepted"], totals["refused"], totals["quarantined"], totals["unchanged"]
    assert totals["records"] == sum(counted)
    return counted


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Records, and of these accepted, refused, quarantined, unchanged."""
    return (report.totals()["records"], *outcomes(report))

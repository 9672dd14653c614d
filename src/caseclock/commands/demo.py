"""`caseclock demo`: the main job end to end on sample returns: in, timed, swept, listed, explained, reported."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseclock.commands.bringing_in import bring_in, show_report
from caseclock.commands.demo_desk import open_demonstration, simulated
from caseclock.commands.explaining import explained, show_days
from caseclock.commands.faults import WrongCall
from caseclock.commands.listing import as_at_words, show_breaches
from caseclock.commands.options import Now, past_day, present, read_date, shown
from caseclock.commands.output import progress, show, table
from caseclock.commands.scorecard import PERIOD_MONTHS, show_scorecard
from caseclock.commands.serving import needs_desk
from caseclock.desk.words import STANDINGS, counted, day
from caseclock.timers.timescale import Basis
from caseclock.timers.when import end_of_day

if TYPE_CHECKING:
    from caseclock.desk.report import Report, TimescaleLine
    from caseclock.exchange.reports import ImportReport
    from caseclock.store.sql import SqlStore
    from caseclock.timers.explain import Explanation
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.positions import Position, Question

#: the reference date of the largest sample: most of what the samples tell had happened by then
AS_AT = date(2022, 7, 21)
#: whose the sample cases are said to be: an authority whose local standards ship with Caseclock
AUTHORITY = "thurrock"
#: breaches listed on the screen; the report has more
TOP = 15
DATABASE = "demonstration.db"
REPORT = "report.html"
#: what the demonstration brings in, below the package's samples, in this order
SAMPLES = (
    "cin_census/fake_CIN_data.xml",
    "cin_census/CIN_Census_2022.xml",
    "cin_census/CIN_Census_2024.xml",
    "cin_census/CIN_Census_2026.xml",
    "annex_a/Annex_A_2024_Jan.xlsx",
    "ssda903",
    "event_lines/live_cases.jsonl",
)


def demo(
    db: Annotated[
        str | None,
        typer.Option(
            "--db",
            metavar="URL",
            help="Use this database, empty or of an earlier demonstration; a file made anew unless given.",
        ),
    ] = None,
    as_at: Annotated[
        date | None,
        typer.Option(
            "--as-at", metavar="DATE", parser=read_date, help=f"The day to look at; {AS_AT} unless given."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the report goes, and the database.")
    ] = Path("demo"),
    serve: Annotated[
        bool,
        typer.Option(
            "--serve",
            help="Open the desk instead, on this machine only: on a simulated caseload, or on the samples.",
        ),
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="The port the desk listens on, with --serve.")
    ] = 8000,
    now: Now = None,
) -> None:
    """Show the main job end to end: sample returns in, timers run, breaches found and explained, a report to open."""
    at = present(now)
    on = past_day(as_at, at, "--as-at") or AS_AT
    out.mkdir(parents=True, exist_ok=True)
    if serve:
        needs_desk()
        made = simulated(out) if db is None and as_at is None else None
        if made is not None:
            open_demonstration(*made, port)
            return
    from caseclock.desk.report import render
    from caseclock.store.sql import open_store
    from caseclock.workflow.engine import Engine
    from caseclock.workflow.positions import asked
    from caseclock.workflow.sweep import sweep

    with ExitStack() as open_files:
        samples = [
            open_files.enter_context(as_file(files("caseclock") / "samples" / name)) for name in SAMPLES
        ]
        url = db or _made_anew(out / DATABASE, samples)
        store = open_files.enter_context(open_store(url))
        _refuse_real_cases(store, samples, url)
        engine = Engine(store)
        typer.echo(f"Demonstration on sample returns: every child is invented. Database: {shown(url)}")
        imported = bring_in(engine, samples, AUTHORITY, at)
        show_report(imported, reasons=3)
        typer.echo(f"As at {day(on)}{', the reference date of the largest sample' if on == AS_AT else ''}:")
        with progress("Sweeping"):
            swept = sweep(engine, min(at, end_of_day(on)))
        typer.echo(f"Raised {counted(swept.raised, 'breach', 'breaches')} in {counted(swept.cases, 'case')}.")
        report = _report(engine, store, asked(now=at, as_at=on), imported, at)
        _show_all(report)
        path = out / REPORT
        path.write_text(render(report), "utf-8")
        _verify(engine, min(at, end_of_day(on)))
    typer.echo(f"Report: {path}")
    if serve:
        open_demonstration(url, on, port)
    else:
        typer.echo(f"Ask on: caseclock breaches --db {shown(url)} --as-at {on}")


def _made_anew(file: Path, samples: Sequence[Path]) -> str:
    """Give the URL of the demonstration's own database file, with what an earlier demonstration left taken away."""
    url = f"sqlite:///{file}"
    if file.exists():
        from caseclock.store.sql import open_store

        with open_store(url, create=False) as store:
            _refuse_real_cases(store, samples, url)
    for left in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        left.unlink(missing_ok=True)
    return url


def _refuse_real_cases(store: "SqlStore", samples: Sequence[Path], url: str) -> None:
    """Refuse a database that holds anything but the samples: invented children don't belong among real ones."""
    known = {sha256(file.read_bytes()).hexdigest() for sample in samples for file in _files(sample)}
    with store.snapshot() as unit:
        authorities = {authority for authority, _ in unit.case_ids()}
        if not authorities:
            return
        imports = unit.imports(AUTHORITY)
    if authorities != {AUTHORITY} or not imports or any(one.sha256 not in known for one in imports):
        raise WrongCall(
            f"{shown(url)} holds cases that are not the demonstration's. Give --db an empty database, or leave it out."
        )


def _files(sample: Path) -> list[Path]:
    return [file for file in sample.rglob("*") if file.is_file()] if sample.is_dir() else [sample]


def _report(
    engine: "Engine", store: "SqlStore", asked: "Question", imported: "ImportReport", at: datetime
) -> "Report":
    """Work out everything the screen and the page show, from one snapshot."""
    from caseclock.desk.breaches import standing_breaches, withdrawn_breaches
    from caseclock.desk.report import BroughtIn, Report
    from caseclock.indicators.scorecard import scorecard
    from caseclock.workflow.positions import positions

    with store.snapshot() as unit:
        found = list(positions(engine, unit, asked, authority=AUTHORITY))
        stored = list(unit.all_breaches(AUTHORITY))
        breaches = standing_breaches(found, stored, asked)
        told: Explanation | None = None
        for position in _worth_explaining([breach.position for breach in breaches if breach.position], found):
            timer = position.timer
            told = explained(engine, unit, asked, AUTHORITY, timer.case_id, timer.timer_id)
            break
        held_back = [*imported.refusals, *imported.kept]
        return Report(
            authority=AUTHORITY,
            asked=asked,
            made_at=at,
            brought_in=BroughtIn([file.as_dict() for file in imported.files], imported.totals(), held_back),
            positions=found,
            breaches=breaches,
            withdrawn=list(withdrawn_breaches(found, stored, asked)),
            scores=scorecard(engine, unit, asked, authority=AUTHORITY, months=PERIOD_MONTHS),
            score_months=PERIOD_MONTHS,
            explanation=told,
            demonstration=True,
        )


def _worth_explaining(breached: Sequence["Position"], every: Sequence["Position"]) -> Iterator["Position"]:
    """Give the timers whose explanation tells most: breached in working days, binding, due last; others after."""
    in_days = [one for one in breached if one.timer.due_on is not None and one.timer.unit == "working_days"]
    yield from sorted(in_days, key=_tells_most, reverse=True)
    yield from breached
    yield from every


def _tells_most(position: "Position") -> tuple[bool, int, date, str]:
    timer = position.timer
    binding = timer.basis not in (Basis.STATISTIC, Basis.LOCAL)
    days = ((timer.due_on or timer.started_on) - timer.started_on).days
    return binding, min(days, 60), timer.due_on or date.min, timer.timer_id


def _show_all(report: "Report") -> None:
    from caseclock.desk.report import lines_of

    when = as_at_words(report.asked)
    top = report.breaches[:TOP]
    more = len(report.breaches) - len(top)
    show_breaches(
        top, when, title=f"Breaches, the first {TOP} of {len(report.breaches)}," if more else "Breaches"
    )
    _show_lines(lines_of(report.positions, AUTHORITY))
    show_scorecard(report.scores, f"{report.score_months} months to {day(report.asked.as_at)}")
    if report.explanation is not None:
        typer.echo(f"Why timer {report.explanation.timer.timer_id[:10]} is due when it is:")
        for line in report.explanation.lines():
            typer.echo(f"  {line}")
        show_days(report.explanation.ledger)


def _show_lines(lines: "Sequence[TimescaleLine]") -> None:
    told = [line for line in lines if line.is_told]
    shown = [one for one in STANDINGS if any(line.counts.get(one) for line in told)]
    heads = [STANDINGS[one].lower() for one in shown]
    made = table(
        "Timers by timescale",
        ("timescale", *heads, "all", "in time"),
        right=(*heads, "all", "in time"),
        whole=("timescale", "in time"),
    )
    for line in told:
        share = "" if line.percent is None else f"{line.in_time:,} of {line.decided:,} ({line.percent}%)"
        made.add_row(
            line.timescale, *(f"{line.counts.get(one, 0):,}" for one in shown), f"{line.total:,}", share
        )
    made.add_section()
    sums = [f"{sum(line.counts.get(one, 0) for line in told):,}" for one in shown]
    made.add_row("all of these", *sums, f"{sum(line.total for line in told):,}", "")
    show(made)
    untold = [line for line in lines if not line.is_told]
    typer.echo(
        "In time: of the timers of which it is decided; running, void and unknown ones are in neither number."
    )
    if untold:
        typer.echo(
            f"{counted(sum(line.total for line in untold), 'timer')} of {counted(len(untold), 'timescale')} more are "
            "unknown: these returns do not tell whether the duty was done, and that is no breach."
        )


def _verify(engine: "Engine", at: datetime) -> None:
    from caseclock.workflow.verification import verify

    verified = verify(engine, at)
    found = counted(len(verified.findings), "finding") if verified.findings else "all is as the log has it"
    typer.echo(
        f"Rebuilt {counted(verified.cases, 'case')} from {counted(verified.events, 'event')}: {found}."
    )

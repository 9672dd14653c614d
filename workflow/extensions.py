"""May this timer be extended like this? Judged by its source, in the same way as its due date is."""

from caseclock.timers.calendar import WorkingCalendar
from caseclock.timers.due import furthest_in_all, judge_extension
from caseclock.timers.evaluation import Setting
from caseclock.timers.event import Event
from caseclock.timers.timescale import ExtensionKind
from caseclock.workflow.case_file import CaseFile
from caseclock.workflow.refusals import ExtensionRefused


def check_extension(file: CaseFile, event: Event, setting: Setting) -> None:
    """Raise ExtensionRefused where a TimerExtended asks for what the timer's source does not allow."""
    named = str(event.data["timer_id"])
    what = f"Can't extend timer {named} of case {event.case_id}"
    kept = file.timers.get(named)
    if kept is None:
        raise ExtensionRefused(
            f"{what}: the case has no such timer. List its timers with `caseclock timers --case`."
        )
    timer = kept.timer
    version = setting.rulebook.version(timer.timescale, timer.version)
    extension = version.extension
    if extension is None or extension.event != "TimerExtended" or timer.due_on is None:
        raise ExtensionRefused(
            f"{what} ({timer.timescale}): {version.source} gives no extension. Record the reason as an explanation of "
            "the breach instead."
        )
    if extension.kind is ExtensionKind.REASONS:
        return
    granted = sum(
        other.type == "TimerExtended" and other.data.get("timer_id") == named for other in file.events
    )
    calendar: WorkingCalendar = setting.holidays.as_known(None)
    months = setting.months
    last = furthest_in_all(extension, timer.started_on, version.counting, calendar, months)
    judged = judge_extension(extension, event, timer.due_on, granted, calendar, months, last)
    if judged.until is None or judged.why:
        raise ExtensionRefused(
            f"{what} ({timer.timescale}, due {timer.due_on}): {judged.why}. Source: {version.source}."
        )

"""How standings look on a screen with colour; the word always says it too."""

from caseclock.desk.words import STANDINGS
from caseclock.timers.timer import Standing

_STYLES: dict[Standing, str] = {
    Standing.OVERDUE: "bold red",
    Standing.MET_LATE: "red",
    Standing.TOO_EARLY: "red",
    Standing.DUE_SOON: "yellow",
    Standing.EXTENDED: "yellow",
    Standing.RECORDED_LATE: "cyan",
    Standing.MET: "green",
    Standing.UNKNOWN: "dim",
    Standing.VOID: "dim",
}
#: late in being written up, which is not late practice
RECORDING_STYLE = "cyan"
BREACH_STYLES = {"open": "bold red", "closed": "red", "withdrawn": "dim"}


def standing_text(standing: Standing) -> str:
    """Write a standing in rich's markup."""
    style = _STYLES.get(standing)
    word = STANDINGS[standing].lower()
    return f"[{style}]{word}[/]" if style else word

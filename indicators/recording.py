"""Recording indicators: how much was written up as soon as an authority wants it, by standard.

They stand beside the indicators of practice and change none of them.
"""

from datetime import date

from caseclock.indicators.catalogue import Indicator
from caseclock.indicators.counting import written_up_in_time
from caseclock.timers.rulebook import Rulebook
from caseclock.timers.timescale import Kind

GROUP = "recording"


def recording_indicators(book: Rulebook, on: date) -> tuple[Indicator, ...]:
    """Give an indicator for each recording standard of an authority that is in force on a day."""
    return tuple(
        Indicator(
            id=rule.id,
            group=GROUP,
            name=f"{rule.duty[:1].lower()}{rule.duty[1:]} within {rule.limits[0].limit.words()}",
            unit="percent",
            numerator=f"events written up within {rule.limits[0].limit.words()}",
            denominator="events written up in the period to which the standard applies",
            source=rule.source,
            count=written_up_in_time(rule.id),
            definition="By the day of the write-up, late or not. What a return tells is in neither number: it does not "
            "say when it was written up.",
            wanted_percent=rule.target_percent,
        )
        for rule in book.in_force(on)
        if rule.kind is Kind.RECORDING
    )

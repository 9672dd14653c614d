"""Tables that a forecast is kept in: what it was made from, and the chance of each running timer that it told.

One forecast for each authority, the latest; the next takes its place. Whatever is in them can be made again from the
log, so `verify` does not look at them, and a chance of a timer that has since been stopped is passed over by readers.
"""

from sqlalchemy import CheckConstraint, Column, Double, Index, Integer, PrimaryKeyConstraint, Table

from caseclock.store.columns import key, metadata
from caseclock.store.types import CanonicalJson, LocalDate, UtcDateTime

forecasts = Table(
    "forecasts",
    metadata,
    key("authority"),
    #: the day whose running timers it is of
    Column("as_at", LocalDate, nullable=False),
    #: what was written down by then was known
    Column("known_at", UtcDateTime, nullable=False),
    #: how far ahead it looks: timers whose last day in time is so many days away or fewer
    Column("days", Integer, nullable=False),
    #: timers whose fate was known: what chances were drawn from
    Column("timers_known", Integer, nullable=False),
    #: the counts it expects, with their intervals
    Column("expected", CanonicalJson, nullable=False),
    PrimaryKeyConstraint("authority"),
)

timer_chances = Table(
    "timer_chances",
    metadata,
    key("authority"),
    key("timer_id"),
    key("case_id"),
    #: the probability that it is not done in time, from 0 to 1
    Column("chance", Double, nullable=False),
    #: timers of its timescale that were as near to their last day and not done, and how many of those ran out
    Column("alike", Integer, nullable=False),
    Column("ran_out", Integer, nullable=False),
    PrimaryKeyConstraint("authority", "timer_id"),
    CheckConstraint("chance >= 0 AND chance <= 1", name="timer_chances_chance"),
)
# the likeliest first, without a look at the others
Index("timer_chances_chance", timer_chances.c.authority, timer_chances.c.chance, timer_chances.c.timer_id)

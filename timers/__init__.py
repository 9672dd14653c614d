"""Time: calendars, durations, timescales and the pure evaluation of timers; the scheduler that wakes a sweep.

Here: how days are counted and what each timescale asks. Not here: states of a case (workflow), the law's text
(processes/packs), or anything that keeps data (store).
Start reading at timescale.py (the rule), then evaluation.py (events in, timers out).
"""

"""Forecasts: which of the timers that run today will run out, told from how timers like them fared.

Here: what became of timers, the chances drawn from that, what to expect by week, team and timescale, and the test of it
all on histories whose future was hidden. Not here: when a duty is due (timers), or simulating one (world).
Start reading at experience.py.
"""

"""A service that never was: families arrive, workers work, chairs keep diaries, and every clock runs.

Here: scenarios, the mechanism that makes histories, calibration, what-if, forecast. Not here: when a duty is due
(timers), what may happen next (processes), how the statistics count (indicators).
"""
